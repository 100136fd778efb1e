import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { nextPaymentCheck } from '../../../src/reconciliation/reconcile-payment.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';

describe('reconcilePayment without any webhook', () => {
  it('creates the order when the buyer approved and never returned', async () => {
    const { approve, shop, paymentId, payment, order } = await onePurchase();
    approve();

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ updated: true });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()).toMatchObject({ status: 'confirmed' });
  });

  it('changes nothing when the session has not expired', async () => {
    const { shop, paymentId, payment } = await onePurchase();

    expect(await shop.reconcilePayment(paymentId)).toEqual({ updated: false, expired: false, started: 0, closed: 0 });

    expect(payment()?.status).toBe('created');
    expect(shop.keptPurchases.size).toBe(0);
  });

  it('expires the payment after reading PayPal when nothing was approved in time', async () => {
    const { shop, paymentId, payment, reservation, session, stock, process } = await onePurchase();
    process.calls.length = 0;

    expect(await shop.reconcilePayment(paymentId, 'expiry')).toMatchObject({ updated: false, expired: true });
    await shop.finish();

    expect(process.calls.indexOf('paypal.getOrder')).toBeLessThan(process.calls.indexOf('payments.move'));
    expect(payment()).toMatchObject({ status: 'expired', open: {} });
    expect(session()).toMatchObject({ status: 'expired', payment_status: 'expired' });
    expect(reservation()?.status).toBe('released');
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('captures the payment when it was approved before the session expired', async () => {
    const { approve, shop, paymentId, payment, order } = await onePurchase();
    approve();

    await shop.reconcilePayment(paymentId, 'expiry');
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', late: false });
    expect(order()).toBeDefined();
  });

  it('expires the payment only when PayPal may have deleted its order', async () => {
    const { shop, paymentId, orderId, payment } = await onePurchase();
    shop.paypal.expire(orderId);

    expect(await shop.reconcilePayment(paymentId, 'expiry')).toMatchObject({ updated: false, expired: false });
    expect(payment()?.status).toBe('created');

    expect(await shop.reconcilePayment(paymentId, 'order deleted')).toMatchObject({ updated: false, expired: true });
    expect(payment()?.status).toBe('expired');
  });

  it('throws and reschedules the payment when PayPal does not respond', async () => {
    let isDown = false;
    const shop = shopInMemory({
      gate: async (call, effect) => {
        if (isDown && call === 'paypal.getOrder') throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
        return effect();
      },
    });
    const { paymentId = PAYMENT } = (await shop.begin()) ?? {};
    isDown = true;

    await expect(shop.reconcilePayment(paymentId, 'expiry')).rejects.toThrow(PayPalUnavailable);

    expect(shop.payments.rows.get(paymentId)?.status).toBe('created');
    // Rescheduled by an hour, after an hour without change.
    expect(shop.payments.due.get(paymentId)).toEqual(new Date('2026-06-01T14:00:00Z'));
  });

  it('throws the first error when the reschedule fails too', async () => {
    const { shop, paymentId, process } = await onePurchase();
    process.calls.length = 0;
    await shop.reconcilePayment(paymentId);
    process.crashOn({ at: process.calls.indexOf('paypal.getOrder'), when: 'before' });

    await expect(shop.reconcilePayment(paymentId)).rejects.toThrow('paypal.getOrder');
  });
});

