import { describe, expect, it } from 'vitest';
import { crashesWithin, survives } from '../../support/in-memory/crashing-process.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

describe('capturePayment', () => {
  it('captures an approved payment and leads to an order', async () => {
    const { approve, capture, drain, payment, session, order, stock } = await onePurchase();
    approve();

    expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
    await drain();

    expect(payment()).toMatchObject({ status: 'captured', capture_id: 'CAPTURE3', open: {}, late: false });
    expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
    expect(order()).toMatchObject({ status: 'confirmed', amount: { currency: 'EUR', minor: 2000 }, refunded_minor: 0 });
    expect(stock()).toMatchObject({ available: 9, reserved: 0, sold: 1 });
  });

  it('runs in the workflow when the buyer approves and closes the window', async () => {
    const { approve, drain, payment, order } = await onePurchase();
    approve();

    expect(await drain()).toEqual([]);

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()?.status).toBe('confirmed');
  });

  it('captures once when return page, workflow and webhooks run concurrently', async () => {
    const { shop, approve, deliverPending, capture, drain, atPayPal, payment } = await onePurchase();
    approve();
    await deliverPending();

    await Promise.all([capture(), shop.finish(), capture(), deliverPending()]);
    await drain();

    expect(payment()?.history.map(({ status }) => status)).toEqual(['created', 'approved', 'captured']);
    expect(atPayPal()?.capture).toMatchObject({ status: 'COMPLETED', refunds: [] });
    expect(shop.paypal.events.filter(({ event }) => event.event_type === 'PAYMENT.CAPTURE.COMPLETED')).toHaveLength(1);
  });

  it('returns not_approved before the buyer approves', async () => {
    const { capture, payment } = await onePurchase();

    expect(await capture()).toMatchObject({ outcome: 'not_approved' });
    expect(payment()?.status).toBe('created');
  });

  it('returns unknown_payment when the payment does not exist', async () => {
    const { shop } = await onePurchase();

    expect(await shop.capture('pay_01BX5ZZKBKACTAV9WEVGEMMVRZ', 'return')).toEqual({ outcome: 'unknown_payment' });
  });

  it('returns not_approved before the payment has a PayPal order', async () => {
    const { shop, paymentId, payment, capture, process } = await onePurchase();
    const { paypal_order_id: _, ...orderless } = payment() as NonNullable<ReturnType<typeof payment>>;
    shop.payments.rows.set(paymentId, orderless);
    process.calls.length = 0;

    expect(await capture()).toMatchObject({ outcome: 'not_approved' });
    expect(process.calls).toEqual(['payments.get']);
  });

  it('does not call PayPal for a captured payment', async () => {
    const { approve, capture, process } = await onePurchase();
    approve();
    await capture();
    process.calls.length = 0;

    expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
    expect(process.calls).toEqual(['payments.get']);
  });

  it('applies PayPal’s order when it is already captured', async () => {
    const { shop, orderId, approve, capture } = await onePurchase();
    approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');

    expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
  });

  it('throws for a cancelled payment when PayPal does not find its order', async () => {
    const { shop, orderId, cancel, capture } = await onePurchase();
    await cancel();
    shop.paypal.expire(orderId);

    await expect(capture()).rejects.toThrow('404');
  });

  it('changes nothing when PayPal does not find an order that may exist', async () => {
    const { shop, orderId, capture, payment } = await onePurchase();
    shop.paypal.expire(orderId);

    await expect(capture()).rejects.toThrow('no usable response from PayPal to captureOrder');

    expect(payment()).toMatchObject({ status: 'created', declines: 0 });
  });

  it('keeps the reservation and creates no order while the capture is pending', async () => {
    const { approve, drain, payment, order, reservation } = await onePurchase();
    approve('pending');

    await drain();

    expect(payment()).toMatchObject({ status: 'capture_pending', open: {} });
    expect([order(), reservation()?.status]).toEqual([undefined, 'held']);
  });

  describe('pending capture that outlives its PayPal order', () => {
    async function pendingWithoutOrder() {
      const purchase = await onePurchase();
      purchase.approve('pending');
      await purchase.drain();
      purchase.shop.paypal.forget(purchase.orderId);
      return purchase;
    }

    it.each(['capture', 'cancel'] as const)('stays pending on %s', async (by) => {
      const purchase = await pendingWithoutOrder();

      await purchase[by]();
      await purchase.drain();

      expect(purchase.payment()).toMatchObject({ status: 'capture_pending', late: false });
      expect(purchase.reservation()?.status).toBe('held');
    });

    it('fails the payment when the capture is declined', async () => {
      const purchase = await pendingWithoutOrder();
      purchase.shop.paypal.endPending(purchase.orderId, 'DECLINED');

      expect(await purchase.capture()).toMatchObject({ outcome: 'done', payment: { status: 'failed' } });
    });
  });

  describe.each(['refused', 'unready'] as const)('funding source that is %s', (funding) => {
    it('is reported, and can be replaced by another one', async () => {
      const { approve, capture, drain, payment, atPayPal } = await onePurchase();
      approve(funding);
      await drain();

      expect((await capture()).outcome).toBe(funding === 'refused' ? 'declined' : 'not_approved');
      approve();
      await drain();

      expect(payment()).toMatchObject({ status: 'captured', late: false, open: {} });
      expect(atPayPal()?.capture?.status).toBe('COMPLETED');
    });

    it('keeps the reservation', async () => {
      const { approve, drain, payment, reservation, session } = await onePurchase();
      approve(funding);

      await drain();

      expect(payment()).toMatchObject({ status: 'created', open: {} });
      expect(reservation()?.status).toBe('held');
      expect(session()?.status).toBe('payment_pending');
    });
  });

  describe('late payment', () => {
    it('is not captured by the return page before its stock is held again', async () => {
      const { cancel, drain, approve, capture, deliverPending, reservation, atPayPal, payment } = await onePurchase();
      await cancel();
      await drain();
      approve();

      await capture();
      await deliverPending();
      // The return page reloads before the workflow starts.
      expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'approved' } });
      expect([atPayPal()?.capture, reservation()?.status]).toEqual([undefined, 'released']);

      await drain();
      expect([payment()?.status, reservation()?.status]).toEqual(['captured', 'committed']);
    });

    it('is cancelled without a charge when the stock is gone', async () => {
      const { shop, cancel, drain, approve, capture, payment, session, atPayPal } = await onePurchase({ quantity: 1 });
      await cancel();
      await drain();
      await shop.begin();
      approve();

      await capture();
      await drain();
      await capture();

      expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
      expect(session()).toMatchObject({ status: 'payment_failed', payment_status: 'cancelled' });
      expect(atPayPal()?.capture).toBeUndefined();
    });
  });

  describe('retry', () => {
    it.each(crashesWithin(4))('captures once when the return page crashes at call $at, $when it', async (crash) => {
      const { process, approve, capture, drain, payment, order, atPayPal } = await onePurchase();
      approve();
      process.crashOn(crash);
      const survived = await survives(capture);
      process.crashOn(undefined);

      await capture();
      await drain();

      expect(survived).toBe(false);
      expect(payment()).toMatchObject({ status: 'captured', open: {} });
      expect([order()?.status, atPayPal()?.capture?.refunds]).toEqual(['confirmed', []]);
    });

    it.each(crashesWithin(4))('captures once when the workflow crashes at call $at, $when it', async (crash) => {
      const { shop, process, approve, deliverPending, drain, payment, order } = await onePurchase();
      approve();
      await deliverPending();
      const [execution] = shop.executions.values();
      process.crashOn(crash);
      const survived = await survives(async () => execution && shop.runTask(execution));
      process.crashOn(undefined);

      await drain();

      expect(survived).toBe(false);
      expect(payment()).toMatchObject({ status: 'captured', open: {} });
      expect(order()?.status).toBe('confirmed');
    });
  });
});
