import { describe, expect, it } from 'vitest';
import type { Call } from '../../support/api-document.ts';
import { type StorefrontInMemory, storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

const OPEN: Call = 'POST /api/v1/checkout-sessions';
const basket = { items: [{ sku: 'MUG', quantity: 2 }] };
const key = (name: string) => ({ headers: { 'idempotency-key': name } });
const available = ({ shop }: StorefrontInMemory) => shop.stock.products.get('MUG')?.available;

describe('a repeated request with an Idempotency-Key', () => {
  it('is given the first answer, and nothing is done twice', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('one') });
    storefront.forget();

    const second = await storefront.call(OPEN, { body: basket, ...key('one') });

    expect(second).toEqual(first);
    expect(storefront.calls()).toEqual([]);
    expect(available(storefront)).toBe(8);
  });

  it('is given it for 24 hours', async () => {
    const storefront = storefrontInMemory();

    await storefront.call(OPEN, { body: basket, ...key('one') });

    const [record] = storefront.keys.records.values();
    expect(((record?.expiryTimestamp ?? 0) - Date.now() / 1000) / 3600).toBeCloseTo(24, 1);
  });

  it('is the same request in base64', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('one') });

    const second = await storefront.call(OPEN, { body: basket, base64: true, ...key('one') });

    expect(second).toEqual(first);
  });

  it('is answered 201 though the payment had been begun before: it is the first answer', async () => {
    const storefront = storefrontInMemory();
    const { checkout_session_id } = (await storefront.call(OPEN, { body: basket })).body;
    const request = { body: { checkout_session_id }, ...key('one') };
    await storefront.call('POST /api/v1/payments', request);

    expect((await storefront.call('POST /api/v1/payments', request)).status).toBe(201);
  });

  it('is refused with 422 when its body is another one, and changes nothing', async () => {
    const storefront = storefrontInMemory();
    await storefront.call(OPEN, { body: basket, ...key('one') });
    storefront.forget();

    const second = await storefront.call(OPEN, { body: { items: [{ sku: 'MUG', quantity: 3 }] }, ...key('one') });

    expect(second.status).toBe(422);
    expect(second.body.type).toBe('/problems/idempotency-key-reused');
    expect(storefront.calls()).toEqual([]);
  });

  it('is refused with 409 while the first one is worked on, and changes nothing', async () => {
    const storefront = storefrontInMemory();
    storefront.hang('stock.productsOf');
    void storefront.call(OPEN, { body: basket, ...key('one') });
    await new Promise((resolve) => setImmediate(resolve));
    storefront.forget();

    const second = await storefront.call(OPEN, { body: basket, ...key('one') });

    expect(second.status).toBe(409);
    expect(second.body.type).toBe('/problems/request-in-progress');
    expect(storefront.calls()).toEqual([]);
  });

  it('is tried anew when the first one was answered with a problem', async () => {
    const storefront = storefrontInMemory([]);
    expect((await storefront.call(OPEN, { body: basket, ...key('one') })).status).toBe(404);
    storefront.shop.stock.products.set('MUG', {
      sku: 'MUG',
      name: 'Mug',
      price: { currency: 'EUR', minor: 2000 },
      available: 10,
      reserved: 0,
      sold: 0,
      stocked: 10,
    });

    expect((await storefront.call(OPEN, { body: basket, ...key('one') })).status).toBe(201);
  });

  it('is another request at another address', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('one') });
    const { checkout_session_id } = first.body;

    const other = await storefront.call('POST /api/v1/payments', { body: { checkout_session_id }, ...key('one') });

    expect(other.status).toBe(201);
  });
});

describe('without an Idempotency-Key', () => {
  it('each basket opens a session of its own', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket });
    const second = await storefront.call(OPEN, { body: basket });

    expect(second.body.checkout_session_id).not.toBe(first.body.checkout_session_id);
    expect(available(storefront)).toBe(6);
  });

  it('a payment is begun once, and a second call is answered 200 with the same', async () => {
    const storefront = storefrontInMemory();
    const { checkout_session_id } = (await storefront.call(OPEN, { body: basket })).body;
    const first = await storefront.call('POST /api/v1/payments', { body: { checkout_session_id } });
    const second = await storefront.call('POST /api/v1/payments', { body: { checkout_session_id } });

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['of 256 characters', 'k'.repeat(256)],
    ['without any', ''],
  ])('%s is refused with 400, and nothing is done', async (_, name) => {
    const storefront = storefrontInMemory();

    const answer = await storefront.call(OPEN, { body: basket, ...key(name) });

    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ field: 'idempotency-key', detail: 'too long or empty' }]);
    expect(storefront.calls()).toEqual([]);
  });

  it('of 255 characters is taken', async () => {
    const answer = await storefrontInMemory().call(OPEN, { body: basket, ...key('k'.repeat(255)) });

    expect(answer.status).toBe(201);
  });

  it('that cannot be kept is answered 503 when that may pass, and nothing is done', async () => {
    const storefront = storefrontInMemory();
    storefront.keys.trouble = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

    const answer = await storefront.call(OPEN, { body: basket, ...key('one') });

    expect(answer.status).toBe(503);
    expect(storefront.calls()).toEqual([]);
  });

  it('that cannot be kept is answered 500 when that will not pass', async () => {
    const storefront = storefrontInMemory();
    storefront.keys.trouble = Object.assign(new Error('no'), { name: 'AccessDeniedException' });

    const answer = await storefront.call(OPEN, { body: basket, ...key('one') });

    expect(answer.status).toBe(500);
  });
});
