import { describe, expect, it } from 'vitest';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { beginPurchase, shop } from '../support/stack/shop.ts';

const TABLES = ['products', 'reservations', 'checkout-sessions', 'payments', 'orders', 'idempotency'] as const;
const everything = async () => JSON.stringify(await Promise.all(TABLES.map(everythingIn)));

const sku = await stockedProduct(5);
const { paymentId, sessionId } = await beginPurchase({ sku });
const UNKNOWN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const line = (quantity: unknown) => ({ items: [{ sku, quantity }] });
const sessions = '/api/v1/checkout-sessions';
const payments = '/api/v1/payments';

describe('the API', () => {
  it.each([
    ['a basket that is not JSON', 'POST', sessions, '{"items":', 400, 'invalid-request', ''],
    [
      'a basket with an unknown field',
      'POST',
      sessions,
      { ...line(1), coupon: 'FREE' },
      400,
      'invalid-request',
      'coupon',
    ],
    ['a basket without items', 'POST', sessions, {}, 400, 'invalid-request', 'items'],
    ['an empty basket', 'POST', sessions, { items: [] }, 400, 'invalid-request', 'items'],
    ['0 items', 'POST', sessions, line(0), 400, 'invalid-request', 'items.0.quantity'],
    ['-1 items', 'POST', sessions, line(-1), 400, 'invalid-request', 'items.0.quantity'],
    ['1.5 items', 'POST', sessions, line(1.5), 400, 'invalid-request', 'items.0.quantity'],
    ['1e9 items', 'POST', sessions, line(1e9), 400, 'invalid-request', 'items.0.quantity'],
    ['"2" items', 'POST', sessions, line('2'), 400, 'invalid-request', 'items.0.quantity'],
    [
      '200 items',
      'POST',
      sessions,
      { items: Array.from({ length: 200 }, (_, i) => ({ sku: `S${i}`, quantity: 1 })) },
      400,
      'invalid-request',
      'items',
    ],
    [
      '21 products',
      'POST',
      sessions,
      { items: Array.from({ length: 21 }, (_, i) => ({ sku: `S${i}`, quantity: 1 })) },
      400,
      'invalid-request',
      'items',
    ],
    ['11 items of one product', 'POST', sessions, line(11), 400, 'invalid-request', 'items.0.quantity'],
    [
      'a product twice',
      'POST',
      sessions,
      { items: [...line(1).items, ...line(1).items] },
      400,
      'invalid-request',
      'items',
    ],
    [
      'a product that does not exist',
      'POST',
      sessions,
      { items: [{ sku: 'NO-SUCH', quantity: 1 }] },
      404,
      'unknown-product',
      undefined,
    ],
    ['a session that does not exist', 'GET', `${sessions}/cs_${UNKNOWN}`, undefined, 404, 'unknown-session', undefined],
    ['a malformed id', 'GET', `${sessions}/nonsense`, undefined, 404, 'unknown-session', undefined],
    ['a payment that is not JSON', 'POST', payments, 'pay!', 400, 'invalid-request', ''],
    [
      'a payment with an unknown field',
      'POST',
      payments,
      { checkout_session_id: sessionId, amount: 1 },
      400,
      'invalid-request',
      'amount',
    ],
    ['a payment without session', 'POST', payments, {}, 400, 'invalid-request', 'checkout_session_id'],
    [
      'a payment of a session that does not exist',
      'POST',
      payments,
      { checkout_session_id: `cs_${UNKNOWN}` },
      404,
      'unknown-session',
      undefined,
    ],
    [
      'a payment that does not exist',
      'GET',
      `${payments}/pay_${UNKNOWN}`,
      undefined,
      404,
      'unknown-payment',
      undefined,
    ],
    ['a payment lookup without query', 'GET', payments, undefined, 400, 'invalid-request', 'checkout_session_id'],
    ['a payment lookup by an unknown field', 'GET', `${payments}?order=1`, undefined, 400, 'invalid-request', 'order'],
    [
      'a capture with an unknown field',
      'POST',
      `${payments}/${paymentId}/capture`,
      { amount: 1 },
      400,
      'invalid-request',
      'amount',
    ],
    [
      'a capture of a payment that does not exist',
      'POST',
      `${payments}/pay_${UNKNOWN}/capture`,
      undefined,
      404,
      'unknown-payment',
      undefined,
    ],
    ['a cancellation that is not JSON', 'POST', `${payments}/${paymentId}/cancel`, 'no', 400, 'invalid-request', ''],
    ['a cancellation without token', 'POST', `${payments}/${paymentId}/cancel`, {}, 400, 'invalid-request', 'token'],
    [
      'a cancellation with an unknown field',
      'POST',
      `${payments}/${paymentId}/cancel`,
      { token: 'x', why: 'y' },
      400,
      'invalid-request',
      'why',
    ],
    [
      'a cancellation of a payment that does not exist',
      'POST',
      `${payments}/pay_${UNKNOWN}/cancel`,
      { token: 'x' },
      404,
      'unknown-payment',
      undefined,
    ],
    [
      'an order that does not exist',
      'GET',
      `/api/v1/orders/ord_${UNKNOWN}`,
      undefined,
      404,
      'unknown-order',
      undefined,
    ],
    ['an unknown path', 'GET', '/api/v1/carts', undefined, 404, 'not-found', undefined],
    ['an unsupported method', 'PUT', sessions, {}, 405, 'method-not-allowed', undefined],
  ])(
    'rejects %s with a problem that names the field, and changes nothing',
    async (_, method, path, body, status, type, field) => {
      const before = await everything();

      const response = await shop(method, path, body);

      expect(response).toMatchObject({
        status,
        body: { type: `/problems/${type}`, status, title: expect.any(String), detail: expect.any(String) },
      });
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      if (field !== undefined)
        expect(response.body.errors.map((error: { field: string }) => error.field)).toContain(field);
      expect(await everything()).toBe(before);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'])(
    'rejects a basket sent as %s, which a page of another site could send, and changes nothing',
    async (type) => {
      const before = await everything();

      const response = await shop('POST', sessions, line(1), { 'content-type': type });

      expect(response).toMatchObject({ status: 415, body: { type: '/problems/unsupported-media-type' } });
      expect(await everything()).toBe(before);
    },
  );

  it('returns the first response when the idempotency key is repeated', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await shop('POST', sessions, line(1), key);

    const repeated = await shop('POST', sessions, line(1), key);
    const other = await shop('POST', sessions, line(2), key);

    expect(first.status).toBe(201);
    expect(repeated).toMatchObject({ status: 201, body: { checkout_session_id: first.body.checkout_session_id } });
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/idempotency-key-reused' } });
  });
});
