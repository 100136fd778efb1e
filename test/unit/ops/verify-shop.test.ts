import { describe, expect, it } from 'vitest';
import type { Route } from '../../../lib/constructs/http-api.ts';
import { ROUTES } from '../../../lib/routes.ts';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../../../lib/security-headers.ts';
import { type Stage, stageFrom } from '../../../lib/stages.ts';
import type { TableKeys, TableRestore } from '../../../ops/restore-table.ts';
import { type Answer, CHECK_NAMES, type DeployedStage, verifyShop } from '../../../ops/verify-shop.ts';
import type { Execution } from '../../../src/settlements/execution-client.ts';

const WEB = 'https://shop.example';
const API = 'https://api1.execute-api.eu-central-1.amazonaws.com';
const answer = (status: number, headers: Answer['headers'] = {}, body = '{}'): Answer => ({ status, headers, body });

const PAYMENT = JSON.stringify({
  payment_id: 'pay_1',
  paypal_order_id: '5O1',
  approve_url: 'https://www.paypal.com/checkoutnow?token=5O1',
});
const stageOf = (context: Readonly<Record<string, string>>) => stageFrom({ tryGetContext: (key) => context[key] });
/** Has all that prod has; prod itself skips a check. */
const FULL: Stage = { ...stageOf({ stage: 'prod', alarmEmail: 'ops@shop.example' }), name: 'sandbox' };

const SIGN_IN = 'POST /api/v1/admin/sign-in';
const THROTTLES = Object.fromEntries([
  ['default', { rateLimit: 500, burstLimit: 1000 }],
  ...Object.values<readonly Route[]>(ROUTES)
    .flat()
    .flatMap(({ route, throttle }) => (throttle ? [[route, FULL.routeThrottles[throttle]] as const] : [])),
]);
const { [SIGN_IN]: __, ...WITHOUT_SIGN_IN } = THROTTLES;
const throttlesWith = (route: string, rateLimit: number, burstLimit: number) => ({
  throttles: async () => ({ ...THROTTLES, [route]: { rateLimit, burstLimit } }),
});

const GRANT = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:::table/payments' };
const POLICY = { role: 'storefront-role', template: { Statement: [GRANT] }, deployed: { Statement: [GRANT] } };

const KEYS: TableKeys = { table: ['HASH payment_id'], 'by-due': ['HASH due_shard', 'RANGE due_at'] };
const restoreOf = (restored: TableKeys): TableRestore => ({
  copy: 'payments-restored',
  estimate: '1 GB',
  run: async () => ({ original: KEYS, restored }),
});

type Executions = DeployedStage['executions'];

/** As Step Functions describes an execution that fails, and is redriven; the last of each over and over. */
function executions(
  first: readonly (Execution | undefined)[] = [undefined, executionThat('RUNNING'), executionThat('FAILED')],
  redriven: readonly Execution[] = [executionThat('FAILED'), executionThat('RUNNING', 1), executionThat('FAILED', 1)],
): Executions {
  let left = [...first];
  return {
    startFailing: async () => {},
    describe: async () => (left.length > 1 ? left.shift() : left[0]),
    async redrive() {
      left = [...redriven];
      return redriven.length > 0;
    },
  };
}

const executionThat = (status: Execution['status'], redrives = 0): Execution => ({
  arn: 'arn:pay_1-verify',
  status,
  redrivable: true,
  redrives,
});

/** Answers by the beginning of method and URL; the first that matches. */
const GOOD: readonly (readonly [string, Answer])[] = [
  [
    `GET ${WEB}/api/v1/products`,
    answer(200, {}, '{"products":[{"sku":"CUP","available":0},{"sku":"MUG","available":3}]}'),
  ],
  [`POST ${WEB}/api/v1/checkout-sessions`, answer(201, {}, '{"checkout_session_id":"cs_1"}')],
  [`POST ${WEB}/api/v1/payments/pay_1/cancel`, answer(200)],
  [`POST ${WEB}/api/v1/payments`, answer(201, {}, PAYMENT)],
  [`GET ${WEB}/api/v1/health`, answer(200, API_SECURITY_HEADERS, '{"status":"ok","version":"0.2.0"}')],
  [`POST ${WEB}/webhooks/paypal`, answer(400)],
  [`GET ${API}/api/v1/products`, answer(403)],
  ['GET http://shop.example/', answer(301, { location: `${WEB}/` })],
  [`GET ${WEB}/api/v1/admin`, answer(401)],
  [`POST ${WEB}/api/v1/admin`, answer(401)],
  [`DELETE ${WEB}/api/v1/admin`, answer(401)],
  [`GET ${WEB}/`, answer(200, SECURITY_HEADERS, '<html>')],
];

