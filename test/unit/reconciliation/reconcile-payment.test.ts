import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { nextPaymentCheck } from '../../../src/reconciliation/reconcile-payment.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';

describe('a buyer of whom the shop heard nothing', () => {
  it('who approved and never came back gets the order all the same', async () => {
    const { approve, shop, paymentId, payment, order } = await onePurchase();
    approve();

    expect(await shop.lookAfter(paymentId)).toMatchObject({ updated: true });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()).toMatchObject({ status: 'confirmed' });
  });

  it('who is still at PayPal within the time is left in peace', async () => {
    const { shop, paymentId, payment } = await onePurchase();

    expect(await shop.lookAfter(paymentId)).toEqual({ updated: false, expired: false, started: 0, closed: 0 });

    expect(payment()?.status).toBe('created');
  });

  it('who approved nothing within the time loses the stock, after PayPal was asked', async () => {
    const { shop, paymentId, payment, reservation, session, stock, process } = await onePurchase();
    process.calls.length = 0;

    expect(await shop.lookAfter(paymentId, true)).toMatchObject({ updated: false, expired: true });
    await shop.finish();

    expect(process.calls.indexOf('paypal.getOrder')).toBeLessThan(process.calls.indexOf('payments.move'));
    expect(payment()).toMatchObject({ status: 'expired', open: {} });
    expect(session()).toMatchObject({ status: 'expired', payment_status: 'expired' });
    expect(reservation()?.status).toBe('released');
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('who approved in the last second keeps the stock', async () => {
    const { approve, shop, paymentId, payment, order } = await onePurchase();
    approve();

    await shop.lookAfter(paymentId, true);
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', late: false });
    expect(order()).toBeDefined();
  });

  it('whose order PayPal has forgotten is over, whatever the time', async () => {
    const { shop, paymentId, orderId, payment } = await onePurchase();
    shop.paypal.expire(orderId);

    expect(await shop.lookAfter(paymentId)).toMatchObject({ updated: false, expired: true });

    expect(payment()?.status).toBe('expired');
  });

  it('is not called over as long as PayPal does not answer, and others are looked after first', async () => {
    let silent = false;
    const shop = shopInMemory({
      gate: async (call, effect) => {
        if (silent && call === 'paypal.getOrder') throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
        return effect();
      },
    });
    const { paymentId = PAYMENT } = (await shop.begin()) ?? {};
    silent = true;

    await expect(shop.lookAfter(paymentId, true)).rejects.toThrow(PayPalUnavailable);

    expect(shop.payments.rows.get(paymentId)?.status).toBe('created');
    // An hour after the look, for it had been quiet for an hour.
    expect(shop.payments.due.get(paymentId)).toEqual(new Date('2026-06-01T14:00:00Z'));
  });

  it('is told of the trouble that came first', async () => {
    const { shop, paymentId, process } = await onePurchase();
    process.calls.length = 0;
    await shop.lookAfter(paymentId);
    process.doom({ at: process.calls.indexOf('paypal.getOrder'), when: 'before' });

    await expect(shop.lookAfter(paymentId)).rejects.toThrow('paypal.getOrder');
  });
});

describe('a buyer whose card PayPal declined', () => {
  async function declined() {
    const purchase = await onePurchase();
    purchase.approve('refused');
    await purchase.capture();
    expect(purchase.payment()).toMatchObject({ status: 'created', declines: 1 });
    return purchase;
  }

  it('is not tried again at every look, though PayPal goes on calling the order approved', async () => {
    const { shop, paymentId, payment } = await declined();

    expect(await shop.lookAfter(paymentId)).toMatchObject({ updated: false });

    expect(payment()?.status).toBe('created');
    expect(shop.executions.size).toBe(0);
  });

  it('is over when the time is: whoever read that nothing was charged is not charged later', async () => {
    const { shop, paymentId, payment, order, stock, approve } = await declined();
    // By now the card would do.
    approve('instant');

    expect(await shop.lookAfter(paymentId, true)).toMatchObject({ updated: false, expired: true });
    await shop.finish();
    expect(await shop.lookAfter(paymentId, true)).toMatchObject({ updated: false });
    await shop.finish();

    expect(payment()?.status).toBe('expired');
    expect(order()).toBeUndefined();
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('is charged after that by a click of their own: the event tells of another card', async () => {
    const { shop, paymentId, payment, order, approve, rest } = await declined();
    await shop.lookAfter(paymentId, true);
    await shop.finish();
    approve('instant');

    expect(await rest()).toEqual([]);

    expect(payment()?.status).toBe('captured');
    expect(order()).toMatchObject({ status: 'confirmed' });
  });
});

describe('a payment without a PayPal order', () => {
  async function withoutOrder() {
    const purchase = await onePurchase();
    const { paypal_order_id: _, approve_url: __, ...payment } = purchase.payment() ?? paymentThatIs('created');
    purchase.shop.payments.rows.set(purchase.paymentId, payment);
    return purchase;
  }

  it('is over when its time is, for nobody can have been sent to PayPal', async () => {
    const { shop, paymentId, payment, process } = await withoutOrder();
    process.calls.length = 0;

    await shop.lookAfter(paymentId, true);

    expect(payment()?.status).toBe('expired');
    expect(process.calls).not.toContain('paypal.getOrder');
  });

  it('is not before, for the shopper may try again', async () => {
    const { shop, paymentId, payment } = await withoutOrder();

    await shop.lookAfter(paymentId);

    expect(payment()?.status).toBe('created');
  });
});

describe('a settlement', () => {
  it('that was noted but never started is started', async () => {
    const trial = await onePurchase();
    trial.approve();
    trial.process.calls.length = 0;
    await trial.capture();
    const { approve, capture, process, shop, paymentId, payment, order } = await onePurchase();
    approve();
    process.doom({ at: trial.process.calls.indexOf('workflow.start'), when: 'before' });
    await expect(capture()).rejects.toThrow('workflow.start');
    process.doom(undefined);
    expect(shop.executions.size).toBe(0);

    expect(await shop.lookAfter(paymentId)).toMatchObject({ started: 1 });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()).toBeDefined();
  });

  it('that succeeded without the shop hearing of it is closed', async () => {
    const { approve, capture, shop, paymentId, payment, rest } = await onePurchase();
    approve();
    await capture();
    const before = payment();
    await rest();
    if (before) shop.payments.rows.set(paymentId, before);

    expect(await shop.lookAfter(paymentId)).toMatchObject({ started: 0, closed: 1 });

    expect(payment()?.open).toEqual({});
  });

  it('that is at work is left alone, and looked after again', async () => {
    const { approve, capture, shop, paymentId } = await onePurchase();
    approve();
    await capture();

    expect(await shop.lookAfter(paymentId)).toMatchObject({ started: 0, closed: 0 });

    expect(shop.executions.size).toBe(1);
    expect(shop.payments.due.has(paymentId)).toBe(true);
  });
});

describe('a payment that waits for a bank', () => {
  it('is captured as soon as PayPal says so', async () => {
    const { approve, capture, shop, paymentId, orderId, payment } = await onePurchase();
    approve('pending');
    await capture();
    shop.paypal.endPending(orderId, 'COMPLETED');

    expect(await shop.lookAfter(paymentId)).toMatchObject({ updated: true });

    expect(payment()?.status).toBe('captured');
  });

  it('does not expire when PayPal has forgotten the order but knows the capture', async () => {
    const { approve, capture, shop, paymentId, orderId, payment } = await onePurchase();
    approve('pending');
    await capture();
    const order = shop.paypal.orders.get(orderId);
    if (order) order.gone = true;

    await shop.lookAfter(paymentId, true);
    expect(payment()?.status).toBe('capture_pending');

    shop.paypal.endPending(orderId, 'DECLINED');
    expect(await shop.lookAfter(paymentId, true)).toMatchObject({ updated: true });
    expect(payment()?.status).toBe('failed');
  });
});

describe('a payment that was given up', () => {
  it('is asked about once more, for what was under way at that moment', async () => {
    const { approve, cancel, shop, paymentId, payment, order } = await onePurchase();
    await cancel();
    await shop.finish();
    approve();

    expect(await shop.lookAfter(paymentId)).toMatchObject({ updated: true });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'captured', late: true });
    expect(order()).toBeDefined();
  });

  it('is then left alone', async () => {
    const { cancel, shop, paymentId } = await onePurchase();
    await cancel();
    await shop.finish();
    expect(shop.payments.due.has(paymentId)).toBe(true);

    await shop.lookAfter(paymentId);

    expect(shop.payments.due.has(paymentId)).toBe(false);
  });
});