describe('reconcilePayment after a declined capture', () => {
  async function declined() {
    const purchase = await onePurchase();
    purchase.approve('refused');
    await purchase.capture();
    expect(purchase.payment()).toMatchObject({ status: 'created', declines: 1 });
    return purchase;
  }

  it('does not capture again while PayPal keeps the order APPROVED', async () => {
    const { shop, paymentId, payment } = await declined();

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ updated: false });

    expect(payment()?.status).toBe('created');
    expect(shop.executions.size).toBe(0);
  });

  it('expires the payment with the session, and charges nothing later', async () => {
    const { shop, paymentId, orderId, payment, order, stock } = await declined();
    // A capture of the same approval would succeed now.
    const atPayPal = shop.paypal.orders.get(orderId);
    if (atPayPal?.approval) atPayPal.approval = { ...atPayPal.approval, funding: 'instant' };

    expect(await shop.reconcilePayment(paymentId, 'expiry')).toMatchObject({ updated: false, expired: true });
    await shop.finish();
    expect(await shop.reconcilePayment(paymentId, 'expiry')).toMatchObject({ updated: false });
    await shop.finish();

    expect(payment()?.status).toBe('expired');
    expect(order()).toBeUndefined();
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('leaves a later approval by the buyer to its event', async () => {
    const { shop, paymentId, payment, order, approve, drain } = await declined();
    await shop.reconcilePayment(paymentId, 'expiry');
    await shop.finish();
    approve('instant');

    expect(await drain()).toEqual([]);

    expect(payment()?.status).toBe('captured');
    expect(order()).toMatchObject({ status: 'confirmed' });
  });
});

describe('reconcilePayment without a PayPal order', () => {
  async function withoutOrder() {
    const purchase = await onePurchase();
    const { paypal_order_id: _, approve_url: __, ...payment } = purchase.payment() ?? paymentThatIs('created');
    purchase.shop.payments.rows.set(purchase.paymentId, payment);
    return purchase;
  }

  it('expires the payment with the session, without a call to PayPal', async () => {
    const { shop, paymentId, payment, process } = await withoutOrder();
    process.calls.length = 0;

    await shop.reconcilePayment(paymentId, 'expiry');

    expect(payment()?.status).toBe('expired');
    expect(process.calls).not.toContain('paypal.getOrder');
  });

  it('keeps a payment without PayPal order until the session expires', async () => {
    const { shop, paymentId, payment } = await withoutOrder();

    await shop.reconcilePayment(paymentId);

    expect(payment()?.status).toBe('created');
  });
});

describe('reconcilePayment with an open settlement', () => {
  it('starts an open settlement that was never started', async () => {
    const reference = await onePurchase();
    reference.approve();
    reference.process.calls.length = 0;
    await reference.capture();
    const { approve, capture, process, shop, paymentId, payment, order } = await onePurchase();
    approve();
    process.crashOn({ at: reference.process.calls.indexOf('workflow.start'), when: 'before' });
    await expect(capture()).rejects.toThrow('workflow.start');
    process.crashOn(undefined);
    expect(shop.executions.size).toBe(0);

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ started: 1 });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()).toBeDefined();
  });

  it('closes an open settlement whose success was not recorded', async () => {
    const { approve, capture, shop, paymentId, payment, drain } = await onePurchase();
    approve();
    await capture();
    const before = payment();
    await drain();
    if (before) shop.payments.rows.set(paymentId, before);

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ started: 0, closed: 1 });

    expect(payment()?.open).toEqual({});
  });

  it('reschedules the payment while its settlement is running', async () => {
    const { approve, capture, shop, paymentId } = await onePurchase();
    approve();
    await capture();

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ started: 0, closed: 0 });

    expect(shop.executions.size).toBe(1);
    expect(shop.payments.due.has(paymentId)).toBe(true);
  });
});

describe('reconcilePayment with a pending capture', () => {
  it('captures the payment when PayPal completed the capture', async () => {
    const { approve, capture, shop, paymentId, orderId, payment } = await onePurchase();
    approve('pending');
    await capture();
    shop.paypal.endPending(orderId, 'COMPLETED');

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ updated: true });

    expect(payment()?.status).toBe('captured');
  });

  it('keeps the payment when PayPal no longer has the order but has the capture', async () => {
    const { approve, capture, shop, paymentId, orderId, payment } = await onePurchase();
    approve('pending');
    await capture();
    const order = shop.paypal.orders.get(orderId);
    if (order) order.gone = true;

    await shop.reconcilePayment(paymentId, 'expiry');
    expect(payment()?.status).toBe('capture_pending');

    shop.paypal.endPending(orderId, 'DECLINED');
    expect(await shop.reconcilePayment(paymentId, 'expiry')).toMatchObject({ updated: true });
    expect(payment()?.status).toBe('failed');
  });
});

