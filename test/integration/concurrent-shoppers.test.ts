import { describe, expect, it } from 'vitest';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { shop } from '../support/stack/shop.ts';

describe('the shop', () => {
  it('sells exactly 100 items to 200 concurrent shoppers', async () => {
    const sku = await stockedProduct(100);

    const responses = await Promise.all(
      Array.from({ length: 200 }, () => shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] })),
    );

    const statuses = Object.groupBy(responses, ({ status }) => String(status));
    expect(Object.fromEntries(Object.entries(statuses).map(([status, group]) => [status, group?.length]))).toEqual({
      201: 100,
      409: 100,
    });
    for (const { body } of statuses[409] ?? [])
      expect(body).toMatchObject({ type: '/problems/out-of-stock', items: [{ sku, requested: 1, available: 0 }] });
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 100, sold: 0 });
    const sessions = (await everythingIn('checkout-sessions')).filter(({ items }) =>
      (items as { sku: string }[]).some((item) => item.sku === sku),
    );
    expect(new Set(sessions.map(({ checkout_session_id }) => checkout_session_id)).size).toBe(100);
  }, 120_000);

  it('reserves all items of a basket or none', async () => {
    const plenty = await stockedProduct(5);
    const scarce = await stockedProduct(1);

    const refused = await shop('POST', '/api/v1/checkout-sessions', {
      items: [
        { sku: plenty, quantity: 2 },
        { sku: scarce, quantity: 2 },
      ],
    });

    expect(refused).toMatchObject({ status: 409, body: { items: [{ sku: scarce, requested: 2, available: 1 }] } });
    expect(await stockOf(plenty)).toEqual({ available: 5, reserved: 0, sold: 0 });
    expect(await stockOf(scarce)).toEqual({ available: 1, reserved: 0, sold: 0 });
  });
});
