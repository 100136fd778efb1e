import { describe, expect, it } from 'vitest';
import { stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  beginPurchase,
  cancel,
  captureAtPayPal,
  captureOf,
  completedPayment,
  type Purchase,
  sessionOf,
  shop,
} from '../support/stack/shop.ts';

/** Two buyers of the last item: the first cancelled, the second reserved it, and now both pay. */
async function twoBuyers(): Promise<{ sku: string; letGo: Purchase; holder: Purchase }> {
  const sku = await stockedProduct(1);
  const letGo = await beginPurchase({ sku });
  await cancel(letGo);
  return { sku, letGo, holder: await beginPurchase({ sku }) };
}

describe('the shop', () => {
  it('sells the last item to the buyer who reserved it and refunds the other in full', async () => {
    const { sku, letGo, holder } = await twoBuyers();

    await captureAtPayPal(holder);
    await completedPayment(holder, 'captured');
    await captureAtPayPal(letGo);

    expect(await completedPayment(letGo, 'refunded')).toMatchObject({ order: null });
    expect((await captureOf(letGo)).status).toBe('REFUNDED');
    expect((await completedPayment(holder, 'captured')).order).not.toBeNull();
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });

  it('sells the last item to the returning buyer when the other one cancels', async () => {
    const { sku, letGo, holder } = await twoBuyers();
    await cancel(holder);

    await captureAtPayPal(letGo);
    expect((await completedPayment(letGo, 'captured')).order).not.toBeNull();
    await captureAtPayPal(holder);

    expect(await completedPayment(holder, 'refunded')).toMatchObject({ order: null });
    expect(await sessionOf(letGo)).toMatchObject({ status: 'payment_completed' });
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });

  it('rejects a third buyer while two are paying for the last item', async () => {
    const { sku } = await twoBuyers();

    const third = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] });

    expect(third).toMatchObject({ status: 409, body: { type: '/problems/out-of-stock' } });
  });
});
