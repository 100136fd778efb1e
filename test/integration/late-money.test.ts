import { describe, expect, it } from 'vitest';
import { callFunction, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { quiet } from '../support/stack/quiet.ts';
import {
  approve,
  beginPurchase,
  cancel,
  captureAtPayPal,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';

/** The buyer cancels in one window while the PayPal page is still open in another. */
async function cancelled(sku: string): Promise<Purchase> {
  const purchase = await beginPurchase({ sku });
  await cancel(purchase);
  return purchase;
}

describe('the shop', () => {
  it('creates the order when money arrives after the cancellation and stock is available', async () => {
    const purchase = await cancelled(await stockedProduct(3));

    await captureAtPayPal(purchase);

    expect((await completedPayment(purchase, 'captured')).order).toMatchObject({ status: 'confirmed' });
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 2, reserved: 0, sold: 1 });
  });

  it('refunds in full when money arrives after the last item was sold', async () => {
    const sku = await stockedProduct(1);
    const late = await cancelled(sku);
    await paidPurchase({ sku });

    await captureAtPayPal(late);

    expect(await completedPayment(late, 'refunded')).toMatchObject({ order: null });
    expect((await captureOf(late)).status).toBe('REFUNDED');
    expect(await sessionOf(late)).toMatchObject({ status: 'payment_failed', payment_status: 'refunded' });
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });

  it('captures an approval after the cancellation when stock is available', async () => {
    const purchase = await cancelled(await stockedProduct(1));

    await approve(purchase.paypalOrderId);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });

  it('captures nothing for an approval after the cancellation when the last item is sold', async () => {
    const sku = await stockedProduct(1);
    const late = await cancelled(sku);
    const other = await beginPurchase({ sku });

    await approve(late.paypalOrderId);
    await until(
      () => payPal('GET', '/_sim/deliveries'),
      ({ deliveries }) =>
        deliveries.some(
          ({ order_id, http_status }: { order_id: string; http_status: number }) =>
            order_id === late.paypalOrderId && http_status === 200,
        ),
    );
    await quiet();

    await completedPayment(late, 'cancelled');
    expect(await captureOf(late)).toBeUndefined();
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 1, sold: 0 });
    await approve(other.paypalOrderId);
    expect((await completedPayment(other, 'captured')).order).not.toBeNull();
  });

  it('keeps the return page pending while a late approval has its settlement open', async () => {
    const purchase = await cancelled(await stockedProduct(1));
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);

    const captured = await shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`);

    expect(captured.status).toBe(200);
    expect(['approved', 'captured']).toContain(captured.body.status);
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('reports a payment as expired only when PayPal may have deleted its order', async () => {
    const purchase = await beginPurchase();
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/expire`);

    const captured = await shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`);
    expect(captured).toMatchObject({ status: 502, body: { type: '/problems/paypal-unavailable' } });
    expect((await paymentOf(purchase)).status).toBe('created');

    const due_before = new Date(Date.now() + 7 * 3_600_000).toISOString();
    await callFunction('reconciliation', { job: 'payments', due_before });
    await completedPayment(purchase, 'expired');
    expect(await sessionOf(purchase)).toMatchObject({ status: 'expired', payment_status: 'expired' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
    expect(await paymentOf(purchase)).toMatchObject({ order: null });
  });
});
