import { describe, expect, it } from 'vitest';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  payPal,
  sessionOf,
  shop,
} from '../support/stack/shop.ts';

const refund = async (purchase: Purchase, value?: string) =>
  payPal('POST', `/_sim/captures/${(await captureOf(purchase)).id}/refund`, {
    ...(value && { amount: { currency_code: 'EUR', value } }),
  });

describe('the shop', () => {
  it('applies a full refund and returns the unshipped stock', async () => {
    const purchase = await paidPurchase();

    await refund(purchase);

    expect((await completedPayment(purchase, 'refunded')).order).toMatchObject({ status: 'refunded' });
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed', payment_status: 'refunded' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('applies partial refunds by their total', async () => {
    const purchase = await paidPurchase();

    await refund(purchase, '5.00');
    expect((await completedPayment(purchase, 'partially_refunded')).order).toMatchObject({ status: 'confirmed' });
    expect((await shop('GET', `/api/v1/orders/${purchase.orderId}`)).body.refunded.value).toBe('5.00');

    await refund(purchase, '14.99');
    expect((await completedPayment(purchase, 'refunded')).order).toMatchObject({ status: 'refunded' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('applies a reversal', async () => {
    const purchase = await paidPurchase();

    await payPal('POST', `/_sim/captures/${(await captureOf(purchase)).id}/reverse`);

    expect((await completedPayment(purchase, 'reversed')).order).toMatchObject({ status: 'refunded' });
    expect(await sessionOf(purchase)).toMatchObject({ payment_status: 'reversed' });
  });

  it('applies a refund that arrives before its capture', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { hold: true });
    await approve(purchase.paypalOrderId);
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
    await refund(purchase, '5.00');
    await payPal('PUT', '/_sim/delivery', { shuffle: true });
    await payPal('POST', '/_sim/delivery/flush');

    expect((await completedPayment(purchase, 'partially_refunded')).order).toMatchObject({ status: 'confirmed' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});
