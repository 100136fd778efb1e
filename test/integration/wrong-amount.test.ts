import { describe, expect, it } from 'vitest';
import { stockOf } from '../support/stack/invariants.ts';
import { approve, beginPurchase, paymentOf, until } from '../support/stack/shop.ts';

describe('the shop', () => {
  it.each([
    ['less', { currency_code: 'EUR', value: '0.01' }],
    ['more', { currency_code: 'EUR', value: '20.00' }],
    ['another currency', { currency_code: 'USD', value: '19.99' }],
  ])('puts the payment under review when PayPal captured %s than requested', async (_, capture_amount) => {
    const purchase = await beginPurchase();

    await approve(purchase.paypalOrderId, { capture_amount });

    const payment = await until(
      () => paymentOf(purchase),
      ({ status }) => status === 'review',
    );
    expect(payment).toMatchObject({ order: null, settled: false });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
  });
});
