import { describe, expect, it } from 'vitest';
import { type Access, ADMIN_ROUTES, accessTo } from '../../../src/access/admin-routes.ts';
import { newApiKey } from '../../../src/access/api-key.ts';
import { SCOPES } from '../../../src/access/caller.ts';
import { ROLES, type Role } from '../../../src/access/role.ts';
import { type Call, calls } from '../../support/api-document.ts';
import { accessClaims, forgedToken, signedToken } from '../../support/builders/operator-tokens.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const routes = Object.entries<Access>(ADMIN_ROUTES).map(([route, access]) => ({
  call: route.replace(':id', '{id}') as Call,
  ...access,
}));

const now = () => Math.floor(Date.now() / 1000);
const tokenWith = (changes: object) => signedToken({ ...accessClaims(), ...changes });
const tokenOf = (role: Role) => signedToken(accessClaims('ada', [role]));

/** The status, with the type of a problem that concerns the caller. */
async function answer(admin: AdminInMemory, call: Call, token: string | undefined, headers = {}): Promise<string> {
  const { status, body } = await admin.call(call, { id: 'any', token, headers });
  const type = String(body?.type).replace('/problems/', '');
  if (type === 'role-required') return `${type} ${body.role}`;
  if (type === 'scope-required') return `${type} ${body.scope}`;
  return ['not-signed-in', 'not-an-operator', 'secret-key-in-browser'].includes(type)
    ? `${status} ${type}`
    : 'admitted';
}

it('the table of access names exactly the documented routes of the admin API', () => {
  const documented = calls.filter((call) => call.includes('/api/v1/admin/') && !/admin\/sign-/.test(call));

  expect(routes.map(({ call }) => call).sort()).toEqual(documented.toSorted());
});

it('a route outside the table of access cannot be registered', () => {
  expect(() => accessTo('GET /api/v1/admin/new')).toThrow('route GET /api/v1/admin/new is missing');
});

describe.each(routes)('$call', ({ call, role, scope }) => {
  it.each<readonly [string, () => string | undefined]>([
    ['no token', () => undefined],
    [
      'a token of another pool',
      () => tokenWith({ iss: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other' }),
    ],
    ['a token of another client', () => tokenWith({ client_id: 'other' })],
    ['a token signed by another key', () => forgedToken(accessClaims())],
    [
      'an unsigned token',
      () =>
        `${signedToken(accessClaims(), { header: { alg: 'none' } })
          .split('.', 2)
          .join('.')}.`,
    ],
    ['an expired token', () => tokenWith({ exp: now() - 1 })],
    ['an ID token', () => tokenWith({ token_use: 'id', aud: 'dashboard', 'cognito:username': 'ada' })],
    ['a token without session', () => tokenWith({ origin_jti: undefined })],
    ['a token without username', () => tokenWith({ username: undefined })],
    ['a token of an unknown key', () => signedToken(accessClaims(), { header: { kid: 'k2' } })],
    ['text that is no token', () => 'token'],
  ])('refuses %s', async (_, token) => {
    expect(await answer(adminInMemory(), call, token())).toBe('401 not-signed-in');
  });

  it('refuses a token whose session has ended', async () => {
    const admin = adminInMemory();
    admin.endedSessions.add('session-of-ada');

    expect(await answer(admin, call, tokenOf('admin'))).toBe('401 not-signed-in');
  });

  it.each([
    ['no group', undefined],
    ['other groups', ['shoppers', 'operators-in-training', 'former-operators', 'Admin']],
  ])('refuses a user in %s', async (_, groups) => {
    expect(await answer(adminInMemory(), call, tokenWith({ 'cognito:groups': groups }))).toBe('403 not-an-operator');
  });

  it.each(ROLES)(`admits or refuses the role %s, as it requires ${role}`, async (own) => {
    const admitted = ROLES.indexOf(own) >= ROLES.indexOf(role);

    expect(await answer(adminInMemory(), call, tokenOf(own))).toBe(admitted ? 'admitted' : `role-required ${role}`);
  });

  it('admits the former group of operators, and the highest of several roles', async () => {
    for (const groups of [['operators'], ['viewer', 'admin', 'shoppers']])
      expect(await answer(adminInMemory(), call, signedToken(accessClaims('ada', groups)))).toBe('admitted');
  });

  it(`admits an API key with ${scope ?? 'no scope'} only`, async () => {
    const admin = adminInMemory();
    const others = await admin.apiKeys.add(SCOPES.filter((one) => one !== scope));

    expect(await answer(admin, call, await admin.apiKeys.add(SCOPES))).toBe(
      scope ? 'admitted' : `role-required ${role}`,
    );
    expect(await answer(admin, call, others)).toBe(scope ? `scope-required ${scope}` : `role-required ${role}`);
    if (scope) expect(await answer(admin, call, await admin.apiKeys.add([scope]))).toBe('admitted');
  });

  it('refuses API keys that are unknown, revoked or of another stage', async () => {
    const admin = adminInMemory();
    const revoked = await admin.apiKeys.add(SCOPES);
    for (const id of admin.apiKeys.keys.keys()) await admin.apiKeys.repository.revoke(id, new Date());

    for (const key of [
      newApiKey('local'),
      revoked,
      await admin.apiKeys.add(SCOPES, { stage: 'prod' }),
      'sk_',
      'sk_local_',
    ])
      expect(await answer(admin, call, key)).toBe('401 not-signed-in');
  });

  it('refuses an API key with an Origin, whether it is known or not', async () => {
    const admin = adminInMemory();

    for (const origin of ['https://shop.example', 'null'])
      for (const key of [await admin.apiKeys.add(SCOPES), newApiKey('local')])
        expect(await answer(admin, call, key, { origin })).toBe('400 secret-key-in-browser');
  });
});

describe('adminApi', () => {
  it('reads no API key from the query', async () => {
    const admin = adminInMemory();
    const key = await admin.apiKeys.add(SCOPES);

    for (const name of ['key', 'api_key', 'access_token', 'authorization'])
      expect(
        (await admin.send('GET', '/api/v1/admin/metrics', { token: undefined, query: { [name]: key } })).status,
      ).toBe(401);
  });

  it('accepts the scheme in any case, and no other scheme', async () => {
    const admin = adminInMemory();
    const statusOf = async (authorization: string) =>
      (await admin.send('GET', '/api/v1/admin/audit', { token: undefined, headers: { authorization } })).status;
    const token = tokenOf('viewer');

    expect(await statusOf(`bearer ${token}`)).toBe(200);
    expect(await statusOf(token)).toBe(401);
    expect(await statusOf(`Basic ${token}`)).toBe(401);
  });

  it('records the last use of an API key', async () => {
    const admin = adminInMemory();
    const key = await admin.apiKeys.add(['events:read']);

    await admin.call('GET /api/v1/admin/metrics', { token: key });

    expect([...admin.apiKeys.keys.values()]).toMatchObject([{ last_used_at: '2026-06-01T12:00:00.000Z' }]);
  });

  it('names an API key in the audit log and in the history of a payment', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const token = await admin.apiKeys.add(['payments:write']);
    const [id] = admin.apiKeys.keys.keys();

    const { body } = await admin.call('POST /api/v1/admin/payments/{id}/refund', {
      id: paymentId,
      token,
      body: { reason: 'scratched' },
    });

    expect(admin.entries).toMatchObject([{ who: `api-key:${id}`, what: 'refund' }]);
    expect(body.history.at(-1).source).toBe(`api-key:${id}`);
  });
});
