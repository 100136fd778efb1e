import { createSign, generateKeyPairSync } from 'node:crypto';
import {
  AdminDeleteUserCommand,
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
import { logsOf } from '../support/stack/aws.ts';
import { signIn, withToken } from '../support/stack/operator.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { shop, until } from '../support/stack/shop.ts';

const { endpoint, region } = inject('aws');
const { operator } = inject('stack');
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

describe('an operator', () => {
  it('signs in, reads the audit log, and renews the session with the refresh token', async () => {
    const signedIn = await signIn(operator);
    expect(signedIn).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } });
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    expect((await withToken(signedIn.body.access_token, 'GET', AUDIT)).status).toBe(200);

    const { refresh_token } = signedIn.body;
    const refreshed = await shop('POST', '/api/v1/admin/sign-in/refresh', { refresh_token });

    expect(refreshed).toMatchObject({ status: 200, body: { refresh_token } });
    expect((await withToken(refreshed.body.access_token, 'GET', AUDIT)).status).toBe(200);
  });

  it('gets the same error for a wrong password as for a wrong name', async () => {
    const wrongPassword = await signIn({ ...operator, password: 'wrong' });
    const wrongName = await signIn({ ...operator, username: 'unknown' });

    expect(wrongPassword).toMatchObject({ status: 401, body: { type: '/problems/wrong-credentials' } });
    expect(wrongName.status).toBe(401);
    expect(wrongName.body).toEqual(wrongPassword.body);
  });

  it('gets no token for an invalid refresh token', async () => {
    const response = await shop('POST', '/api/v1/admin/sign-in/refresh', { refresh_token: 'forged' });

    expect(response).toMatchObject({ status: 401, body: { type: '/problems/wrong-credentials' } });
  });

  it('loses access when the account is removed', async () => {
    const username = await newOperator(operator.user_pool_id, 'operators');
    const { refresh_token } = (await signIn({ username, password: PASSWORD })).body;
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId: operator.user_pool_id, Username: username }));

    expect((await shop('POST', '/api/v1/admin/sign-in/refresh', { refresh_token })).status).toBe(401);
    expect((await signIn({ username, password: PASSWORD })).status).toBe(401);
  });

  it('leaves no name, password or token in the logs', async () => {
    const { body } = await signIn(operator);
    await signIn({ username: 'unknown-operator', password: 'no-such-password' });

    const logs = JSON.stringify(await logsOf('sign-in'));

    for (const secret of [operator.password, 'no-such-password', 'unknown-operator', body.access_token])
      expect(logs).not.toContain(secret);
  });
});

describe('the admin API', () => {
  let username: string;
  let good: Awaited<ReturnType<typeof tokensOf>>;
  beforeAll(async () => {
    username = await newOperator(operator.user_pool_id, 'operators');
    good = await tokensOf(operator.client_id, username);
  });

  it('accepts an operator’s own token', async () => {
    expect((await withToken(good.access, 'GET', AUDIT)).status).toBe(200);
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
    const { access } = await tokensOf(operator.client_id, username).finally(() =>
      cognito.send(new UpdateUserPoolClientCommand({ ...kept, ...client })),
    );
    const { exp } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());

    await until(
      () => withToken(access, 'GET', AUDIT),
      ({ status }) => status === 401,
    );

    expect(Date.now() / 1000).toBeGreaterThanOrEqual(exp);
    const next = await tokensOf(operator.client_id, username);
    expect((await withToken(next.access, 'GET', AUDIT)).status).toBe(200);
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
