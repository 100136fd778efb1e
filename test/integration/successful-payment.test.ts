import { describe, expect, it } from 'vitest';
import { stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { approve, beginPurchase, completedPayment, sessionOf, shop } from '../support/stack/shop.ts';

describe('an approved payment', () => {
  it('creates one order when the buyer approves', async () => {
    const sku = await stockedProduct(5);
    const purchase = await beginPurchase({ sku, quantity: 2 });
    expect(await stockOf(sku)).toEqual({ available: 3, reserved: 2, sold: 0 });

    await approve(purchase.paypalOrderId);

    const payment = await completedPayment(purchase, 'captured');
    expect(payment.order).toMatchObject({
      status: 'confirmed',
      items: [{ sku, quantity: 2 }],
      amount: { currency_code: 'EUR', value: '39.98' },
    });
    expect(await stockOf(sku)).toEqual({ available: 3, reserved: 0, sold: 2 });
    expect(await sessionOf(purchase)).toMatchObject({
      status: 'payment_completed',
      payment_id: purchase.paymentId,
      payment_status: 'captured',
    });
    const order = await shop('GET', `/api/v1/orders/${payment.order.order_id}`);
    expect(order).toMatchObject({
      status: 200,
      body: { payment_id: purchase.paymentId, checkout_session_id: purchase.sessionId },
    });
  });

  it('finds the payment by either parameter of the return URL', async () => {
    const { paymentId, sessionId, paypalOrderId } = await beginPurchase();

    const bySession = await shop('GET', `/api/v1/payments?checkout_session_id=${sessionId}`);
    const byToken = await shop('GET', `/api/v1/payments?token=${paypalOrderId}`);

    expect(bySession).toMatchObject({ status: 200, body: { payment_id: paymentId } });
    expect(byToken).toMatchObject({ status: 200, body: { payment_id: paymentId } });
  });

  it('returns the captured payment to the return page’s capture call', async () => {
    const purchase = await beginPurchase();
    await approve(purchase.paypalOrderId);

    const captured = await shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`);

    expect(captured).toMatchObject({ status: 200, body: { status: 'captured' } });
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('rejects a capture before the buyer approved', async () => {
    const { paymentId } = await beginPurchase();

    const captured = await shop('POST', `/api/v1/payments/${paymentId}/capture`);

    expect(captured).toMatchObject({ status: 409, body: { type: '/problems/not-approved' } });
  });

  it('creates one payment per session when the call is repeated', async () => {
    const { sessionId, paymentId, paypalOrderId } = await beginPurchase();

    const again = await Promise.all(
      [1, 2, 3].map(() => shop('POST', '/api/v1/payments', { checkout_session_id: sessionId })),
    );

    expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(again.map(({ body }) => `${body.payment_id} ${body.paypal_order_id}`))).toEqual(
      new Set([`${paymentId} ${paypalOrderId}`]),
    );
  });
});