/** A deployed stage without a defect, but for what is replaced. */
function stageWith(
  changes: Partial<DeployedStage> = {},
  answers: Readonly<Record<string, Answer>> = {},
): DeployedStage {
  const webhook = { id: 'WH-1', url: `${WEB}/webhooks/paypal`, eventTypes: ['*'] };
  return {
    webUrl: WEB,
    apiUrl: API,
    version: '0.2.0',
    stage: FULL,
    request: async (method, url) => {
      const all = [...Object.entries(answers), ...GOOD];
      return all.find(([start]) => `${method} ${url}`.startsWith(start))?.[1] ?? answer(404);
    },
    rolePolicies: async () => [POLICY],
    alarms: async () => [{ name: 'requests-failing', notifies: true, enabled: true }],
    subscriptions: async () => [{ endpoint: 'ops@shop.example', confirmed: true }],
    throttles: async () => THROTTLES,
    tables: async () => [{ name: 'payments', recoverable: true, protected: true }],
    missingQuota: async () => undefined,
    secret: async () => ({ client_id: 'AX1', client_secret: 'EL1', webhook_id: 'WH-1' }),
    webhooks: async () => [webhook],
    mayReadLedger: async () => true,
    executions: executions(),
    restore: restoreOf(KEYS),
    pause: async () => {},
    ...changes,
  };
}

async function defectsOf(stage: DeployedStage): Promise<Record<string, string>> {
  const defects: Record<string, string> = {};
  for await (const { check, status, detail } of verifyShop(stage)) if (status === 'defect') defects[check] = detail;
  return defects;
}

const { 'content-security-policy': _, ...WITHOUT_CSP } = SECURITY_HEADERS;
const healthWith = (headers: Answer['headers'], version = '0.2.0') => ({
  [`GET ${WEB}/api/v1/health`]: answer(200, headers, JSON.stringify({ version })),
});

