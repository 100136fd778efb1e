import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { operatorAccounts } from '../../../ops/operator-accounts.ts';

const cognito = new CognitoIdentityProviderClient({ region: 'eu-central-1' });
const send = vi.spyOn(cognito, 'send') as unknown as ReturnType<typeof vi.fn>;

/** Everything that happens, in its order. */
let order: string[] = [];
const inputOf = (name: string) => send.mock.calls.map(([command]) => command).find(named(name))?.input;
const named =
  (name: string) =>
  ({ constructor: { name: actual } }: { constructor: { name: string } }) =>
    actual === `${name}Command`;

/** @param errors names by command */
function accounts({ known = true, errors = {} }: { known?: boolean; errors?: Record<string, string> } = {}) {
  send.mockImplementation(async (command) => {
    const name = command.constructor.name.replace('Command', '');
    if (name === 'AdminGetUser' && !known) throw Object.assign(new Error(), { name: 'UserNotFoundException' });
    if (name !== 'AdminGetUser') order.push(name);
    if (errors[name]) throw Object.assign(new Error(), { name: errors[name] });
    return {};
  });
  return operatorAccounts({
    cognito,
    userPoolId: 'pool',
    actor: 'npm run operator (grace)',
    sessions: {
      endAll: async (username) => {
        order.push(`end sessions of ${username}`);
        return 1;
      },
    },
    audit: { write: async ({ who, what, target }) => void order.push(`${who}: ${what} ${target}`) },
    ulid: () => '01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
    now: () => new Date(0),
  });
}
beforeEach(() => {
  order = [];
  send.mockReset();
});

const ACTOR = 'npm run operator (grace)';

describe('add', () => {
  it('creates an account of the role, whose temporary password keeps the policy', async () => {
    const password = await accounts({ known: false }).add('ada', 'viewer');

    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[-_])[\w-]{32}$/);
    expect(order).toEqual([`${ACTOR}: add-operator ada`, 'AdminCreateUser', 'AdminAddUserToGroup']);
    expect(inputOf('AdminCreateUser')).toMatchObject({ TemporaryPassword: password, MessageAction: 'SUPPRESS' });
    expect(inputOf('AdminAddUserToGroup')).toMatchObject({ GroupName: 'viewer' });
  });

  it('changes nothing of an existing operator', async () => {
    expect(await accounts().add('ada', 'admin')).toBeUndefined();
    expect(order).toEqual([]);
  });
});

describe('reset', () => {
  it('sets a temporary password and removes the app, and ends all sessions after that', async () => {
    const password = await accounts().reset('ada');

    expect(order).toEqual([
      `${ACTOR}: reset-operator ada`,
      'AdminSetUserPassword',
      'AdminUserGlobalSignOut',
      'AdminDeleteSoftwareToken',
      'end sessions of ada',
    ]);
    expect(inputOf('AdminSetUserPassword')).toMatchObject({ Password: password, Permanent: false });
  });

  it.each(['OperationNotEnabledException', 'SoftwareTokenMFANotFoundException'])(
    'ends all sessions where there is no app: %s',
    async (error) => {
      expect(await accounts({ errors: { AdminDeleteSoftwareToken: error } }).reset('ada')).toBeDefined();
      expect(order.at(-1)).toBe('end sessions of ada');
    },
  );
});

describe('setRole', () => {
  it('moves the operator out of all other groups, and ends all sessions after that', async () => {
    expect(await accounts().setRole('ada', 'viewer')).toBe(true);

    const left = send.mock.calls.map(([command]) => command).filter(named('AdminRemoveUserFromGroup'));
    expect(left.map(({ input }) => input.GroupName)).toEqual(['operator', 'admin', 'operators']);
    expect(inputOf('AdminAddUserToGroup')).toMatchObject({ GroupName: 'viewer' });
    expect(order[0]).toBe(`${ACTOR}: set-role ada`);
    expect(order.at(-1)).toBe('end sessions of ada');
  });
});

describe('remove', () => {
  it('deletes the account, and ends all sessions after that', async () => {
    expect(await accounts().remove('ada')).toBe(true);

    expect(order).toEqual([`${ACTOR}: remove-operator ada`, 'AdminDeleteUser', 'end sessions of ada']);
  });

  it('ends all sessions when an earlier run has deleted the account', async () => {
    expect(await accounts({ known: false }).remove('ada')).toBe(false);

    expect(order).toEqual(['end sessions of ada']);
  });
});

describe('an unknown operator', () => {
  it('is neither reset nor given a role', async () => {
    const unknown = accounts({ known: false });

    expect([await unknown.reset('ada'), await unknown.setRole('ada', 'admin')]).toEqual([undefined, false]);
    expect(order).toEqual([]);
  });
});

describe('list', () => {
  it('returns each operator once, sorted, with the highest role', async () => {
    const members: Record<string, string[]> = { viewer: ['grace', 'ada'], admin: ['ada'], operators: ['zoe'] };
    const { list } = accounts();
    send.mockImplementation(async ({ input: { GroupName } }) => ({
      Users: (members[GroupName] ?? []).map((Username) => ({ Username })),
    }));

    expect(await list()).toEqual([
      { username: 'ada', role: 'admin' },
      { username: 'grace', role: 'viewer' },
      { username: 'zoe', role: 'admin' },
    ]);
  });
});
