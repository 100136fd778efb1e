import { describe, expect, it } from 'vitest';
import type { Call } from '../../support/api-document.ts';
import { storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

const items = (count: number) => Array.from({ length: count }, (_, i) => ({ sku: `SKU-${i}`, quantity: 1 }));
const mugs = (quantity: unknown) => ({ items: [{ sku: 'MUG', quantity }] });
const SOME = '0'.repeat(26);

type Invalid = readonly [Call, what: string, body: unknown, ...errors: string[]];
const INVALID: readonly Invalid[] = [
  ['POST /api/v1/checkout-sessions', 'nothing', undefined, ': not JSON'],
  ['POST /api/v1/checkout-sessions', 'truncated JSON', '{"items":[', ': not JSON'],
  ['POST /api/v1/checkout-sessions', 'a form', 'sku=MUG&quantity=1', ': not JSON'],
  ['POST /api/v1/checkout-sessions', 'null', null, ': must be of type object'],
  ['POST /api/v1/checkout-sessions', 'an array', [mugs(1)], ': must be of type object'],
  ['POST /api/v1/checkout-sessions', 'no items', {}, 'items: missing'],
  ['POST /api/v1/checkout-sessions', 'an empty basket', { items: [] }, 'items: must be at least 1 long'],
  ['POST /api/v1/checkout-sessions', 'items that are no array', { items: mugs(1) }, 'items: must be of type array'],
  ['POST /api/v1/checkout-sessions', 'an item that is null', { items: [null] }, 'items.0: must be of type object'],
  ['POST /api/v1/checkout-sessions', 'an unknown field', { ...mugs(1), coupon: 'FREE' }, 'coupon: unknown field'],
  [
    'POST /api/v1/checkout-sessions',
    'a session to replace in another format',
    { ...mugs(1), replaces: `pay_${SOME}` },
    'replaces: checkout session not found',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'an unknown session to replace',
    { ...mugs(1), replaces: `cs_${SOME}` },
    'replaces: checkout session not found',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'a price',
    { items: [{ sku: 'MUG', quantity: 1, unit_price: { currency_code: 'EUR', value: '0.01' } }] },
    'items.0.unit_price: unknown field',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'a __proto__ field',
    '{"items":[{"sku":"MUG","quantity":1}],"__proto__":{"x":1}}',
    '__proto__: unknown field',
  ],
  ['POST /api/v1/checkout-sessions', 'no quantity', { items: [{ sku: 'MUG' }] }, 'items.0.quantity: missing'],
  ['POST /api/v1/checkout-sessions', 'a quantity of 0', mugs(0), 'items.0.quantity: must be at least 1'],
  ['POST /api/v1/checkout-sessions', 'a quantity of -1', mugs(-1), 'items.0.quantity: must be at least 1'],
  ['POST /api/v1/checkout-sessions', 'a quantity of 1.5', mugs(1.5), 'items.0.quantity: must be an integer'],
  ['POST /api/v1/checkout-sessions', 'a quantity of 1000', mugs(1000), 'items.0.quantity: must be at most 999'],
  ['POST /api/v1/checkout-sessions', 'a quantity of 1e9', mugs(1e9), 'items.0.quantity: must be at most 999'],
  ['POST /api/v1/checkout-sessions', 'a quantity of "2"', mugs('2'), 'items.0.quantity: must be of type number'],
  ['POST /api/v1/checkout-sessions', 'a quantity of null', mugs(null), 'items.0.quantity: must be of type number'],
  ['POST /api/v1/checkout-sessions', 'no SKU', { items: [{ quantity: 1 }] }, 'items.0.sku: missing'],
  [
    'POST /api/v1/checkout-sessions',
    'an empty SKU',
    { items: [{ sku: '', quantity: 1 }] },
    'items.0.sku: must be at least 1 long',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'a SKU of 65 characters',
    { items: [{ sku: 'M'.repeat(65), quantity: 1 }] },
    'items.0.sku: must be at most 64 long',
  ],
  ['POST /api/v1/checkout-sessions', '21 items', { items: items(21) }, 'items: must be at most 20 long'],
  ['POST /api/v1/checkout-sessions', '200 items', { items: items(200) }, 'items: must be at most 20 long'],
  [
    'POST /api/v1/checkout-sessions',
    'a repeated SKU',
    { items: [...mugs(1).items, ...mugs(2).items] },
    'items: must not repeat a SKU',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'several errors',
    { items: [{ sku: 'MUG', quantity: 0 }, { sku: 5 }], coupon: 'FREE' },
    'items.0.quantity: must be at least 1',
    'items.1.sku: must be of type string',
    'items.1.quantity: missing',
    'coupon: unknown field',
  ],
  [
    'POST /api/v1/checkout-sessions',
    'products of two currencies',
    { items: [...mugs(1).items, { sku: 'YEN', quantity: 1 }] },
    'items: must have one currency',
  ],
  ['POST /api/v1/payments', 'truncated JSON', '{"checkout', ': not JSON'],
  ['POST /api/v1/payments', 'no session', {}, 'checkout_session_id: missing'],
  ['POST /api/v1/payments', 'a number', { checkout_session_id: 1 }, 'checkout_session_id: must be of type string'],
  [
    'POST /api/v1/payments',
    'an amount',
    { checkout_session_id: `cs_${SOME}`, amount: '0.01' },
    'amount: unknown field',
  ],
  ['POST /api/v1/payments/{id}/capture', 'truncated JSON', '{', ': not JSON'],
  ['POST /api/v1/payments/{id}/capture', 'an array', [], ': must be of type object'],
  ['POST /api/v1/payments/{id}/capture', 'an amount', { amount: '0.01' }, 'amount: unknown field'],
  ['POST /api/v1/payments/{id}/cancel', 'nothing', undefined, ': not JSON'],
  ['POST /api/v1/payments/{id}/cancel', 'truncated JSON', '{', ': not JSON'],
  ['POST /api/v1/payments/{id}/cancel', 'no token', {}, 'token: missing'],
  ['POST /api/v1/payments/{id}/cancel', 'a number', { token: 1 }, 'token: must be of type string'],
  ['POST /api/v1/payments/{id}/cancel', 'a reason', { token: 'T', reason: 'none' }, 'reason: unknown field'],
];

describe('an invalid request', () => {
  it.for(INVALID)('rejects without effect: %s with %s', async ([call, , body, ...expected]) => {
    const storefront = storefrontInMemory();

    const response = await storefront.call(call, { id: `pay_${SOME}`, body });

    expect(response.status).toBe(400);
    expect(response.body.type).toBe('/problems/invalid-request');
    const errors: { field: string; detail: string }[] = response.body.errors;
    expect(errors.map(({ field, detail }) => `${field}: ${detail}`)).toEqual(expected);
    expect(storefront.changes()).toEqual([]);
  });
});

it('returns at most 20 errors for an invalid request', async () => {
  const body = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, 0]));

  const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', { body });

  expect(response.body.errors).toHaveLength(20);
});

