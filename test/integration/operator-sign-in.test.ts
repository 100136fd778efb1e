import { createSign, generateKeyPairSync } from 'node:crypto';
import {
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  InitiateAuthCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { sessionRepository } from '../../src/access/session-repository.ts';
import { dynamo, logsOf } from '../support/stack/aws.ts';
import { command } from '../support/stack/command.ts';
import { signIn, withToken } from '../support/stack/operator.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { shop, until } from '../support/stack/shop.ts';

const { endpoint, region, tables } = inject('aws');
const { operator, front_door_url } = inject('stack');
const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });

const AUDIT = '/api/v1/admin/audit';

/** A second app client of a pool. */
async function app(userPoolId: string, more: Partial<CreateUserPoolClientCommandInput> = {}): Promise<string> {
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: userPoolId,
      ClientName: 'other',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      ...more,
    }),
  );
  return UserPoolClient?.ClientId ?? '';
}

async function tokensOf(clientId: string, username: string) {
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: username, PASSWORD },
    }),
  );
  const { AccessToken = '', IdToken = '' } = AuthenticationResult ?? {};
  return { access: AccessToken, id: IdToken };
}

/** A token with the same claims, signed by another key. */
function signedByAnother(token: string, change: object = {}): string {
  const [head = '', words = ''] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(words, 'base64url').toString()), ...change };
  const unsigned = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey).toString('base64url')}`;
}

const SIGN_IN = '/api/v1/admin/sign-in';
const REFRESH = '/api/v1/admin/sign-in/refresh';
const SIGN_OUT = '/api/v1/admin/sign-out';

/** The session of a browser: its access token, and its cookie as a header. */
async function sessionOf(credentials: { username: string; password: string; new_password?: string }) {
  const { status, body, headers } = await shop('POST', SIGN_IN, credentials);
  if (status !== 200) throw new Error(`not signed in: ${JSON.stringify(body)}`);
  const [setCookie = ''] = headers.getSetCookie();
  return { token: body.access_token as string, cookie: { cookie: setCookie.split(';')[0] ?? '' }, setCookie };
}

/** An operator with a password of its own. */
async function anOperator() {
  const username = await newOperator(operator.user_pool_id, 'operator');
  return { username, password: PASSWORD };
}

const CLEARED = /^operator_refresh_token=; Max-Age=0;/;

describe('an operator', () => {
  it('signs in, reads the audit log, and renews the session with the cookie', async () => {
    const signedIn = await signIn(operator);
    expect(signedIn).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } });
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(signedIn.body)).toEqual(['access_token', 'token_type', 'expires_in']);
    expect((await withToken(signedIn.body.access_token, 'GET', AUDIT)).status).toBe(200);

    const [cookie = ''] = signedIn.headers.getSetCookie();
    expect(cookie).toMatch(
      /^operator_refresh_token=[\w.=-]+; Max-Age=36000; Path=\/api\/v1\/admin; Secure; HttpOnly; SameSite=Strict$/,
    );
    const refreshed = await shop('POST', REFRESH, undefined, { cookie: `other=1; ${cookie.split(';')[0]}` });

    expect(refreshed).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } });
    expect((await withToken(refreshed.body.access_token, 'GET', AUDIT)).status).toBe(200);
  });

  it('gets the same error for a wrong password as for a wrong name', async () => {
    const wrongPassword = await signIn({ ...operator, password: 'wrong' });
    const wrongName = await signIn({ ...operator, username: 'unknown' });

    expect(wrongPassword).toMatchObject({ status: 401, body: { type: '/problems/wrong-credentials' } });
    expect(wrongName.status).toBe(401);
    expect(wrongName.body).toEqual(wrongPassword.body);
  });

  it('gets no token for an invalid refresh token, nor for one in the body', async () => {
    const forged = await shop('POST', REFRESH, undefined, { cookie: 'operator_refresh_token=forged' });
    expect(forged).toMatchObject({ status: 401, body: { type: '/problems/not-signed-in' } });
    expect(forged.headers.getSetCookie()).toEqual([expect.stringMatching(CLEARED)]);

    const { cookie } = await sessionOf(await anOperator());
    const inBody = await shop('POST', REFRESH, { refresh_token: cookie.cookie.split('=')[1] });
    expect(inBody).toMatchObject({ status: 400, body: { errors: [{ field: 'refresh_token' }] } });
  });

  it('ends the session by signing out, and no other', async () => {
    const credentials = await anOperator();
    const [left, kept] = [await sessionOf(credentials), await sessionOf(credentials)];

    const signedOut = await shop('POST', SIGN_OUT, undefined, left.cookie);

    expect(signedOut.status).toBe(204);
    expect(signedOut.headers.getSetCookie()).toEqual([expect.stringMatching(CLEARED)]);
    expect((await shop('POST', REFRESH, undefined, left.cookie)).status).toBe(401);
    expect((await withToken(left.token, 'GET', AUDIT)).status).toBe(401);
    expect((await shop('POST', REFRESH, undefined, kept.cookie)).status).toBe(200);
    expect((await withToken(kept.token, 'GET', AUDIT)).status).toBe(200);
    expect((await shop('POST', SIGN_OUT, undefined, left.cookie)).status).toBe(204);
  });

  it('ends all sessions by signing out everywhere', async () => {
    const credentials = await anOperator();
    const sessions = [await sessionOf(credentials), await sessionOf(credentials)];

    expect((await shop('POST', SIGN_OUT, { everywhere: true }, sessions[0]?.cookie)).status).toBe(204);

    for (const { token, cookie } of sessions) {
      expect((await shop('POST', REFRESH, undefined, cookie)).status).toBe(401);
      expect((await withToken(token, 'GET', AUDIT)).status).toBe(401);
    }
    const { token } = await sessionOf(credentials);
    expect((await withToken(token, 'GET', AUDIT)).status).toBe(200);
  });

  it('must change a password that someone else has set, which ends all other sessions', async () => {
    const { username, password } = await anOperator();
    const before = await sessionOf({ username, password });
    const user = { UserPoolId: operator.user_pool_id, Username: username };
    const temporary = 'Temporary-password-of-today-1';
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: temporary, Permanent: false }));

    const required = await signIn({ username, password: temporary });
    expect(required).toMatchObject({ status: 401, body: { type: '/problems/new-password-required' } });
    expect((await shop('POST', REFRESH, undefined, before.cookie)).status).toBe(200);
    const refused = await shop('POST', SIGN_IN, { username, password: temporary, new_password: 'Short-1' });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'new_password' }] } });
    const chosen = 'A-password-of-my-own-choice-2';
    const after = await sessionOf({ username, password: temporary, new_password: chosen });

    expect((await shop('POST', REFRESH, undefined, before.cookie)).status).toBe(401);
    expect((await withToken(before.token, 'GET', AUDIT)).status).toBe(401);
    expect((await withToken(after.token, 'GET', AUDIT)).status).toBe(200);
    expect((await signIn({ username, password: temporary })).status).toBe(401);
    expect((await signIn({ username, password: chosen })).status).toBe(200);
  });

  it('loses access at once when the account is removed', async () => {
    const credentials = await anOperator();
    const { token, cookie } = await sessionOf(credentials);

    expect((await command('ops/operator.ts', 'remove', credentials.username)).status).toBe(0);

    expect((await withToken(token, 'GET', AUDIT)).status).toBe(401);
    expect((await shop('POST', REFRESH, undefined, cookie)).status).toBe(401);
    expect((await signIn(credentials)).status).toBe(401);
  });

  it.each([SIGN_IN, REFRESH, SIGN_OUT])(
    'is not affected by a page of another origin that posts to %s',
    async (path) => {
      const credentials = await anOperator();
      const { cookie } = await sessionOf(credentials);
      const body = path === SIGN_IN ? credentials : undefined;

      for (const foreign of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        const response = await shop('POST', path, body, { ...cookie, ...foreign });
        expect(response).toMatchObject({ status: 403, body: { type: '/problems/foreign-origin' } });
      }
      const own = { origin: front_door_url, 'sec-fetch-site': 'same-origin' };
      expect((await shop('POST', REFRESH, undefined, { ...cookie, ...own })).status).toBe(200);
    },
  );

  it('leaves no name, password or token in the logs, but a line for each refusal', async () => {
    const credentials = await anOperator();
    const { token, cookie } = await sessionOf(credentials);
    await signIn({ username: 'unknown-operator', password: 'no-such-password' });
    await shop('POST', REFRESH, undefined, cookie);
    await shop('POST', SIGN_OUT, undefined, cookie);

    const logs = await until(
      async () => JSON.stringify(await logsOf('sign-in')),
      (text) => text.includes('SIGNED_OUT'),
    );

    expect(logs).toContain('SIGN_IN_REFUSED');
    const refreshToken = cookie.cookie.split('=')[1] ?? '';
    for (const secret of [PASSWORD, credentials.username, 'no-such-password', 'unknown-operator', token, refreshToken])
      expect(logs).not.toContain(secret);
  });
});

describe('the admin API', () => {
  let username: string;
  let good: Awaited<ReturnType<typeof tokensOf>>;
  beforeAll(async () => {
    username = await newOperator(operator.user_pool_id, 'operators');
    good = await tokensOf(operator.client_id, username);
    // So that each token below is rejected for its own fault, and not for its session.
    const { origin_jti: sessionId } = JSON.parse(Buffer.from(good.access.split('.')[1] ?? '', 'base64url').toString());
    await sessionRepository(dynamo, tables.access).open({ username, sessionId }, 0, new Date(Date.now() + 900_000));
  });

  it('accepts a token of the sign-in, and rejects one that Cognito issued without it', async () => {
    const { body } = await signIn({ username, password: PASSWORD });

    const unrecorded = await tokensOf(operator.client_id, username);

    expect((await withToken(body.access_token, 'GET', AUDIT)).status).toBe(200);
    expect((await withToken(good.access, 'GET', AUDIT)).status).toBe(200);
    expect((await withToken(unrecorded.access, 'GET', AUDIT)).status).toBe(401);
  });

  it.each([
    ['a call without token', () => undefined],
    ['a malformed token', () => 'forged'],
    ['a token signed by another key', () => signedByAnother(good.access)],
    ['a token that was changed', () => `${good.access.slice(0, -4)}AAAA`],
    ['an ID token', () => good.id],
  ])('rejects %s', async (_, token) => {
    const text = token();
    const response = text === undefined ? await shop('GET', AUDIT) : await withToken(text, 'GET', AUDIT);

    expect(response.status).toBe(401);
  });

  it('rejects an expired token', async () => {
    const client = { UserPoolId: operator.user_pool_id, ClientId: operator.client_id };
    const { UserPoolClient: kept } = await cognito.send(new DescribeUserPoolClientCommand(client));
    const units = kept?.TokenValidityUnits;
    await cognito.send(
      new UpdateUserPoolClientCommand({
        ...kept,
        ...client,
        AccessTokenValidity: 2,
        TokenValidityUnits: { ...units, AccessToken: 'seconds' },
      }),
    );
    const { body } = await signIn({ username, password: PASSWORD }).finally(() =>
      cognito.send(new UpdateUserPoolClientCommand({ ...kept, ...client })),
    );
    const access: string = body.access_token;
    const { exp } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());

    await until(
      () => withToken(access, 'GET', AUDIT),
      ({ status }) => status === 401,
    );

    expect(Date.now() / 1000).toBeGreaterThanOrEqual(exp);
    const next = await signIn({ username, password: PASSWORD });
    expect((await withToken(next.body.access_token, 'GET', AUDIT)).status).toBe(200);
  });

  it('rejects the token of another app client of the same pool', async () => {
    const { access } = await tokensOf(await app(operator.user_pool_id), username);

    expect((await withToken(access, 'GET', AUDIT)).status).toBe(401);
  });

  it('rejects the token of another pool whose group has the same name', async () => {
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'another' }));
    const poolId = UserPool?.Id ?? '';
    await cognito.send(new CreateGroupCommand({ UserPoolId: poolId, GroupName: 'operators' }));
    const stranger = await newOperator(poolId, 'operators');
    const { access } = await tokensOf(await app(poolId), stranger);

    expect((await withToken(access, 'GET', AUDIT)).status).toBe(401);
  });

  it('rejects a user of the pool who is not in the group', async () => {
    const shopper = await newOperator(operator.user_pool_id);
    const { body } = await signIn({ username: shopper, password: PASSWORD });

    const response = await withToken(body.access_token, 'GET', AUDIT);

    expect(response).toMatchObject({ status: 403, body: { type: '/problems/not-an-operator' } });
  });
});
