import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteSoftwareTokenCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { FORMER_GROUP, ROLES, type Role, roleOf } from '../src/access/role.ts';
import type { SessionRepository } from '../src/access/session-repository.ts';
import { type AuditDeps, recordAction } from '../src/admin-api/audit.ts';

export interface OperatorAccountsDeps extends AuditDeps {
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly sessions: Pick<SessionRepository, 'endAll'>;
  /** Who runs the command, for the audit log. */
  readonly actor: string;
}

export interface OperatorAccount {
  readonly username: string;
  readonly role: Role;
}

/**
 * The accounts of operators. A change is audited before it is made, and ends all sessions after it was made: a sign-in
 * in between, with what the account was before, has opened a session of the generation that ends. Each can be repeated.
 */
export function operatorAccounts(deps: OperatorAccountsDeps) {
  const { cognito, userPoolId, sessions, actor } = deps;
  const userOf = (username: string) => ({ UserPoolId: userPoolId, Username: username });
  const record = (action: string, target: string, details: Readonly<Record<string, string>> = {}) =>
    recordAction(deps, { actor, action, target, reason: 'by command', details });

  const exists = async (username: string): Promise<boolean> =>
    (await unless('UserNotFoundException', () => cognito.send(new AdminGetUserCommand(userOf(username))))) !==
    undefined;

  return {
    exists,

    /** @returns a temporary password, which is stored nowhere else; undefined when the operator exists. */
    async add(username: string, role: Role): Promise<string | undefined> {
      if (await exists(username)) return undefined;
      await record('add-operator', username, { role });
      return createAccount(cognito, userPoolId, { username, role });
    },

    /** Sets a temporary password and removes the authenticator app. @returns undefined for an unknown operator. */
    async reset(username: string): Promise<string | undefined> {
      if (!(await exists(username))) return undefined;
      await record('reset-operator', username);
      const password = newPassword();
      await cognito.send(
        new AdminSetUserPasswordCommand({ ...userOf(username), Password: password, Permanent: false }),
      );
      // Its tokens could set up another app.
      await cognito.send(new AdminUserGlobalSignOutCommand(userOf(username)));
      await deleteSoftwareToken(username);
      await sessions.endAll(username);
      return password;
    },

    /** @returns false for an unknown operator. */
    async setRole(username: string, role: Role): Promise<boolean> {
      if (!(await exists(username))) return false;
      await record('set-role', username, { role });
      await cognito.send(new AdminAddUserToGroupCommand({ ...userOf(username), GroupName: role }));
      for (const GroupName of [...ROLES, FORMER_GROUP].filter((group) => group !== role))
        await cognito.send(new AdminRemoveUserFromGroupCommand({ ...userOf(username), GroupName }));
      await cognito.send(new AdminUserGlobalSignOutCommand(userOf(username)));
      await sessions.endAll(username);
      return true;
    },

    /** @returns false for an unknown operator. */
    async remove(username: string): Promise<boolean> {
      const found = await exists(username);
      if (found) {
        await record('remove-operator', username);
        await unless('UserNotFoundException', () => cognito.send(new AdminDeleteUserCommand(userOf(username))));
      }
      // Also when the account is gone already: an earlier run may have stopped before this.
      await sessions.endAll(username);
      return found;
    },

    /** Sorted by username. */
    async list(): Promise<OperatorAccount[]> {
      const groups = new Map<string, string[]>();
      for (const GroupName of [...ROLES, FORMER_GROUP]) {
        const pages = paginateListUsersInGroup({ client: cognito }, { UserPoolId: userPoolId, GroupName });
        for await (const { Users = [] } of pages)
          for (const { Username = '' } of Users) groups.set(Username, [...(groups.get(Username) ?? []), GroupName]);
      }
      return [...groups]
        .flatMap(([username, memberOf]) => {
          const role = roleOf(memberOf);
          return role ? [{ username, role }] : [];
        })
        .sort((one, other) => (one.username < other.username ? -1 : 1));
    },
  };

  /** A pool without a second factor, and an operator without an app, have none. */
  async function deleteSoftwareToken(username: string): Promise<void> {
    await unless(['OperationNotEnabledException', 'SoftwareTokenMFANotFoundException'], () =>
      cognito.send(new AdminDeleteSoftwareTokenCommand(userOf(username))),
    );
  }
}

/** @returns a temporary password */
export async function createAccount(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  { username, role }: OperatorAccount,
): Promise<string> {
  const user = { UserPoolId: userPoolId, Username: username };
  const password = newPassword();
  // Accounts have no email address to send an invitation to.
  await cognito.send(new AdminCreateUserCommand({ ...user, TemporaryPassword: password, MessageAction: 'SUPPRESS' }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: role }));
  return password;
}

/** @returns undefined when the call fails with one of these errors */
async function unless<Result>(names: string | readonly string[], call: () => Promise<Result>) {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && [names].flat().includes(error.name)) return undefined;
    throw error;
  }
}

/** Required by the pool's password policy. */
const REQUIRED_CHARACTERS = [/[a-z]/, /[A-Z]/, /\d/, /[-_]/] as const;

/** 192 random bits, slightly reduced by the policy. */
function newPassword(): string {
  const password = randomBytes(24).toString('base64url');
  return REQUIRED_CHARACTERS.every((pattern) => pattern.test(password)) ? password : newPassword();
}
