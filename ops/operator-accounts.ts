import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { FORMER_GROUP } from '../src/access/role.ts';
import { USERNAME } from '../src/sign-in/sign-in.ts';

export const operatorAccounts = (client: CognitoIdentityProviderClient, userPoolId: string) => ({
  /**
   * Creates an operator, or resets the password of an existing one. Safe to repeat after a failure.
   * @returns the password, which is stored nowhere else.
   * @throws RangeError for an invalid username.
   */
  async add(username: string): Promise<string> {
    if (!USERNAME.test(username))
      throw new RangeError(`invalid username "${username}": expected 1 to 128 letters, digits or . _ @ -`);
    const user = { UserPoolId: userPoolId, Username: username };
    const password = newPassword();
    try {
      // Accounts have no email address to send an invitation to.
      await client.send(
        new AdminCreateUserCommand({ ...user, TemporaryPassword: password, MessageAction: 'SUPPRESS' }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UsernameExistsException') throw error;
    }
    await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
    await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: FORMER_GROUP }));
    return password;
  },

  async exists(username: string): Promise<boolean> {
    try {
      await client.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'UserNotFoundException') return false;
      throw error;
    }
  },

  /** The last access token expires within 15 minutes. @returns false when the operator does not exist. */
  async remove(username: string): Promise<boolean> {
    try {
      await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: username }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'UserNotFoundException') return false;
      throw error;
    }
  },

  /** Usernames, sorted. */
  async list(): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateListUsersInGroup({ client }, { UserPoolId: userPoolId, GroupName: FORMER_GROUP });
    for await (const { Users = [] } of pages) names.push(...Users.flatMap(({ Username = [] }) => Username));
    return names.sort();
  },
});

/** Required by the pool's password policy. */
const REQUIRED_CHARACTERS = [/[a-z]/, /[A-Z]/, /\d/, /[-_]/] as const;

/** 192 random bits, slightly reduced by the policy. */
function newPassword(): string {
  const password = randomBytes(24).toString('base64url');
  return REQUIRED_CHARACTERS.every((pattern) => pattern.test(password)) ? password : newPassword();
}
