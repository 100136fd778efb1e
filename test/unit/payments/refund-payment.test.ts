import { describe, expect, it } from 'vitest';
import { acceptPayment } from '../../../src/payments/apply-evidence.ts';
import { refundPayment } from '../../../src/payments/refund-payment.ts';
import { crashesWithin, survives } from '../../support/in-memory/crashing-process.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

/** A purchase that was captured and has an order. */
async function paidPurchase(takes = { currency: 'EUR', minor: 2000 }) {
  const purchase = await onePurchase();
  purchase.shop.paypal.approve(purchase.orderId, 'instant', takes);
  await purchase.drain();
  return { ...purchase, refund: (minor?: number, key = 'one') => purchase.shop.refund(purchase.paymentId, minor, key) };
}

describe('refundPayment', () => {
  it('refunds in full and returns the stock of an unshipped order', async () => {
    const { refund, drain, payment, session, order, stock } = await paidPurchase();

    expect(await refund()).toMatchObject({ outcome: 'done', payment: { status: 'refunded', refunded_minor: 2000 } });
    await drain();

    expect(payment()?.open).toEqual({});
    expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'refunded' });
    expect(order()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
    expect(stock()).toMatchObject({ available: 10, reserved: 0, sold: 0 });
  });

  it('refunds in part and keeps the order', async () => {
    const { refund, drain, payment, session, order, stock } = await paidPurchase();

    await refund(500, 'scratched');
    await refund(300, 'late');
    await drain();

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 800, open: {} });
    expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'partially_refunded' });
    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 800 });
    expect(stock()).toMatchObject({ available: 9, sold: 1 });
  });

  it('is idempotent by key', async () => {
    const { refund, atPayPal } = await paidPurchase();

    await Promise.all([refund(500), refund(500)]);
    await refund(500);

    expect(atPayPal()?.capture?.refunds).toHaveLength(1);
  });

  it('does not return the stock of a shipped order', async () => {
    const { shop, refund, drain, order, stock } = await paidPurchase();
    const { order_id } = order() as NonNullable<ReturnType<typeof order>>;
    await shop.orders.repository.ship(order_id, new Date('2026-06-02T08:00:00Z'));

    await refund();
    await drain();

    expect(order()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
    expect(stock()).toMatchObject({ available: 9, sold: 1 });
  });

  it('adds refunds made in PayPal’s dashboard to the total', async () => {
    const { shop, orderId, refund, payment } = await paidPurchase();
    shop.paypal.refund(orderId, 500);

    await refund(300);

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 800 });
  });

  it('applies a full refund made in PayPal’s dashboard', async () => {
    const { shop, orderId, refund } = await paidPurchase();
    shop.paypal.refund(orderId);

    expect(await refund()).toMatchObject({ outcome: 'done', payment: { status: 'refunded' } });
  });

  it('returns PayPal’s issue without a change when PayPal rejects the refund', async () => {
    const { shop, orderId, refund, payment } = await paidPurchase();
    shop.paypal.dispute(orderId, true);

    expect(await refund()).toMatchObject({ outcome: 'rejected', issue: 'TRANSACTION_DISPUTED' });
    expect(payment()?.status).toBe('captured');
  });

  describe('nothing to refund', () => {
    it('is returned before the capture', async () => {
      const { shop, paymentId, approve } = await onePurchase();
      approve('pending');

      expect(await shop.refund(paymentId, undefined, 'one')).toMatchObject({ outcome: 'nothing_to_refund' });
    });

    it('is returned after a full refund or a reversal', async () => {
      const { refund, drain } = await paidPurchase();
      const other = await paidPurchase();
      await refund();
      other.shop.paypal.reverse(other.orderId);
      await Promise.all([drain(), other.drain()]);

      expect(await refund(100, 'two')).toMatchObject({ outcome: 'nothing_to_refund', payment: { status: 'refunded' } });
      expect(await other.refund()).toMatchObject({ outcome: 'nothing_to_refund', payment: { status: 'reversed' } });
    });

    it('is not returned for a payment that does not exist', async () => {
      const { shop } = await onePurchase();

      expect(await shop.refund('pay_01BX5ZZKBKACTAV9WEVGEMMVRZ', 1, 'one')).toEqual({ outcome: 'unknown_payment' });
    });
  });

  describe('retry', () => {
    it.each(crashesWithin(4))('makes one refund after a crash at call $at, $when it', async (crash) => {
      const { process, refund, drain, payment, order, atPayPal } = await paidPurchase();
      process.crashOn(crash);
      const survived = await survives(() => refund(500));
      process.crashOn(undefined);

      await refund(500);
      await drain();

      expect(survived).toBe(false);
      expect(atPayPal()?.capture?.refunds).toHaveLength(1);
      expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
      expect(order()?.refunded_minor).toBe(500);
    });
  });

  describe('acceptPayment', () => {
    const more = { currency: 'EUR', minor: 2500 };

    it('leads to an order with the captured amount', async () => {
      const { shop, paymentId, drain, payment, order } = await paidPurchase(more);
      expect([payment()?.status, order()]).toEqual(['review', undefined]);

      await shop.accept(paymentId);
      await drain();

      expect(payment()).toMatchObject({ status: 'captured', open: {} });
      expect(order()).toMatchObject({ status: 'confirmed', amount: more });
    });

    it('keeps a refund made under review', async () => {
      const { shop, paymentId, refund, drain, payment, order, session } = await paidPurchase(more);
      await refund(500);
      await drain();
      expect(payment()).toMatchObject({ status: 'review', refunded_minor: 500 });

      await shop.accept(paymentId);
      await drain();

      expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
      expect(order()).toMatchObject({ status: 'confirmed', amount: more, refunded_minor: 500 });
      expect(session()?.payment_status).toBe('partially_refunded');
    });
  });

  it.each(['FAILED', 'CANCELLED'])(
    'returns rejected when PayPal accepts the refund and it ends as %s',
    async (status) => {
      const { shop, paymentId, payment } = await paidPurchase();
      const refund = { id: 'REFUND1', status, amount: { currency: 'EUR', minor: 2000 } };

      const refunded = await refundPayment(
        {
          payments: shop.payments.repository,
          getOrder: shop.paypal.client.getOrder,
          evidenceApplier: shop.evidenceApplier,
          refundCapture: async () => ({ outcome: 'refunded', refund }),
        },
        paymentId,
        { source: 'operator', key: 'one' },
      );

      expect(refunded).toMatchObject({ outcome: 'rejected', issue: `REFUND_${status}` });
      expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0 });
    },
  );

  it('applies a refund made in PayPal’s dashboard when PayPal does not find the order', async () => {
    const { shop, orderId, paymentId, approve, drain, payment } = await onePurchase();
    approve();
    await drain();
    shop.paypal.refund(orderId);
    shop.paypal.forget(orderId);

    expect(await shop.refund(paymentId, undefined, 'late')).toMatchObject({ outcome: 'done' });

    expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
  });

  it('keeps a refund made concurrently with acceptPayment', async () => {
    const { shop, refund, payment, deliverPending, drain } = await paidPurchase({ currency: 'EUR', minor: 2500 });
    const seen = payment();
    if (!seen) throw new Error('expected a payment');
    await refund(500);
    await deliverPending();

    await acceptPayment(shop.evidenceApplier, seen, 'operator');
    await drain();

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
  });

  describe('late payment without stock', () => {
    /** The buyer cancelled, another session reserved the last item, and the capture completed nevertheless. */
    async function latePurchase() {
      const purchase = await onePurchase({ quantity: 1 });
      await purchase.cancel();
      await purchase.drain();
      await purchase.shop.begin();
      purchase.shop.paypal.approveAndCapture(purchase.orderId);
      return purchase;
    }

    it('is refunded, and its session shows it', async () => {
      const { drain, payment, session, order, stock } = await latePurchase();

      expect(await drain()).toEqual([]);

      expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000, open: {} });
      expect(session()).toMatchObject({ status: 'payment_failed', payment_status: 'refunded' });
      expect(order()?.status).toBe('void');
      expect(stock()).toMatchObject({ available: 0, reserved: 1, sold: 0 });
    });

    it('keeps its workflow failing while PayPal rejects the refund', async () => {
      const { shop, orderId, drain, payment } = await latePurchase();
      shop.paypal.dispute(orderId, true);

      const [error] = await drain();

      expect(error).toContain('is captured, not refunded: TRANSACTION_DISPUTED');
      expect(Object.keys(payment()?.open ?? {})).toEqual(['captured_late']);

      shop.paypal.dispute(orderId, false);
      expect(await drain()).toEqual([]);
      expect(payment()).toMatchObject({ status: 'refunded', open: {} });
    });

    it('is refunded once when an operator refunded it first', async () => {
      const { shop, paymentId, deliverPending, drain, payment, atPayPal } = await latePurchase();
      await deliverPending();
      await shop.refund(paymentId, undefined, 'faster');
      await drain();

      expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000, open: {} });
      expect(atPayPal()?.capture?.refunds).toHaveLength(1);
    });
  });
});
