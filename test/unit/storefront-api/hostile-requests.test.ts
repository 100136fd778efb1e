import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

const SESSIONS = '/api/v1/checkout-sessions';
const BASKET = { items: [{ sku: 'MUG', quantity: 1 }] };
const SOME = '0'.repeat(26);
const deep = (open: string, close: string, around = ['', '']) =>
  `${around[0]}${open.repeat(10_000)}${close.repeat(10_000)}${around[1]}`;

describe('a hostile request', () => {
  it.each([
    ['x-odd', 'snowman \u2603'],
    ['user-agent', '\ud800'],
    ['x-odd', 'a\nb'],
    ['x-odd', 'a\0b'],
    ['not a name', 'x'],
    ['', 'x'],
    ['host', 'not a host'],
    ['host', ''],
    ['x-forwarded-proto', 'http,https'],
    ['cookie', '\u2603'],
    ['__proto__', 'x'],
    ['content-length', '-1'],
  ])('is routed in spite of the header %j: %j', async (name, value) => {
    const headers = Object.fromEntries([[name, value]]);
    const opened = await storefrontInMemory().send('POST', SESSIONS, { body: BASKET, headers });
    const listed = await storefrontInMemory().send('GET', '/api/v1/products', { headers });

    expect([opened.status, listed.status]).toEqual([201, 200]);
  });

  it('is idempotent by a key of any characters', async () => {
    const storefront = storefrontInMemory();
    const request = { body: BASKET, headers: { 'idempotency-key': '\u2603'.repeat(16) } };
    const first = await storefront.send('POST', SESSIONS, request);

    expect(await storefront.send('POST', SESSIONS, request)).toEqual(first);
  });

  it.each([
    ['a SKU', SESSIONS, '{"items":[{"sku":"MUG","quantity":1},{"sku":"\\ud800","quantity":1}]}', 'items.1.sku'],
    ['a SKU with the halves swapped', SESSIONS, '{"items":[{"sku":"\\udc00\\ud800","quantity":1}]}', 'items.0.sku'],
    ['a session', '/api/v1/payments', '{"checkout_session_id":"cs_\\udfff"}', 'checkout_session_id'],
    ['a token', `/api/v1/payments/pay_${SOME}/cancel`, '{"token":"\\ud83d"}', 'token'],
  ])('with half of a surrogate pair in %s is rejected without effect', async (_, path, body, field) => {
    const storefront = storefrontInMemory();

    const response = await storefront.send('POST', path, { body });

    expect(response).toMatchObject({
      status: 400,
      body: { errors: [{ field, detail: 'must be well-formed Unicode' }] },
    });
    expect(storefront.calls()).toEqual([]);
  });

  it('may have characters beyond the basic plane', async () => {
    const response = await storefrontInMemory().send('POST', SESSIONS, {
      body: '{"items":[{"sku":"\\ud83d\\ude00","quantity":1}]}',
    });

    expect(response.body.skus).toEqual(['\u{1f600}']);
  });

  it.each([
    ['arrays', deep('[', ']')],
    ['objects', deep('{"a":', '}', ['', '']).replace(':}', ':1}')],
    ['items', deep('[', ']', ['{"items":', '}'])],
    ['a SKU', deep('[', ']', ['{"items":[{"quantity":1,"sku":', '}]}'])],
    ['a token', deep('[', ']', ['{"token":', '}'])],
  ])('with a deep body is rejected without effect: %s', async (_, body) => {
    for (const path of [SESSIONS, '/api/v1/payments', `/api/v1/payments/pay_${SOME}/cancel`]) {
      const storefront = storefrontInMemory();

      expect((await storefront.send('POST', path, { body })).status).toBe(400);
      expect(storefront.calls()).toEqual([]);
    }
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'CONNECT', 'PROPFIND', 'get', '__proto__'])(
    'with method %s returns 405',
    async (method) => {
      for (const path of [SESSIONS, '/api/v1/products', '/api/v1/openapi.json', `/api/v1/payments/pay_${SOME}`])
        expect((await storefrontInMemory().send(method, path, { body: '{' })).status).toBe(405);
    },
  );

  it('of any method, path, headers and body is answered below 500 without effect', async () => {
    const piece = fc.oneof(
      fc.constantFrom('%0A', '%', '%ff', '%2F', '\n', '\0', '..', '.', '//', '\\', '#', '\ud800', ' '),
      fc.constantFrom(`cs_${SOME}`, `pay_${SOME}`, `ord_${SOME}`, 'capture', 'cancel', 'x'.repeat(3000)),
      fc.string({ unit: 'binary', maxLength: 10 }),
    );
    const path = fc
      .tuple(
        fc.constantFrom(SESSIONS, '/api/v1/payments', '/api/v1/orders', '/api/v1', '/'),
        fc.array(piece, { maxLength: 3 }),
      )
      .map(([start, pieces]) => [start, ...pieces].join('/').replaceAll('?', ''));
    const request = fc.record({
      headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3 }),
      body: fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
      base64: fc.boolean(),
    });

    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS'), path, request, async (method, at, sent) => {
        const storefront = storefrontInMemory();

        expect((await storefront.send(method, at, sent)).status).toBeLessThan(500);
        expect(storefront.changes()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