describe('reconcilePayment after a cancellation', () => {
  it('applies an approval that was in flight', async () => {
    const { approve, cancel, shop, paymentId, payment, order } = await onePurchase();
    await cancel();
    await shop.finish();
    approve();

    expect(await shop.reconcilePayment(paymentId)).toMatchObject({ updated: true });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', late: true });
    expect(order()).toBeDefined();
  });

  it('stops rescheduling a cancelled payment after one check', async () => {
    const { cancel, shop, paymentId } = await onePurchase();
    await cancel();
    await shop.finish();
    expect(shop.payments.due.has(paymentId)).toBe(true);

    await shop.reconcilePayment(paymentId);

    expect(shop.payments.due.has(paymentId)).toBe(false);
  });
});

describe('reconcilePayment after the capture', () => {
  it('has nothing due for a captured payment without open settlement', async () => {
    const { approve, capture, shop, paymentId, drain } = await onePurchase();
    approve();
    await capture();

    await drain();

    expect(shop.payments.due.has(paymentId)).toBe(false);
  });

  it('does not call PayPal for a captured payment', async () => {
    const { approve, capture, shop, paymentId, process } = await onePurchase();
    approve();
    await capture();
    process.calls.length = 0;

    await shop.reconcilePayment(paymentId);

    expect(process.calls.filter((call) => call.startsWith('paypal.'))).toEqual([]);
  });

  it('leaves a payment under review to the operator', async () => {
    const { shop, approve, capture, paymentId, payment, process } = await onePurchase();
    approve();
    const order = shop.paypal.orders.get(payment()?.paypal_order_id ?? '');
    if (order?.approval) order.approval = { ...order.approval, takes: { currency: 'EUR', minor: 1 } };
    await capture();
    expect(payment()?.status).toBe('review');
    process.calls.length = 0;

    await shop.reconcilePayment(paymentId);
    expect(process.calls.filter((call) => call.startsWith('paypal.'))).toEqual([]);
    expect(await shop.payments.repository.underReview()).toEqual([paymentId]);
    expect([...shop.keptPurchases]).toEqual([payment()?.checkout_session_id]);
    expect(await shop.payments.repository.open()).toMatchObject({ count: 0 });

    await shop.accept(paymentId);
    await shop.finish();
    expect(shop.payments.due.has(paymentId)).toBe(false);
  });
});

it('reschedule keeps the time of a concurrent transition', async () => {
  const { shop, paymentId, payment, cancel } = await onePurchase();
  const seen = payment();
  await cancel();
  const due = shop.payments.due.get(paymentId);

  if (seen) await shop.payments.repository.reschedule(seen, undefined);

  expect(shop.payments.due.get(paymentId)).toEqual(due);
});

describe('nextPaymentCheck', () => {
  const NOW = new Date('2026-06-01T12:00:00.000Z');
  const intervals = { dueAfterSeconds: 120, now: () => NOW };
  const secondsUntil = (status: PaymentStatus, quietSeconds: number, expiresAt?: string) => {
    const updated_at = new Date(NOW.getTime() - quietSeconds * 1000).toISOString();
    const at = nextPaymentCheck(paymentThatIs(status, { updated_at }), expiresAt, intervals);
    return at && (at.getTime() - NOW.getTime()) / 1000;
  };

  it.each([
    [0, 120],
    [120, 120],
    [240, 240],
    [1800, 1800],
    [3600, 3600],
    [86_400, 3600],
  ])('after %d seconds without change is in %d seconds', (quiet, wait) => {
    expect(secondsUntil('approved', quiet)).toBe(wait);
  });

  it('is no later than the session’s expiry when the payment is created', () => {
    expect(secondsUntil('created', 1700, '2026-06-01T12:01:40.000Z')).toBe(100);
    expect(secondsUntil('created', 1700, '2026-06-01T11:59:00.000Z')).toBe(1700);
  });

  it.each(['captured', 'refunded', 'reversed', 'cancelled', 'expired', 'failed'] as const)(
    'is undefined when the payment is %s with nothing open',
    (status) => {
      expect(secondsUntil(status, 0)).toBeUndefined();
    },
  );
});
