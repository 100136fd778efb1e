import { describe, expect, it } from 'vitest';
import type { Product } from '../../../src/inventory/product.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';
import { product } from '../../support/in-memory/shop.ts';

const RELEASE = 'POST /api/v1/admin/stock/release-held';
const REQUEST = { sku: 'MUG', reason: 'reserved by a bot' };
const NOTHING = { released: { sessions: 0, pieces: 0 }, remaining: false };

describe(RELEASE, () => {
  it('releases what sessions without payment hold, and records the operator', async () => {
    const admin = adminInMemory();
    await admin.shop.open({ sku: 'MUG', quantity: 2 });
    await admin.shop.open({ sku: 'MUG', quantity: 3 });

    const { status, body } = await admin.call(RELEASE, { body: REQUEST });

    expect(status).toBe(200);
    expect(body).toEqual({ released: { sessions: 2, pieces: 5 }, remaining: false });
    expect(admin.shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
    expect(admin.entries).toMatchObject([
      { who: 'ada', what: 'release-held', target: 'MUG', why: 'reserved by a bot', details: {} },
    ]);
  });

  it('releases nothing when nothing is held', async () => {
    expect(await adminInMemory().call(RELEASE, { body: REQUEST })).toMatchObject({ status: 200, body: NOTHING });
  });

  it('responds to a repeated request as to the first one, and releases nothing', async () => {
    const admin = adminInMemory();
    await admin.shop.open({ sku: 'MUG', quantity: 2 });
    const request = { body: REQUEST, headers: { 'idempotency-key': 'release-of-mugs-1' } };

    const first = await admin.call(RELEASE, request);
    await admin.shop.open({ sku: 'MUG', quantity: 1 });

    expect((await admin.call(RELEASE, request)).body).toEqual(first.body);
    expect(admin.shop.stock.products.get('MUG')).toMatchObject({ reserved: 1 });
  });

  it('releases nothing that it cannot record', async () => {
    const admin = adminInMemory();
    await admin.shop.open({ sku: 'MUG', quantity: 2 });
    admin.fail('audit.write', new Error('no table'));

    expect((await admin.call(RELEASE, { body: REQUEST })).status).toBe(500);
    expect(admin.shop.stock.products.get('MUG')).toMatchObject({ reserved: 2 });
  });

  it('returns 404 with the SKU of an unknown product, and records nothing', async () => {
    const admin = adminInMemory();

    const { status, body } = await admin.call(RELEASE, { body: { ...REQUEST, sku: 'JUG' } });

    expect(status).toBe(404);
    expect(body).toMatchObject({ type: '/problems/unknown-product', detail: 'unknown SKU: JUG', skus: ['JUG'] });
    expect(admin.entries).toEqual([]);
  });

  it('knows a product whose row is unreadable', async () => {
    const unreadable = { ...product(10), price: undefined } as unknown as Product;

    expect(await adminInMemory([unreadable]).call(RELEASE, { body: REQUEST })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no SKU', { reason: 'test' }, 'sku'],
    ['an empty SKU', { ...REQUEST, sku: '' }, 'sku'],
    ['a SKU of 65 characters', { ...REQUEST, sku: 'M'.repeat(65) }, 'sku'],
    ['no reason', { sku: 'MUG' }, 'reason'],
    ['an unknown field', { ...REQUEST, quantity: 1 }, 'quantity'],
  ])('rejects %s and names the field', async (_, body, field) => {
    const response = await adminInMemory().call(RELEASE, { body });

    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([{ field }]);
  });
});