describe('the size limit of a body', () => {
  it('rejects a body of more than 64 KiB with 413', async () => {
    const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', {
      body: '{'.repeat(64 * 1024 + 1),
    });

    expect(response.status).toBe(413);
  });

  it('accepts the longest encoding of the largest basket', async () => {
    const sku = (i: number) => `${'\\u0041'.repeat(62)}${String(i).padStart(2, '0')}`;
    const lines = Array.from({ length: 20 }, (_, i) => `{ "sku": "${sku(i)}", "quantity": 999 }`);

    const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', {
      body: `{ "items": [${lines.join(', ')}] }`,
    });

    expect(response.body.type).toBe('/problems/unknown-product');
  });
});

describe('the content type of a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json ; version=1',
  ])('accepts %s', async (type) => {
    const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', {
      body: mugs(1),
      headers: { 'content-type': type },
    });

    expect(response.status).toBe(201);
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'text/plain;charset=UTF-8',
    'text/plain; a=application/json',
    'text/plain, application/json',
    'application/json, text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'application/jsonp',
    'application/problem+json',
    'text/json',
  ])('rejects %s without effect', async (type) => {
    for (const base64 of [false, true]) {
      const storefront = storefrontInMemory();

      const response = await storefront.call('POST /api/v1/checkout-sessions', {
        body: mugs(1),
        headers: { 'content-type': type },
        base64,
      });

      expect(response.status).toBe(415);
      expect(response.body.type).toBe('/problems/unsupported-media-type');
      expect(storefront.changes()).toEqual([]);
    }
  });

  it('is not required without a body', async () => {
    const response = await storefrontInMemory().call('POST /api/v1/payments/{id}/capture', {
      id: `pay_${SOME}`,
      headers: { 'content-type': undefined },
    });

    expect(response.body.type).toBe('/problems/unknown-payment');
  });
});

describe('an unknown id', () => {
  const calls: readonly (readonly [Call, prefix: string, problem: string])[] = [
    ['GET /api/v1/checkout-sessions/{id}', 'cs', 'unknown-session'],
    ['POST /api/v1/checkout-sessions/{id}/release', 'cs', 'unknown-session'],
    ['POST /api/v1/payments', 'cs', 'unknown-session'],
    ['POST /api/v1/payments/{id}/capture', 'pay', 'unknown-payment'],
    ['POST /api/v1/payments/{id}/cancel', 'pay', 'unknown-payment'],
    ['GET /api/v1/orders/{id}', 'ord', 'unknown-order'],
  ];
  const bodyOf = (call: Call, id: string) => {
    if (call === 'POST /api/v1/payments') return { body: { checkout_session_id: id } };
    return call.endsWith('cancel') ? { body: { token: 'T' } } : {};
  };

  it.each(calls)('%s returns 404 without effect', async (call, prefix, problem) => {
    const storefront = storefrontInMemory();
    const id = `${prefix}_${SOME}`;

    const response = await storefront.call(call, { id, ...bodyOf(call, id) });

    expect(response.status).toBe(404);
    expect(response.body.type).toBe(`/problems/${problem}`);
    expect(storefront.changes()).toEqual([]);
  });

  const malformedIds = (prefix: string) => [
    'x',
    '1',
    'null',
    SOME,
    `${prefix}_`,
    `${prefix}_${SOME}0`,
    `${prefix}_${SOME.replace('0', '8')}`,
    `${prefix}_${SOME.replace('00', '0U')}`,
    `other_${SOME}`,
    `${prefix}_${'0'.repeat(5000)}`,
  ];

  const malformed = calls.flatMap(([call, prefix, problem]) =>
    malformedIds(prefix).map((id) => [call, id.slice(0, 40), problem, id] as const),
  );

  it.each(malformed)('%s does not read %s', async (call, _, problem, id) => {
    const storefront = storefrontInMemory();

    const response = await storefront.call(call, { id, ...bodyOf(call, id) });

    expect(response.body.type).toBe(`/problems/${problem}`);
    expect(storefront.calls()).toEqual([]);
  });
});
