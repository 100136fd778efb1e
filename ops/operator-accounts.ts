import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { OPERATORS } from '../src/admin-api/operator.ts';
import { USERNAME } from '../src/sign-in/sign-in.ts';

/** Who may operate a shop, in its user pool. */
export const operatorAccounts = (client: CognitoIdentityProviderClient, userPoolId: string) => ({
  /**
   * Makes an operator, or gives one a new password, who then signs in with nothing else. What fails half-way may be repeated.
   * @returns the password, which is nowhere else.
   * @throws RangeError for a name that cannot sign in.
   */
  async add(username: string): Promise<string> {
    if (!USERNAME.test(username))
      throw new RangeError(`not a username: ${username}, allowed are 1 to 128 letters, digits and . _ @ -`);
    const who = { UserPoolId: userPoolId, Username: username };
    const password = newPassword();
    try {
      // Nobody has an address here, so nobody is written to.
      await client.send(new AdminCreateUserCommand({ ...who, TemporaryPassword: password, MessageAction: 'SUPPRESS' }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UsernameExistsException') throw error;
    }
    await client.send(new AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }));
    await client.send(new AdminAddUserToGroupCommand({ ...who, GroupName: OPERATORS }));
    return password;
  },

  /** Removes an operator, whose last token runs out within 15 minutes. @returns false when there is none of that name. */
  async remove(username: string): Promise<boolean> {
    try {
      await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: username }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'UserNotFoundException') return false;
      throw error;
    }
  },

  /** The usernames of all operators. */
  async list(): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateListUsersInGroup({ client }, { UserPoolId: userPoolId, GroupName: OPERATORS });
    for await (const { Users = [] } of pages) names.push(...Users.flatMap(({ Username = [] }) => Username));
    return names.sort();
  },
});

/** What the pool's password policy asks for. */
const WANTED = [/[a-z]/, /[A-Z]/, /\d/, /[-_]/] as const;

/** 192 random bits, less the few that the policy costs. */
function newPassword(): string {
  const password = randomBytes(24).toString('base64url');
  return WANTED.every((kind) => kind.test(password)) ? password : newPassword();
}
