import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  GroupExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { ROLES } from '../../src/access/role.ts';
import { sessionRepository } from '../../src/access/session-repository.ts';
import { change, dynamo, everythingIn, everythingLogged } from '../support/stack/aws.ts';
import { command } from '../support/stack/command.ts';
import { asOperator, loggedEntries, signIn, withToken } from '../support/stack/operator.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { paidPurchase, shop, until } from '../support/stack/shop.ts';

const { endpoint, region, tables } = inject('aws');
const { operator, api_key } = inject('stack');
const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });

const METRICS = '/api/v1/admin/metrics';
const KEYS = '/api/v1/admin/api-keys';

beforeAll(async () => {
  for (const GroupName of ROLES)
    await cognito
      .send(new CreateGroupCommand({ UserPoolId: operator.user_pool_id, GroupName }))
      .catch((error: unknown) => {
        if (!(error instanceof GroupExistsException)) throw error;
      });
});

/** Signs in a new operator. */
async function signedIn(role: string) {
  const username = await newOperator(operator.user_pool_id, role);
  const { body } = await signIn({ username, password: PASSWORD });
  return { username, token: body.access_token as string };
}

const newKey = async (request: object): Promise<{ id: string; key: string }> =>
  (await asOperator(KEYS, { name: 'integration test', ...request })).body;

const refund = (token: string, paymentId: string, value: string, reason: string) =>
  withToken(token, 'POST', `/api/v1/admin/payments/${paymentId}/refund`, {
    amount: { currency_code: 'EUR', value },
    reason,
  });

describe('API keys', () => {
  it('of stack.json have all scopes, but reach no API keys', async () => {
    expect((await withToken(api_key, 'GET', METRICS)).status).toBe(200);
    expect((await withToken(api_key, 'GET', '/api/v1/admin/statements')).status).toBe(200);
    expect(await withToken(api_key, 'GET', KEYS)).toMatchObject({ status: 403, body: { role: 'admin' } });
  });

  it('work from their creation until they are revoked, by API and by command', async () => {
    const created = await newKey({ scopes: ['events:read'] });
    expect((await withToken(created.key, 'GET', METRICS)).status).toBe(200);
    const operatorsToken = (await signIn(operator)).body.access_token;
    expect((await withToken(operatorsToken, 'DELETE', `${KEYS}/${created.id}`)).status).toBe(204);
    expect((await withToken(created.key, 'GET', METRICS)).status).toBe(401);

    const byCommand = JSON.parse(
      (await command('ops/api-key.ts', 'create', 'cli', '--scopes', 'events:read', '--json')).stdout,
    );
    expect((await withToken(byCommand.key, 'GET', METRICS)).status).toBe(200);
    expect(await command('ops/api-key.ts', 'revoke', byCommand.id, '--yes')).toMatchObject({ status: 0 });
    expect((await withToken(byCommand.key, 'GET', METRICS)).status).toBe(401);
  });

  it('are not read from the query, and are refused from a browser', async () => {
    expect((await shop('GET', `${METRICS}?api_key=${api_key}`)).status).toBe(401);
    expect(await withToken(api_key, 'GET', METRICS, undefined, { origin: 'https://shop.example' })).toMatchObject({
      status: 400,
      body: { type: '/problems/secret-key-in-browser' },
    });
  });

  it('stand in no log and in no table', async () => {
    const since = new Date();
    const { key } = await newKey({ scopes: ['events:read'] });
    await withToken(key, 'GET', METRICS);
    await withToken(key, 'GET', KEYS);
    await withToken(`${key}0`, 'GET', METRICS);

    const lines = await until(
      () => everythingLogged(since),
      (logged) => logged.some(({ folder, line }) => folder === 'audit' && line.includes('create-api-key')),
    );
    expect(lines.filter(({ line }) => line.includes(key))).toEqual([]);
    for (const table of ['access', 'audit', 'idempotency'] as const)
      expect(JSON.stringify(await everythingIn(table))).not.toContain(key);
  });
});

describe('roles', () => {
  it('of a viewer shows a payment without its buyer, and nothing moves money', async () => {
    const { paymentId } = await paidPurchase();
    const { token } = await signedIn('viewer');

    const { status, body } = await withToken(token, 'GET', `/api/v1/admin/payments/${paymentId}`);

    expect({ status, buyer: body.buyer }).toEqual({ status: 200, buyer: null });
    expect(await refund(token, paymentId, '1.00', 'viewer')).toMatchObject({ status: 403, body: { role: 'operator' } });
  });

  it('end with the session, at once', async () => {
    const { username, token } = await signedIn('operator');
    expect((await withToken(token, 'GET', METRICS)).status).toBe(200);

    await sessionRepository(dynamo, tables.access).endAll(username);

    expect((await withToken(token, 'GET', METRICS)).status).toBe(401);
  });
});

describe('refund limits', () => {
  it('of an operator hold for a day, and an admin has none', async () => {
    const { paymentId } = await paidPurchase();
    const { username, token } = await signedIn('operator');
    await change('access', { kind: 'operator', id: username }, { refund_limit: 5 });

    expect((await refund(token, paymentId, '3.00', 'first')).status).toBe(200);
    expect((await refund(token, paymentId, '3.00', 'first')).status).toBe(200);
    expect(await refund(token, paymentId, '2.01', 'second')).toMatchObject({
      status: 403,
      body: { type: '/problems/refund-limit', left: { currency_code: 'EUR', value: '2.00' } },
    });
    const { body } = await signIn(operator);
    expect((await refund(body.access_token, paymentId, '2.01', 'admin')).status).toBe(200);
  });

  it('of an API key hold when it refunds many times at once', async () => {
    const { paymentId } = await paidPurchase();
    const { key } = await newKey({ scopes: ['payments:write'], refund_limit: 2 });

    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((reason) => refund(key, paymentId, '1.00', reason)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403]);
  });
});

describe('the audit log', () => {
  it('has each entry a second time in the log group of its own', async () => {
    const { paymentId } = await paidPurchase();
    await withToken(api_key, 'GET', `/api/v1/admin/payments/${paymentId}`);

    const { body } = await withToken(
      (await signIn(operator)).body.access_token,
      'GET',
      `/api/v1/admin/audit?target=${paymentId}`,
    );

    expect(body.entries).toMatchObject([{ who: expect.stringMatching(/^api-key:key_/), what: 'read-buyer' }]);
    const [line] = await loggedEntries(paymentId);
    expect(line).toMatchObject({ level: 'INFO', message: 'AUDIT_ENTRY', entry: body.entries[0] });
  });
});