type Planted = readonly [check: string, detail: RegExp, Partial<DeployedStage>, Readonly<Record<string, Answer>>?];
const PLANTED: readonly Planted[] = [
  ['pages', /answers 403/, {}, { ...Object.fromEntries(GOOD), [`GET ${WEB}/`]: answer(403) }],
  [
    'pages',
    /content-security-policy: missing/,
    {},
    { ...Object.fromEntries(GOOD), [`GET ${WEB}/`]: answer(200, WITHOUT_CSP) },
  ],
  ['HTTPS only', /answers 200/, {}, { 'GET http://shop.example/': answer(200) }],
  ['API through CloudFront', /answers 502/, {}, { [`GET ${WEB}/api/v1/health`]: answer(502) }],
  ['API through CloudFront', /version 0.1.0/, {}, healthWith(API_SECURITY_HEADERS, '0.1.0')],
  [
    'API through CloudFront',
    /x-frame-options: missing/,
    {},
    healthWith({ ...API_SECURITY_HEADERS, 'x-frame-options': undefined } as never),
  ],
  [
    'API through CloudFront',
    /from its cache/,
    {},
    healthWith({ ...API_SECURITY_HEADERS, 'x-cache': 'Hit from cloudfront' }),
  ],
  ['origin check', /answers 200 without CloudFront/, {}, { [`GET ${API}/api/v1/products`]: answer(200) }],
  ['admin routes', /GET \/api\/v1\/admin\/audit answers 200/, {}, { [`GET ${WEB}/api/v1/admin/audit`]: answer(200) }],
  ['unsigned webhook', /gets 200/, {}, { [`POST ${WEB}/webhooks/paypal`]: answer(200) }],
  ['unsigned webhook', /gets 500/, {}, { [`POST ${WEB}/webhooks/paypal`]: answer(500) }],
  ['throttles', /^default: none, expected 500 a second/, { throttles: async () => ({}) }],
  ['throttles', /^POST \/api\/v1\/admin\/sign-in: none, expected 5 a/, { throttles: async () => WITHOUT_SIGN_IN }],
  ['throttles', /sign-in: 50 a second, burst 10, expected 5 a second, burst 10$/, throttlesWith(SIGN_IN, 50, 10)],
  ['throttles', /sign-in: 5 a second, burst 100, expected/, throttlesWith(SIGN_IN, 5, 100)],
  ['throttles', /products: 1 a second, burst 1, expected none/, throttlesWith('GET /api/v1/products', 1, 1)],
  ['grants', /no roles/, { rolePolicies: async () => [] }],
  [
    'grants',
    /: dynamodb:GetItem of storefront-role$/,
    { rolePolicies: async () => [POLICY, { ...POLICY, deployed: { Statement: [] } }] },
  ],
  ['alarms', /no alarms/, { alarms: async () => [] }],
  ['alarms', /no one: jobs/, { alarms: async () => [{ name: 'jobs', notifies: false, enabled: true }] }],
  ['alarms', /no one: jobs/, { alarms: async () => [{ name: 'jobs', notifies: true, enabled: false }] }],
  ['alarm subscription', /deploy again/, { subscriptions: async () => [] }],
  ['alarm subscription', /not confirmed: a@b/, { subscriptions: async () => [{ endpoint: 'a@b', confirmed: false }] }],
  ['tables', /no tables/, { tables: async () => [] }],
  ['tables', /deletion: orders/, { tables: async () => [{ name: 'orders', recoverable: true, protected: false }] }],
  ['tables', /recovery: orders/, { tables: async () => [{ name: 'orders', recoverable: false, protected: true }] }],
  ['concurrency quota', /request 360/, { missingQuota: async () => 360 }],
  [
    'PayPal secret',
    /missing: client_id/,
    { secret: async () => ({ client_id: 'to-fill-in', client_secret: 'x', webhook_id: 'WH-1' }) },
  ],
  ['PayPal webhook', /not registered/, { webhooks: async () => [] }],
  [
    'PayPal webhook',
    /registered for https:\/\/old/,
    { webhooks: async () => [{ id: 'WH-1', url: 'https://old.example/webhooks/paypal', eventTypes: ['*'] }] },
  ],
  [
    'PayPal webhook',
    /not subscribed to/,
    { webhooks: async () => [{ id: 'WH-1', url: `${WEB}/webhooks/paypal`, eventTypes: ['CHECKOUT.ORDER.APPROVED'] }] },
  ],
  ['a payment begins', /checkout-sessions answers 409/, {}, { [`POST ${WEB}/api/v1/checkout-sessions`]: answer(409) }],
  ['a payment begins', /payments answers 502/, {}, { [`POST ${WEB}/api/v1/payments`]: answer(502) }],
  [
    'a payment begins',
    /approve at www.sandbox.paypal.com, expected www.paypal.com/,
    {},
    {
      [`POST ${WEB}/api/v1/payments/pay_1/cancel`]: answer(200),
      [`POST ${WEB}/api/v1/payments`]: answer(
        201,
        {},
        JSON.stringify({
          payment_id: 'pay_1',
          paypal_order_id: '5O1',
          approve_url: 'https://www.sandbox.paypal.com/5O1',
        }),
      ),
    },
  ],
  [
    'redrive',
    /not authorized/,
    { executions: { ...executions(), startFailing: () => Promise.reject(new Error('not authorized')) } },
  ],
  ['redrive', /is SUCCEEDED, expected FAILED/, { executions: executions([executionThat('SUCCEEDED')]) }],
  ['redrive', /does not redrive pay_1-verify/, { executions: executions(undefined, []) }],
  ['redrive', /not ended within a minute, after 0/, { executions: executions([executionThat('RUNNING')]) }],
  ['redrive', /not ended within a minute, after 1/, { executions: executions(undefined, [executionThat('FAILED')]) }],
  ['redrive', /SUCCEEDED after its redrive/, { executions: executions(undefined, [executionThat('SUCCEEDED', 1)]) }],
  ['Transaction Search', /not permitted/, { mayReadLedger: async () => false }],
  ['restore', /original: by-due$/, { restore: restoreOf({ table: ['HASH payment_id'] }) }],
  ['restore', /original: table$/, { restore: restoreOf({ ...KEYS, table: ['HASH order_id'] }) }],
  ['restore', /original: by-day$/, { restore: restoreOf({ ...KEYS, 'by-day': ['HASH day'] }) }],
  [
    'restore',
    /delete the table payments-restored/,
    { restore: { ...restoreOf(KEYS), run: () => Promise.reject(new Error('delete the table payments-restored')) } },
  ],
];