describe('a payment that is paid', () => {
  it('is left alone as soon as nothing is open', async () => {
    const { approve, capture, shop, paymentId, rest } = await onePurchase();
    approve();
    await capture();

    await rest();

    expect(shop.payments.due.has(paymentId)).toBe(false);
  });

  it('needs no word of PayPal’s', async () => {
    const { approve, capture, shop, paymentId, process } = await onePurchase();
    approve();
    await capture();
    process.calls.length = 0;

    await shop.lookAfter(paymentId);

    expect(process.calls.filter((call) => call.startsWith('paypal.'))).toEqual([]);
  });

  it('under review waits for the operator, and is counted apart as long as nothing is decided', async () => {
    const { shop, approve, capture, paymentId, payment, process } = await onePurchase();
    approve();
    const order = shop.paypal.orders.get(payment()?.paypal_order_id ?? '');
    if (order?.approval) order.approval = { ...order.approval, takes: { currency: 'EUR', minor: 1 } };
    await capture();
    expect(payment()?.status).toBe('review');
    process.calls.length = 0;

    await shop.lookAfter(paymentId);
    expect(process.calls.filter((call) => call.startsWith('paypal.'))).toEqual([]);
    expect(await shop.payments.repository.underReview()).toEqual([paymentId]);
    expect(await shop.payments.repository.open()).toMatchObject({ count: 0 });

    await shop.accept(paymentId);
    await shop.finish();
    expect(shop.payments.due.has(paymentId)).toBe(false);
  });
});

