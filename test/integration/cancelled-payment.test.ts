import { describe, expect, it } from 'vitest';
import { stockOf } from '../support/stack/invariants.ts';
import {
  beginPurchase,
  cancel,
  completedPayment,
  type Purchase,
  paidPurchase,
  payPal,
  sessionOf,
  shop,
} from '../support/stack/shop.ts';

async function expectNothingBought(purchase: Purchase): Promise<void> {
  expect((await completedPayment(purchase, 'cancelled')).order).toBeNull();
  expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_failed', payment_status: 'cancelled' });
  expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
}

describe('the shop', () => {
  it('releases the stock when PayPal reports the order as cancelled', async () => {
    const purchase = await beginPurchase();

    await payPal('POST', '/_sim/events', {
      event_type: 'CHECKOUT.ORDER.CANCELLED',
      resource: { id: purchase.paypalOrderId },
      signature: 'good',
    });

    await expectNothingBought(purchase);
  });

  it('releases the stock when the buyer returns by the cancel link', async () => {
    const purchase = await beginPurchase();
    const { redirect_url } = await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/cancel`);
    const query = new URL(redirect_url).searchParams;
    expect(query.get('checkout_session_id')).toBe(purchase.sessionId);

    const cancelled = await shop('POST', `/api/v1/payments/${purchase.paymentId}/cancel`, {
      token: query.get('token'),
    });

    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await expectNothingBought(purchase);
  });

  it('rejects a cancellation without the PayPal token', async () => {
    const { paymentId } = await beginPurchase();

    const cancelled = await shop('POST', `/api/v1/payments/${paymentId}/cancel`, { token: 'GUESSED' });

    expect(cancelled).toMatchObject({ status: 403, body: { type: '/problems/wrong-token' } });
    expect((await shop('GET', `/api/v1/payments/${paymentId}`)).body.status).toBe('created');
  });

  it('rejects a cancellation when the payment was captured', async () => {
    const purchase = await paidPurchase();

    const cancelled = await shop('POST', `/api/v1/payments/${purchase.paymentId}/cancel`, {
      token: purchase.paypalOrderId,
    });

    expect(cancelled).toMatchObject({ status: 409, body: { type: '/problems/already-captured' } });
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('rejects a new payment for a closed session', async () => {
    const purchase = await beginPurchase();
    await cancel(purchase);

    const again = await shop('POST', '/api/v1/payments', { checkout_session_id: purchase.sessionId });

    expect(again).toMatchObject({
      status: 409,
      body: { type: '/problems/session-over', session_status: 'payment_failed' },
    });
  });
});