describe('verifyShop', () => {
  it('finds no defect in a stage that has none, and reports every check', async () => {
    const seen: string[] = [];
    for await (const { check, status, detail } of verifyShop(stageWith())) {
      expect({ check, status, detail }).toMatchObject({ status: 'ok', detail: expect.stringMatching(/\w/) });
      seen.push(check);
    }

    expect(seen).toEqual(CHECK_NAMES);
  });

  it.each(PLANTED.map(([check, detail, changes, answers = {}]) => ({ check, detail, changes, answers })))(
    'finds in $check: $detail',
    async ({ check, detail, changes, answers }) => {
      const defects = await defectsOf(stageWith(changes, answers));

      expect(defects).toEqual({ [check]: expect.stringMatching(detail) });
    },
  );

  it('has a planted defect for every check', () => {
    expect([...new Set(PLANTED.map(([check]) => check))].sort()).toEqual([...CHECK_NAMES].sort());
  });

  it.each([
    'rolePolicies',
    'alarms',
    'subscriptions',
    'throttles',
    'tables',
    'missingQuota',
    'secret',
    'webhooks',
    'mayReadLedger',
  ] as const)('reports what it may not read, and goes on: %s', async (name) => {
    const denied = () => Promise.reject(new Error('AccessDenied: not authorized'));

    const defects = Object.values(await defectsOf(stageWith({ [name]: denied })));

    expect(defects.length).toBeGreaterThan(0);
    for (const detail of defects) expect(detail).toContain('not authorized');
  });

  it('restores no table that was not requested', async () => {
    const skipped: string[] = [];
    for await (const { check, status, detail } of verifyShop(stageWith({ restore: undefined })))
      if (status === 'skipped') skipped.push(`${check}: ${detail}`);

    expect(skipped).toEqual(['restore: on request: --restore <table>']);
  });

  it('begins no payment when nothing is in stock', async () => {
    const answers = { [`GET ${WEB}/api/v1/products`]: answer(200, {}, '{"products":[]}') };
    const skipped: string[] = [];
    for await (const { check, status } of verifyShop(stageWith({}, answers)))
      if (status === 'skipped') skipped.push(check);

    expect(skipped).toEqual(['a payment begins', 'redrive']);
  });

  it.each([
    [
      'local',
      { stage: 'local', simulatorUrl: WEB },
      ['HTTPS only', 'throttles', 'alarm subscription', 'tables', 'redrive'],
    ],
    ['sandbox', { stage: 'sandbox' }, []],
    ['prod', { stage: 'prod' }, ['redrive']],
  ] as const)('does not run on stage %s what it cannot answer', async (_, context, expected) => {
    const skipped: string[] = [];
    for await (const { check, status, detail } of verifyShop(stageWith({ stage: stageOf(context) }))) {
      if (status === 'skipped') skipped.push(`${check}: ${detail}`);
    }

    expect(skipped).toEqual(expected.map((check) => `${check}: not on this stage`));
  });

  it('does not require what the settings have switched off', async () => {
    const stage = stageOf({ stage: 'prod', originCheck: 'off', reservedConcurrency: 'off', protection: 'off' });
    const tables = async () => [{ name: 'orders', recoverable: true, protected: false }];
    const answers = { [`GET ${API}/api/v1/products`]: answer(200) };

    expect(await defectsOf(stageWith({ stage, tables, missingQuota: async () => 360 }, answers))).toEqual({});
    expect(await defectsOf(stageWith({ stage, tables, subscriptions: async () => [] }, answers))).toEqual({
      'alarm subscription': expect.stringContaining('--context alarmEmail='),
    });
  });
});