it('what moved while it was looked after keeps the time that its move has set', async () => {
  const { shop, paymentId, payment, cancel } = await onePurchase();
  const seen = payment();
  await cancel();
  const due = shop.payments.due.get(paymentId);

  if (seen) await shop.payments.repository.reschedule(seen, undefined);

  expect(shop.payments.due.get(paymentId)).toEqual(due);
});

describe('the next look', () => {
  const NOW = new Date('2026-06-01T12:00:00.000Z');
  const pace = { dueAfterSeconds: 120, now: () => NOW };
  const secondsUntil = (status: PaymentStatus, quietSeconds: number, timeIsUpAt?: string) => {
    const updated_at = new Date(NOW.getTime() - quietSeconds * 1000).toISOString();
    const at = nextPaymentCheck(paymentThatIs(status, { updated_at }), timeIsUpAt, pace);
    return at && (at.getTime() - NOW.getTime()) / 1000;
  };

  it.each([
    [0, 120],
    [120, 120],
    [240, 240],
    [1800, 1800],
    [3600, 3600],
    [86_400, 3600],
  ])('after %d quiet seconds is in %d', (quiet, wait) => {
    expect(secondsUntil('approved', quiet)).toBe(wait);
  });

  it('at a payment that has begun is no later than the end of its time', () => {
    expect(secondsUntil('created', 1700, '2026-06-01T12:01:40.000Z')).toBe(100);
    expect(secondsUntil('created', 1700, '2026-06-01T11:59:00.000Z')).toBe(1700);
  });

  it.each(['captured', 'refunded', 'reversed', 'cancelled', 'expired', 'failed'] as const)(
    'at one that is %s with nothing open is never',
    (status) => {
      expect(secondsUntil(status, 0)).toBeUndefined();
    },
  );
});
