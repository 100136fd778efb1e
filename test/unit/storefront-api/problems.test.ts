import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { type Call, calls, problemsOf } from '../../support/api-document.ts';
import type { Funding } from '../../support/in-memory/paypal-state.ts';
import { product } from '../../support/in-memory/shop.ts';
import { type Request, type StorefrontInMemory, storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

/** Prepares the shop for a problem and returns the request. */
type Arrange = (storefront: StorefrontInMemory) => ArrangedRequest | Promise<ArrangedRequest>;
type ArrangedRequest = Request & { readonly id?: string };

const UNKNOWN = '0'.repeat(26);
const LARGE = JSON.stringify({ items: [], filler: 'x'.repeat(64 * 1024) });
const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
const timeout = new PayPalUnavailable('timeout', { operation: 'createOrder' });

const openSession = async ({ call }: StorefrontInMemory, sku = 'MUG'): Promise<string> =>
  (await call('POST /api/v1/checkout-sessions', { body: { items: [{ sku, quantity: 1 }] } })).body.checkout_session_id;

async function begin(storefront: StorefrontInMemory): Promise<{ id: string; token: string }> {
  const body = { checkout_session_id: await openSession(storefront) };
  const { payment_id, paypal_order_id } = (await storefront.call('POST /api/v1/payments', { body })).body;
  return { id: payment_id, token: paypal_order_id };
}

async function approve(storefront: StorefrontInMemory, funding: Funding = 'instant') {
  const payment = await begin(storefront);
  storefront.shop.paypal.approve(payment.token, funding);
  for (const { event } of storefront.shop.paypal.events) await storefront.shop.deliver(event);
  return payment;
}

/** A valid request for each operation. */
const VALID: Record<string, Arrange> = {
  'GET /api/v1/products': () => ({}),
  'POST /api/v1/checkout-sessions': () => ({ body: { items: [{ sku: 'MUG', quantity: 2 }] } }),
  'GET /api/v1/checkout-sessions/{id}': async (storefront) => ({ id: await openSession(storefront) }),
  'POST /api/v1/checkout-sessions/{id}/release': async (storefront) => ({ id: await openSession(storefront) }),
  'POST /api/v1/payments': async (storefront) => ({ body: { checkout_session_id: await openSession(storefront) } }),
  'POST /api/v1/payments/{id}/capture': async (storefront) => ({ id: (await approve(storefront)).id }),
  'POST /api/v1/payments/{id}/cancel': async (storefront) => {
    const { id, token } = await approve(storefront);
    return { id, body: { token } };
  },
  'GET /api/v1/orders/{id}': () => ({ id: `ord_${UNKNOWN}` }),
};

const POSTS = Object.keys(VALID).filter((call) => call.startsWith('POST')) as Call[];
const validRequest = async (call: Call, storefront: StorefrontInMemory) => (await VALID[call]?.(storefront)) ?? {};
const key = (name: string) => ({ headers: { 'idempotency-key': name } });

/** Each problem of each operation, with an arrangement that leads to it. */
const CASES: readonly (readonly [Call, problem: string, Arrange])[] = [
  ...(Object.keys(VALID) as Call[]).flatMap((call) => [
    [call, '500 internal-error', failing(call, new Error('a secret'))] as const,
    [call, '503 try-again', failing(call, throttled)] as const,
  ]),
  ...POSTS.flatMap((call) => [
    [call, '400 invalid-request', withBody(call, '{')] as const,
    [call, '413 body-too-large', withBody(call, LARGE)] as const,
    [call, '415 unsupported-media-type', asForm(call)] as const,
    [call, '409 request-in-progress', inProgress(call)] as const,
    [call, '422 idempotency-key-reused', reused(call)] as const,
  ]),
  ['POST /api/v1/checkout-sessions', '404 unknown-product', () => ({ body: { items: [{ sku: 'NO', quantity: 1 }] } })],
  ['POST /api/v1/checkout-sessions', '409 out-of-stock', () => ({ body: { items: [{ sku: 'LAST', quantity: 2 }] } })],
  [
    'POST /api/v1/checkout-sessions',
    '409 not-payable',
    ({ shop }) => {
      shop.stock.products.set('GIFT', product(1, 'GIFT', 0));
      return { body: { items: [{ sku: 'GIFT', quantity: 1 }] } };
    },
  ],
  [
    'POST /api/v1/checkout-sessions',
    '409 payment-decided',
    async (storefront) => {
      const { id } = await approve(storefront);
      return { body: { items: [{ sku: 'MUG', quantity: 1 }], replaces: id.replace('pay_', 'cs_') } };
    },
  ],
  [
    'POST /api/v1/checkout-sessions',
    '502 paypal-unavailable',
    async (storefront) => {
      const { id } = await begin(storefront);
      storefront.fail('paypal.getOrder', timeout);
      return { body: { items: [{ sku: 'MUG', quantity: 1 }], replaces: id.replace('pay_', 'cs_') } };
    },
  ],
  ['GET /api/v1/checkout-sessions/{id}', '404 unknown-session', () => ({ id: `cs_${UNKNOWN}` })],
  ['POST /api/v1/checkout-sessions/{id}/release', '404 unknown-session', () => ({ id: `cs_${UNKNOWN}` })],
  [
    'POST /api/v1/checkout-sessions/{id}/release',
    '409 payment-begun',
    async (storefront) => {
      const checkout_session_id = await openSession(storefront);
      await storefront.call('POST /api/v1/payments', { body: { checkout_session_id } });
      return { id: checkout_session_id };
    },
  ],
  ['POST /api/v1/payments', '404 unknown-session', () => ({ body: { checkout_session_id: `cs_${UNKNOWN}` } })],
  [
    'POST /api/v1/payments',
    '409 session-over',
    async (storefront) => {
      const checkout_session_id = await openSession(storefront);
      storefront.clock.now = new Date(storefront.clock.now.getTime() + 3_600_000);
      return { body: { checkout_session_id } };
    },
  ],
  ['POST /api/v1/payments', '502 paypal-unavailable', payPalDown('POST /api/v1/payments', 'createOrder')],
  ['POST /api/v1/payments/{id}/capture', '404 unknown-payment', () => ({ id: `pay_${UNKNOWN}` })],
  [
    'POST /api/v1/payments/{id}/capture',
    '409 not-approved',
    async (storefront) => ({ id: (await begin(storefront)).id }),
  ],
  [
    'POST /api/v1/payments/{id}/capture',
    '409 payment-declined',
    async (storefront) => ({ id: (await approve(storefront, 'refused')).id }),
  ],
  [
    'POST /api/v1/payments/{id}/capture',
    '409 payment-refused',
    async (storefront) => ({ id: (await approve(storefront, 'restricted')).id }),
  ],
  [
    'POST /api/v1/payments/{id}/capture',
    '502 paypal-unavailable',
    payPalDown('POST /api/v1/payments/{id}/capture', 'captureOrder'),
  ],
  [
    'POST /api/v1/payments/{id}/cancel',
    '403 wrong-token',
    async (storefront) => ({ id: (await begin(storefront)).id, body: { token: 'ANOTHER' } }),
  ],
  ['POST /api/v1/payments/{id}/cancel', '404 unknown-payment', () => ({ id: `pay_${UNKNOWN}`, body: { token: 'T' } })],
  [
    'POST /api/v1/payments/{id}/cancel',
    '409 already-captured',
    async (storefront) => {
      const { id, token } = await approve(storefront);
      await storefront.call('POST /api/v1/payments/{id}/capture', { id });
      return { id, body: { token } };
    },
  ],
  [
    'POST /api/v1/payments/{id}/cancel',
    '502 paypal-unavailable',
    payPalDown('POST /api/v1/payments/{id}/cancel', 'getOrder'),
  ],
  ['GET /api/v1/orders/{id}', '404 unknown-order', () => ({ id: `ord_${UNKNOWN}` })],
];

function withBody(call: Call, body: string): Arrange {
  return async (storefront) => ({ ...(await validRequest(call, storefront)), body });
}

function asForm(call: Call): Arrange {
  return async (storefront) => ({
    body: '{}',
    ...(await validRequest(call, storefront)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

function failing(call: Call, error: Error): Arrange {
  return async (storefront) => {
    const request = await validRequest(call, storefront);
    storefront.fail('*', error);
    return request;
  };
}

function payPalDown(call: Call, at: string): Arrange {
  return async (storefront) => {
    const request = await validRequest(call, storefront);
    storefront.fail(`paypal.${at}`, timeout);
    return request;
  };
}

/** Sends a first request that hangs, and returns a second with the same key. */
function inProgress(call: Call): Arrange {
  return async (storefront) => {
    const request = { ...(await validRequest(call, storefront)), ...key('the-only-request') };
    for (const read of ['stock.productsOf', 'sessions.get', 'payments.get']) storefront.hang(read);
    void storefront.call(call, request);
    await new Promise((resolve) => setImmediate(resolve));
    return request;
  };
}

function reused(call: Call): Arrange {
  return async (storefront) => {
    const request = { ...(await validRequest(call, storefront)), ...key('the-only-request') };
    await storefront.call(call, request);
    return { ...request, body: JSON.stringify(request.body ?? {}).concat(' ') };
  };
}

describe('problems of storefrontApi', () => {
  it.each(CASES)('%s returns %s', async (call, problem, arrange) => {
    const storefront = storefrontInMemory();
    const request = await arrange(storefront);

    const { status, headers, body } = await storefront.call(call, request);

    expect(`${status} ${body.type}`).toBe(problem.replace(' ', ' /problems/'));
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each(calls.filter((call) => call in VALID))('%s documents exactly the tested problems', (call) => {
    const tested = CASES.filter(([operation]) => operation === call).map(([, problem]) => problem);

    expect(problemsOf(call)).toEqual(tested.toSorted());
  });
});
