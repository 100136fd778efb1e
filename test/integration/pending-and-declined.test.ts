import { describe, expect, it } from 'vitest';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  captureOf,
  completedPayment,
  type Purchase,
  paymentOf,
  payPal,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';

async function pendingPurchase(): Promise<Purchase & { captureId: string }> {
  const purchase = await beginPurchase();
  await approve(purchase.paypalOrderId, { funding: 'pending' });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'capture_pending',
  );
  return { ...purchase, captureId: (await captureOf(purchase)).id };
}

describe('the shop', () => {
  it('keeps the stock reserved and creates no order while the capture is pending', async () => {
    const purchase = await pendingPurchase();

    expect(await paymentOf(purchase)).toMatchObject({ status: 'capture_pending', order: null, settled: false });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
  });

  it('creates the order when the pending capture completes', async () => {
    const purchase = await pendingPurchase();

    await payPal('POST', `/_sim/captures/${purchase.captureId}/complete`);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('releases the stock when the pending capture is declined', async () => {
    const purchase = await pendingPurchase();

    await payPal('POST', `/_sim/captures/${purchase.captureId}/decline`);

    expect((await completedPayment(purchase, 'failed')).order).toBeNull();
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('returns the buyer to PayPal when the card is declined, and captures from another one', async () => {
    const purchase = await beginPurchase();
    await approve(purchase.paypalOrderId, { funding: 'declined' });
    const declined = await until(
      () => shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`),
      ({ status }) => status === 409,
    );
    expect(declined.body).toMatchObject({
      type: '/problems/payment-declined',
      issue: 'INSTRUMENT_DECLINED',
      approve_url: expect.stringContaining(purchase.paypalOrderId),
    });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
    await until(
      () => paymentOf(purchase),
      ({ status }) => status === 'created',
    );

    await approve(purchase.paypalOrderId, { funding: 'instant' });

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });
});
