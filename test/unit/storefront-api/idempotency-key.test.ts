import { describe, expect, it } from 'vitest';
import type { Call } from '../../support/api-document.ts';
import { type StorefrontInMemory, storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

const OPEN: Call = 'POST /api/v1/checkout-sessions';
const basket = { items: [{ sku: 'MUG', quantity: 2 }] };
const key = (name: string) => ({ headers: { 'idempotency-key': name } });
const available = ({ shop }: StorefrontInMemory) => shop.stock.products.get('MUG')?.available;

describe('a repeated request with an Idempotency-Key', () => {
  it('returns the first response and does nothing', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });
    storefront.forget();

    const second = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    expect(second).toEqual(first);
    expect(storefront.calls()).toEqual([]);
    expect(available(storefront)).toBe(8);
  });

  it('is replayed for 24 hours', async () => {
    const storefront = storefrontInMemory();

    await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    const [record] = storefront.keys.records.values();
    expect(((record?.expiryTimestamp ?? 0) - Date.now() / 1000) / 3600).toBeCloseTo(24, 1);
  });

  it('matches the same body in base64', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    const second = await storefront.call(OPEN, { body: basket, base64: true, ...key('the-only-request') });

    expect(second).toEqual(first);
  });

  it('returns the first status, 201, for a payment', async () => {
    const storefront = storefrontInMemory();
    const { checkout_session_id } = (await storefront.call(OPEN, { body: basket })).body;
    const request = { body: { checkout_session_id }, ...key('the-only-request') };
    await storefront.call('POST /api/v1/payments', request);

    expect((await storefront.call('POST /api/v1/payments', request)).status).toBe(201);
  });

  it('returns 422 and changes nothing when the body differs', async () => {
    const storefront = storefrontInMemory();
    await storefront.call(OPEN, { body: basket, ...key('the-only-request') });
    storefront.forget();

    const second = await storefront.call(OPEN, {
      body: { items: [{ sku: 'MUG', quantity: 3 }] },
      ...key('the-only-request'),
    });

    expect(second.status).toBe(422);
    expect(second.body.type).toBe('/problems/idempotency-key-reused');
    expect(storefront.calls()).toEqual([]);
  });

  it('returns 409 and changes nothing while the first is in progress', async () => {
    const storefront = storefrontInMemory();
    storefront.hang('stock.productsOf');
    void storefront.call(OPEN, { body: basket, ...key('the-only-request') });
    await new Promise((resolve) => setImmediate(resolve));
    storefront.forget();

    const second = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    expect(second.status).toBe(409);
    expect(second.body.type).toBe('/problems/request-in-progress');
    expect(storefront.calls()).toEqual([]);
  });

  it('is processed again when the first returned a problem', async () => {
    const storefront = storefrontInMemory([]);
    expect((await storefront.call(OPEN, { body: basket, ...key('the-only-request') })).status).toBe(404);
    storefront.shop.stock.products.set('MUG', {
      sku: 'MUG',
      name: 'Mug',
      price: { currency: 'EUR', minor: 2000 },
      available: 10,
      reserved: 0,
      sold: 0,
      stocked: 10,
    });

    expect((await storefront.call(OPEN, { body: basket, ...key('the-only-request') })).status).toBe(201);
  });

  it('is a new request on another path', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });
    const { checkout_session_id } = first.body;

    const other = await storefront.call('POST /api/v1/payments', {
      body: { checkout_session_id },
      ...key('the-only-request'),
    });

    expect(other.status).toBe(201);
  });
});

describe('a request without an Idempotency-Key', () => {
  it('opens a new session each time', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call(OPEN, { body: basket });
    const second = await storefront.call(OPEN, { body: basket });

    expect(second.body.checkout_session_id).not.toBe(first.body.checkout_session_id);
    expect(available(storefront)).toBe(6);
  });

  it('creates one payment per session and returns 200 the second time', async () => {
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
    ['of 15 characters', 'k'.repeat(15)],
    ['without characters', ''],
  ])('rejects a key %s with 400 and no effect', async (_, name) => {
    const storefront = storefrontInMemory();

    const response = await storefront.call(OPEN, { body: basket, ...key(name) });

    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([{ field: 'idempotency-key', detail: 'must have 16 to 255 characters' }]);
    expect(storefront.calls()).toEqual([]);
  });

  it.each([16, 255])('accepts a key of %d characters', async (length) => {
    const response = await storefrontInMemory().call(OPEN, { body: basket, ...key('k'.repeat(length)) });

    expect(response.status).toBe(201);
  });

  it('returns 503 without effect when the key cannot be stored for a transient reason', async () => {
    const storefront = storefrontInMemory();
    storefront.keys.failure = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

    const response = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    expect(response.status).toBe(503);
    expect(storefront.calls()).toEqual([]);
  });

  it('returns 500 when the key cannot be stored for a permanent reason', async () => {
    const storefront = storefrontInMemory();
    storefront.keys.failure = Object.assign(new Error('no'), { name: 'AccessDeniedException' });

    const response = await storefront.call(OPEN, { body: basket, ...key('the-only-request') });

    expect(response.status).toBe(500);
  });
});
