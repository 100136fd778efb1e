import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../src/payments/payment.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { captureBody, type Funding, orderBody } from '../../support/in-memory/paypal-state.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';
import type { Gate } from '../../support/in-memory/tables.ts';

/*
 * Sequences that PayPal's real users report: late, partial, repeated and contradictory evidence. Each is a short script
 * over the shop in memory. Events are delivered only where the script does it.
 */

type Purchase = Awaited<ReturnType<typeof onePurchase>>;
type Resource = Readonly<Record<string, unknown>>;

const EUR = (value: string) => ({ currency_code: 'EUR', value });
const USD = { currency_code: 'USD', value: '20.00' };
const MINUTE_MS = 60_000;

/** Delivers an event that PayPal's state does not lead to. */
const deliver = ({ shop }: Purchase, event_type: string, resource: Resource) =>
  shop.deliver({ id: `WH-${event_type}`, event_type, create_time: shop.paypal.now().toISOString(), resource });

/** An event of the payment that PayPal has announced, the latest of its type. */
const announced = ({ shop }: Purchase, type: string) => {
  const found = shop.paypal.events.findLast(({ event }) => event.event_type === type)?.event;
  if (!found) throw new Error(`PayPal has announced no ${type}`);
  return found;
};

/** A captured purchase whose order exists. */
async function paid(): Promise<Purchase> {
  const purchase = await onePurchase();
  purchase.approve();
  await purchase.drain();
  expect(purchase.payment()).toMatchObject({ status: 'captured', open: {} });
  return purchase;
}

/** A refund or a reversal of the purchase's capture, as a resource. */
const refundOf = ({ payment }: Purchase, more: Resource = {}): Resource => ({
  id: 'REFUND9',
  status: 'COMPLETED',
  amount: EUR('20.00'),
  seller_payable_breakdown: { total_refunded_amount: EUR('20.00') },
  links: [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${payment()?.capture_id}` }],
  ...more,
});

const totalOf = (value: string, currency_code = 'EUR'): Resource => ({
  seller_payable_breakdown: { total_refunded_amount: { currency_code, value } },
});

/** Runs the jobs, and whatever they start, whenever something is due. */
async function letPass(purchase: Purchase, minutes: number): Promise<void> {
  const { shop } = purchase;
  const end = shop.paypal.now().getTime() + minutes * MINUTE_MS;
  while (shop.paypal.now().getTime() < end) {
    const due = (shop.nextDue()?.getTime() ?? end) + 1;
    shop.paypal.advance(Math.max(1, Math.min(due, end) - shop.paypal.now().getTime()));
    await shop.runJobs((error) => {
      throw error;
    });
    await shop.finish();
  }
}

describe('an approval that PayPal has refused to capture', () => {
  /** The return page has captured, and read that nothing was charged. The card would work now. */
  async function declined(): Promise<Purchase> {
    const purchase = await onePurchase();
    purchase.approve('refused once');
    expect(await purchase.capture()).toMatchObject({ outcome: 'declined' });
    purchase.shop.paypal.endRefusals();
    return purchase;
  }
  const uncharged = ({ atPayPal, payment }: Purchase) => {
    expect(atPayPal()?.capture).toBeUndefined();
    expect(payment()?.status).not.toBe('approved');
  };

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['the first delivery of its event comes late', ({ drain }) => drain()],
    [
      'the event comes after the session has expired',
      async (purchase) => {
        await letPass(purchase, 40);
        expect(purchase.payment()?.status).toBe('expired');
        await purchase.drain();
      },
    ],
    [
      'the event comes after the buyer has cancelled',
      async ({ cancel, drain }) => {
        expect(await cancel()).toMatchObject({ payment: { status: 'cancelled' } });
        await drain();
      },
    ],
    [
      'the buyer reloads the return page',
      async ({ capture }) => expect(await capture()).toMatchObject({ outcome: 'declined' }),
    ],
    ['the jobs look at the order', (purchase) => letPass(purchase, 40)],
    [
      'its event has no time',
      async (purchase) => {
        const { resource, ...event } = announced(purchase, 'CHECKOUT.ORDER.APPROVED');
        await purchase.shop.deliver({
          ...event,
          create_time: undefined,
          resource: { ...resource, update_time: undefined },
        });
        await purchase.shop.finish();
      },
    ],
    [
      'an execution that does not name its attempt runs again',
      async ({ shop, paymentId }) =>
        expect(await shop.capture(paymentId, 'workflow')).toMatchObject({ outcome: 'outdated' }),
    ],
    [
      'its event comes late and the payment is older than the time of refusals',
      async ({ shop, paymentId, payment, drain }) => {
        const { refused_at: _, ...old } = payment() as Payment;
        shop.payments.rows.set(paymentId, old);
        await drain();
      },
    ],
  ])('is not charged when %s', async (_, later) => {
    const purchase = await declined();

    await later(purchase);

    uncharged(purchase);
  });

  it.each(['refused', 'restricted'] as const)(
    'is not charged when its funding was %s and would work now',
    async (funding) => {
      const purchase = await onePurchase();
      purchase.approve(funding);
      await purchase.capture();
      const order = purchase.atPayPal();
      if (order?.approval) order.approval = { ...order.approval, funding: 'instant' };

      await purchase.drain();

      uncharged(purchase);
    },
  );

  it('is not charged when its stock was gone and has come back', async () => {
    const purchase = await onePurchase({ quantity: 1 });
    const { shop, cancel, drain, approve, payment } = purchase;
    await cancel();
    await drain();
    const other = await shop.begin();
    approve();
    await drain();
    expect(payment()).toMatchObject({ status: 'cancelled', late: true, declines: 0 });
    if (other) await shop.cancel(other.paymentId, other.orderId);
    await shop.finish();
    const execution = [...shop.executions.values()].find(({ name }) => name.endsWith('approved_late'));
    if (execution) shop.restart(execution);

    await drain();

    uncharged(purchase);
    expect(payment()?.status).toBe('cancelled');
  });

  /** The workflow's capture was refused a minute ago, and its execution was started again before. */
  async function refusedAndRestarted() {
    const purchase = await onePurchase();
    const { shop, approve, deliverPending } = purchase;
    approve('refused once');
    await deliverPending();
    const [execution] = [...shop.executions.values()];
    if (!execution) throw new Error('no execution');
    shop.restart(execution);
    await shop.runTask(execution);
    shop.paypal.endRefusals();
    shop.paypal.advance(MINUTE_MS);
    return purchase;
  }

  it('is not charged when Step Functions runs the task of its attempt again', async () => {
    const purchase = await refusedAndRestarted();

    await purchase.shop.finish();

    uncharged(purchase);
  });

  it('does not let the task of its attempt capture a later approval’s attempt', async () => {
    const { shop, approve, deliverPending, atPayPal } = await refusedAndRestarted();
    approve();
    await deliverPending();
    const again = [...shop.executions.values()].find(({ name }) => name.includes('-r'));
    if (!again) throw new Error('not restarted');

    await shop.runTask(again);

    expect(atPayPal()?.capture).toBeUndefined();
    await shop.finish();
    expect(atPayPal()?.capture?.approval).toBe(2);
  });

  it.each<Funding>(['refused', 'restricted'])('is not tried again when its event comes late: %s', async (funding) => {
    const purchase = await onePurchase();
    purchase.approve(funding);
    await purchase.capture();

    await purchase.drain();
    await letPass(purchase, 40);

    expect(purchase.shop.refusals).toHaveLength(1);
    expect(purchase.payment()?.status).toBe('expired');
  });

  it('is followed by the next one, which is charged', async () => {
    const purchase = await declined();
    purchase.approve();
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'captured', open: {} });
  });

  it('is followed by one that the buyer gives before the refusal is written', async () => {
    const purchase = await onePurchase();
    const { shop, approve, process } = purchase;
    approve('refused once');
    process.before('payments.move', () => {
      shop.paypal.advance(1000);
      approve();
      shop.paypal.advance(1000);
    });
    await purchase.capture();

    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'captured', declines: 1, open: {} });
    expect(purchase.atPayPal()?.capture?.approval).toBe(2);
  });
});

describe('an approval that PayPal does not know yet', () => {
  const deliverApproval = ({ shop, orderId, paymentId }: Purchase, create_time: string) =>
    shop.deliver({
      id: 'WH-EARLY',
      event_type: 'CHECKOUT.ORDER.APPROVED',
      create_time,
      resource: {
        id: orderId,
        status: 'APPROVED',
        purchase_units: [{ custom_id: paymentId, amount: EUR('20.00') }],
      },
    });

  /** The event comes before PayPal lets the shop capture; later PayPal approves, and that event is lost. */
  const early = async () => {
    const purchase = await onePurchase();
    const { shop } = purchase;
    await deliverApproval(purchase, shop.paypal.now().toISOString());
    await shop.finish();
    return purchase;
  };

  it('is captured by the jobs when PayPal approves and the buyer stays away', async () => {
    const purchase = await early();
    purchase.shop.paypal.advance(1000);
    purchase.approve();

    await letPass(purchase, 10);

    expect(purchase.payment()).toMatchObject({ status: 'captured', open: {} });
  });

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['its event', ({ drain }) => drain()],
    ['the return page', ({ capture }) => capture()],
  ])('is captured by %s when PayPal approves', async (_, later) => {
    const purchase = await early();
    purchase.shop.paypal.advance(1000);
    purchase.approve();

    await later(purchase);

    expect(purchase.payment()?.status).toBe('captured');
  });

  it('is captured when PayPal approves while it rejects the capture', async () => {
    let meanwhile: () => void = () => undefined;
    const gate: Gate = async (call, effect) => {
      const result = effect();
      if (call === 'paypal.captureOrder') meanwhile();
      return result;
    };
    const shop = shopInMemory({ gate });
    const { orderId = '', paymentId = 'pay_' } = (await shop.begin()) ?? {};
    await deliver({ shop } as Purchase, 'CHECKOUT.ORDER.APPROVED', {
      id: orderId,
      status: 'APPROVED',
      purchase_units: [{ custom_id: paymentId, amount: EUR('20.00') }],
    });
    meanwhile = () => shop.paypal.approve(orderId);
    await shop.finish();
    meanwhile = () => undefined;

    await shop.reconcilePayment(paymentId);
    await shop.finish();

    expect(shop.payments.rows.get(paymentId)?.status).toBe('captured');
  });

  it('is not a new one when its event is replayed', async () => {
    const purchase = await early();
    const seen = purchase.payment();
    expect(seen).toMatchObject({ status: 'created', declines: 1, open: {} });

    await deliverApproval(purchase, '2026-06-01T12:00:00.000Z');

    expect(purchase.payment()).toEqual(seen);
  });

  it('is not captured when PayPal never approves', async () => {
    const purchase = await early();

    await letPass(purchase, 40);

    expect(purchase.payment()?.status).toBe('expired');
  });
});

describe('money that PayPal takes back', () => {
  it.each([
    ['5.00', 'partially_refunded', 500, 'confirmed'],
    ['19.99', 'partially_refunded', 1999, 'confirmed'],
    ['20.00', 'reversed', 2000, 'refunded'],
  ])('counts as %s of 20.00', async (value, status, minor, ordered) => {
    const purchase = await paid();

    await deliver(purchase, 'PAYMENT.CAPTURE.REVERSED', refundOf(purchase, { amount: EUR(value), ...totalOf(value) }));
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: minor, open: {} });
    expect(purchase.order()).toMatchObject({ status: ordered, refunded_minor: minor });
  });

  it.each(['FAILED', 'CANCELLED'])('does not count when its event says %s', async (status) => {
    const purchase = await paid();

    const result = await deliver(purchase, 'PAYMENT.CAPTURE.REVERSED', refundOf(purchase, { status }));

    expect(result).toMatchObject({ status: 'accepted', moved: false });
    expect(purchase.payment()).toMatchObject({ status: 'captured', refunded_minor: 0 });
  });

  it.each([
    [500, 'review'],
    [1900, 'reversed'],
  ])('counts %i under review as %s', async (minor, status) => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await purchase.drain();
    shop.paypal.reverse(orderId, minor);

    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: minor, open: {} });
  });

  it('leaves a rest that can be refunded', async () => {
    const purchase = await paid();
    purchase.shop.paypal.reverse(purchase.orderId, 500);
    await purchase.drain();

    await purchase.shop.refund(purchase.paymentId, undefined, 'rest');
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
  });

  it('counts the total of a second reversal once', async () => {
    const purchase = await paid();
    purchase.shop.paypal.reverse(purchase.orderId, 500);
    purchase.shop.paypal.advance(1000);
    purchase.shop.paypal.reverse(purchase.orderId, 700);

    for (const { event } of purchase.shop.paypal.events.toReversed()) await purchase.shop.deliver(event);
    await purchase.shop.finish();

    expect(purchase.payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 1200 });
  });
});

describe('a part that PayPal takes back', () => {
  const reverse = (minor?: number) => async (purchase: Purchase) => {
    purchase.shop.paypal.advance(1000);
    purchase.shop.paypal.reverse(purchase.orderId, minor);
    await purchase.drain();
  };
  const refund = (minor?: number) => (purchase: Purchase) =>
    purchase.shop.refund(purchase.paymentId, minor, `refund ${minor}`);

  it.each<[string, readonly ((purchase: Purchase) => Promise<unknown>)[], string, number, string]>([
    ['after a part was refunded', [refund(500), reverse(1000)], 'partially_refunded', 1500, 'confirmed'],
    ['before a part is refunded', [reverse(1000), refund(500)], 'partially_refunded', 1500, 'confirmed'],
    ['before the rest is taken too', [reverse(1000), reverse()], 'reversed', 2000, 'refunded'],
    ['before the rest is refunded', [reverse(1), refund()], 'refunded', 2000, 'refunded'],
    [
      'from a parcel on its way',
      [({ shop, paymentId }) => shop.ship(paymentId), reverse(500)],
      'partially_refunded',
      500,
      'shipped',
    ],
  ])('counts %s', async (_, acts, status, minor, ordered) => {
    const purchase = await paid();

    for (const act of acts) await act(purchase);
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: minor, open: {} });
    expect(purchase.order()).toMatchObject({ status: ordered, refunded_minor: minor });
  });

  it('counts when its event comes before that of the capture', async () => {
    const purchase = await onePurchase();
    const { shop, orderId, payment } = purchase;
    purchase.approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.advance(1000);
    shop.paypal.reverse(orderId, 500);

    for (const { event } of shop.paypal.events.toReversed()) await shop.deliver(event);
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
    expect(purchase.order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
  });
});

describe('a refund that is not complete', () => {
  it.each([
    ['PENDING', 1],
    ['FAILED', 0],
    ['CANCELLED', 0],
  ])('does not count when its event says %s', async (status, pending) => {
    const purchase = await paid();
    const { shop, orderId } = purchase;
    shop.paypal.refund(orderId, undefined, { status: 'PENDING' });
    if (status !== 'PENDING') shop.paypal.endRefund(orderId, status as 'FAILED' | 'CANCELLED');

    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REFUNDED'));
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'captured', refunded_minor: 0, refunds_pending: pending });
    expect(purchase.order()?.status).toBe('confirmed');
  });

  it('does not count when another refund is complete', async () => {
    const purchase = await paid();
    purchase.shop.paypal.refund(purchase.orderId, 1500, { status: 'PENDING' });
    purchase.shop.paypal.refund(purchase.orderId, 500);
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500 });
  });

  it.each(['COMPLETED', 'FAILED', 'CANCELLED'] as const)('is looked up until it is %s', async (status) => {
    const purchase = await paid();
    const { shop, orderId } = purchase;
    shop.paypal.refund(orderId, undefined, { status: 'PENDING' });
    await purchase.deliverPending();
    await letPass(purchase, 60);
    expect(purchase.payment()).toMatchObject({ status: 'captured', refunds_pending: 1 });
    shop.paypal.endRefund(orderId, status, { silent: true });

    await letPass(purchase, 130);

    expect(purchase.payment()).toMatchObject({
      status: status === 'COMPLETED' ? 'refunded' : 'captured',
      refunds_pending: 0,
    });
  });

  it('is not shipped while it is pending, and is when it has failed', async () => {
    const purchase = await paid();
    const { shop, orderId, paymentId } = purchase;
    const slow = purchase.atPayPal();
    if (slow) slow.slowRefunds = true;
    expect(await shop.refund(paymentId, undefined, 'all')).toMatchObject({ outcome: 'pending' });

    expect(await shop.ship(paymentId)).toBe(false);

    shop.paypal.endRefund(orderId, 'FAILED');
    await purchase.drain();
    expect(await shop.ship(paymentId)).toBe(true);
  });

  it('is not shipped when it is complete and its order does not show it yet', async () => {
    const purchase = await paid();
    await purchase.shop.refund(purchase.paymentId, undefined, 'all');

    expect(purchase.order()?.status).toBe('confirmed');
    expect(await purchase.shop.ship(purchase.paymentId)).toBe(false);
  });
});

describe('acceptance of a wrong amount', () => {
  const underReview = async () => {
    const purchase = await onePurchase();
    purchase.shop.paypal.approve(purchase.orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await purchase.drain();
    return purchase;
  };

  it.each([
    [500, 'partially_refunded', 'confirmed'],
    [1899, 'partially_refunded', 'confirmed'],
  ])('keeps the %i that went back before', async (minor, status, ordered) => {
    const purchase = await underReview();
    purchase.shop.paypal.refund(purchase.orderId, minor);
    await purchase.deliverPending();
    // PayPal does not find the order: what went back is known here only.
    purchase.shop.paypal.forget(purchase.orderId);

    await purchase.shop.accept(purchase.paymentId);
    purchase.shop.paypal.advance(24 * 60 * MINUTE_MS);
    await purchase.shop.finish();

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: minor, open: {} });
    expect(purchase.order()).toMatchObject({ status: ordered, refunded_minor: minor });
  });

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['PayPal took it back', async ({ shop, orderId }) => shop.paypal.reverse(orderId, 500)],
    ['PayPal took it back for a dispute', async ({ shop, orderId }) => shop.paypal.openDispute(orderId, 500)],
    [
      'the refund was pending for a while',
      async ({ shop, orderId, deliverPending }) => {
        shop.paypal.refund(orderId, 500, { status: 'PENDING' });
        await deliverPending();
        shop.paypal.endRefund(orderId, 'COMPLETED');
      },
    ],
    [
      'it went back in two parts',
      async ({ shop, orderId }) => {
        shop.paypal.refund(orderId, 200);
        shop.paypal.refund(orderId, 300);
      },
    ],
  ])('keeps what went back before when %s', async (_, takeBack) => {
    const purchase = await underReview();
    await takeBack(purchase);
    await purchase.drain();
    expect(purchase.payment()).toMatchObject({ status: 'review', refunded_minor: 500 });

    await purchase.shop.accept(purchase.paymentId);
    await purchase.shop.accept(purchase.paymentId);
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
    expect(purchase.order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
    expect(purchase.session()?.payment_status).toBe('partially_refunded');
  });

  it('keeps what went back before when the payment was late', async () => {
    const purchase = await onePurchase();
    const { shop, orderId, paymentId, cancel, drain } = purchase;
    await cancel();
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await drain();
    shop.paypal.refund(orderId, 500);
    await drain();
    expect(purchase.payment()).toMatchObject({ status: 'review', late: true, refunded_minor: 500 });

    await shop.accept(paymentId);
    await drain();

    expect(purchase.payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
    expect(purchase.order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
    expect(purchase.reservation()?.status).toBe('committed');
  });

  it('is a no-op after all of it went back', async () => {
    const purchase = await underReview();
    purchase.shop.paypal.refund(purchase.orderId);
    await purchase.deliverPending();

    await purchase.shop.accept(purchase.paymentId);
    await purchase.drain();

    expect(purchase.payment()).toMatchObject({ status: 'refunded', refunded_minor: 1900, open: {} });
    expect(purchase.order()?.status).toBe('void');
  });
});

describe('a refund whose event comes before that of its capture', () => {
  it.each([
    ['in full', 'refund', undefined, 'refunded', 2000],
    ['in part', 'refund', 500, 'partially_refunded', 500],
    ['in full', 'reverse', undefined, 'reversed', 2000],
    ['in part', 'reverse', 500, 'partially_refunded', 500],
  ] as const)('counts %s when PayPal does not find the order: %s', async (_, act, minor, status, total) => {
    const purchase = await onePurchase();
    const { shop, orderId, paymentId } = purchase;
    purchase.approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal[act](orderId, minor);
    shop.paypal.forget(orderId);
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    await shop.deliver(announced(purchase, `PAYMENT.CAPTURE.${act === 'refund' ? 'REFUNDED' : 'REVERSED'}`));
    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));

    expect(shop.payments.rows.get(paymentId)).toMatchObject({ status, refunded_minor: total });
    await shop.finish();
    expect(purchase.order()?.status === 'confirmed').toBe(minor !== undefined);
  });
});

describe('money that went back before the shop hears of its capture, whose order is gone', () => {
  const uncaptured = async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.shop.paypal.client.captureOrder(purchase.orderId, 'another-request');
    purchase.shop.paypal.advance(1000);
    return purchase;
  };

  it.each([
    ['all of it', undefined, 'reversed', 2000, 'refunded'],
    ['a part of it', 500, 'partially_refunded', 500, 'confirmed'],
  ])('counts as reversed: %s', async (_, minor, status, total, ordered) => {
    const purchase = await uncaptured();
    const { shop, orderId, payment } = purchase;
    shop.paypal.reverse(orderId, minor);
    shop.paypal.forget(orderId);
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REVERSED'));
    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));
    await shop.finish();

    expect(payment()).toMatchObject({ status, refunded_minor: total, open: {} });
    expect(purchase.order()?.status ?? 'refunded').toBe(ordered);
  });

  it('counts when the payment has expired before', async () => {
    const purchase = await uncaptured();
    const { shop, orderId, paymentId, payment } = purchase;
    shop.paypal.refund(orderId);
    shop.paypal.forget(orderId);
    await shop.reconcilePayment(paymentId, 'order deleted');
    await shop.finish();
    expect(payment()?.status).toBe('expired');
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REFUNDED'));
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000, open: {} });
    expect(purchase.order()?.status).not.toBe('confirmed');
  });

  it('is looked up while it is pending', async () => {
    const purchase = await uncaptured();
    const { shop, orderId, payment } = purchase;
    shop.paypal.refund(orderId, undefined, { status: 'PENDING' });
    shop.paypal.forget(orderId);
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REFUNDED'));
    await shop.finish();
    expect(payment()).toMatchObject({ status: 'captured', refunds_pending: 1 });
    shop.paypal.endRefund(orderId, 'COMPLETED', { silent: true });
    await letPass(purchase, 130);

    expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000, open: {} });
  });

  it('is parked when PayPal finds neither the capture nor the order', async () => {
    const purchase = await uncaptured();
    const { shop, orderId, paymentId } = purchase;
    shop.paypal.refund(orderId);
    const refund = announced(purchase, 'PAYMENT.CAPTURE.REFUNDED');
    const known = { ...refund, resource: { ...refund.resource, custom_id: paymentId } };
    shop.paypal.orders.clear();
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    expect(await shop.deliver(known)).toMatchObject({ status: 'parked', reason: 'not_confirmed' });
  });
});

describe('evidence about other money', () => {
  it.each<[string, string, Resource, string]>([
    ['a total in yen', 'PAYMENT.CAPTURE.REFUNDED', totalOf('2000', 'JPY'), 'other_currency'],
    ['a total in dollars', 'PAYMENT.CAPTURE.REFUNDED', totalOf('20.00', 'USD'), 'other_currency'],
    ['a reversal in dollars', 'PAYMENT.CAPTURE.REVERSED', totalOf('20.00', 'USD'), 'other_currency'],
    ['a pending refund in dollars', 'PAYMENT.CAPTURE.REFUNDED', { status: 'PENDING', amount: USD }, 'other_currency'],
    [
      'a refund of another capture',
      'PAYMENT.CAPTURE.REFUNDED',
      { links: [{ rel: 'up', href: 'https://paypal.example/v2/payments/captures/OTHER' }] },
      'other_capture',
    ],
    [
      'a reversal of another capture',
      'PAYMENT.CAPTURE.REVERSED',
      { links: [{ rel: 'up', href: 'https://paypal.example/v2/payments/captures/OTHER' }] },
      'other_capture',
    ],
    [
      'a failed refund of another capture',
      'PAYMENT.CAPTURE.REFUNDED',
      { status: 'FAILED', links: [{ rel: 'up', href: 'https://paypal.example/v2/payments/captures/OTHER' }] },
      'other_capture',
    ],
    [
      'a pending refund of another capture',
      'PAYMENT.CAPTURE.REFUNDED',
      { status: 'PENDING', links: [{ rel: 'up', href: 'https://paypal.example/v2/payments/captures/OTHER' }] },
      'other_capture',
    ],
    [
      'a pending refund in dollars',
      'PAYMENT.CAPTURE.REFUNDED',
      { status: 'PENDING', amount: { currency_code: 'USD', value: '20.00' } },
      'other_currency',
    ],
  ])('is parked: %s', async (_, type, more, reason) => {
    const purchase = await paid();

    expect(await deliver(purchase, type, refundOf(purchase, { custom_id: purchase.paymentId, ...more }))).toMatchObject(
      { status: 'parked', reason },
    );

    expect(purchase.payment()).toMatchObject({ status: 'captured', refunded_minor: 0 });
    expect(purchase.order()?.status).toBe('confirmed');
  });

  it('does not count beside refunds in the currency of the capture', async () => {
    const purchase = await paid();
    const { shop, orderId } = purchase;
    shop.paypal.refund(orderId, 100);
    const order = purchase.atPayPal();
    if (!order) throw new Error('no order');
    const { purchase_units, ...body } = orderBody(order);
    const [unit] = purchase_units;
    const refunds = [...(unit?.payments.refunds ?? []), refundOf(purchase, { amount: USD })];

    await deliver(purchase, 'CHECKOUT.ORDER.COMPLETED', {
      ...body,
      purchase_units: [{ ...unit, payments: { ...unit?.payments, refunds } }],
    });

    expect(purchase.payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 100 });
  });

  it.each(['REFUNDED', 'REVERSED'])('is parked: a further capture’s total in dollars, %s', async (type) => {
    const purchase = await paid();
    const { shop, orderId, payment } = purchase;
    shop.paypal.captureAgain(orderId);
    await purchase.drain();
    const extra = purchase.atPayPal()?.extraCapture?.id ?? '';
    const links = [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${extra}` }];

    const result = await deliver(
      purchase,
      `PAYMENT.CAPTURE.${type}`,
      refundOf(purchase, { custom_id: purchase.paymentId, links, ...totalOf('20.00', 'USD') }),
    );

    expect(result).toMatchObject({ status: 'parked', reason: 'other_currency' });
    expect(payment()?.extra_captures?.[extra]?.refunded_minor).toBe(0);
  });
});

describe('an order with several captures', () => {
  it.each([
    ['declined and completed', ['DECLINED', 'COMPLETED'], 'captured'],
    ['failed and completed', ['FAILED', 'COMPLETED'], 'captured'],
    ['completed and declined', ['COMPLETED', 'DECLINED'], 'captured'],
    ['declined and pending', ['DECLINED', 'PENDING'], 'capture_pending'],
    ['pending and completed', ['PENDING', 'COMPLETED'], 'captured'],
    ['declined twice', ['DECLINED', 'DECLINED'], 'failed'],
  ])('does not fail because of the failed one: %s', async (_, statuses, status) => {
    const purchase = await onePurchase();
    const { shop, orderId, paymentId, payment } = purchase;
    const captures = statuses.map((one, i) => ({
      id: `CAPTURE-${i}`,
      status: one,
      amount: { currency: 'EUR', minor: 2000 },
    }));
    const found = payment();
    if (!found) throw new Error('no payment');

    await shop.evidenceApplier.applyOrder(
      found,
      { id: orderId, status: 'COMPLETED', custom_id: paymentId, captures, refunds: [] },
      'test',
    );

    expect(payment()?.history.map((entry) => entry.status)).toEqual(['created', status]);
  });

  it.each<[string, string, Resource]>([
    ['DECLINED', 'nothing', {}],
    ['DENIED', 'nothing', {}],
    ['DECLINED', 'the payment only', { supplementary_data: null }],
    ['DECLINED', 'the order only', { custom_id: null }],
  ])('does not fail because of the event %s of the failed one, in which %s is missing', async (type, _, more) => {
    const purchase = await onePurchase();
    const { shop, orderId, payment } = purchase;
    shop.paypal.approveAndCapture(orderId, { afterDeclined: true });
    const order = purchase.atPayPal();
    if (!order?.declinedCapture) throw new Error('no declined capture');

    await deliver(purchase, `PAYMENT.CAPTURE.${type}`, { ...captureBody(order, order.declinedCapture), ...more });

    expect(payment()).toMatchObject({ status: 'captured', late: false });
    expect(payment()?.history.map((entry) => entry.status)).toEqual(['created', 'captured']);
  });

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['its event', ({ drain }) => drain()],
    [
      'its event before that of the first',
      async ({ shop }) => {
        for (const { event } of shop.paypal.events.toReversed()) await shop.deliver(event);
      },
    ],
    [
      'a refund of it',
      async (purchase) => {
        purchase.shop.paypal.refund(purchase.orderId, 500, { ofExtra: true });
        await purchase.shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REFUNDED'));
      },
    ],
  ])('records a second completed one, found by %s', async (_, later) => {
    const purchase = await paid();
    const { shop, orderId, payment } = purchase;
    shop.paypal.captureAgain(orderId);
    const extra = purchase.atPayPal()?.extraCapture?.id ?? '';

    await later(purchase);

    expect(payment()?.status).toBe('captured');
    expect(Object.keys(payment()?.extra_captures ?? {})).toEqual([extra]);
    await shop.refundExtra(purchase.paymentId, extra);
    expect(payment()?.extra_captures?.[extra]?.refunded_minor).toBe(2000);
    expect(payment()?.refunded_minor).toBe(0);
  });
});

describe('a second capture', () => {
  const twice = async (more: (purchase: Purchase) => Promise<unknown>) => {
    const purchase = await paid();
    await more(purchase);
    await purchase.drain();
    purchase.shop.paypal.captureAgain(purchase.orderId);
    await purchase.drain();
    return { ...purchase, extra: purchase.atPayPal()?.extraCapture?.id ?? '' };
  };

  it.each<[string, (purchase: Purchase) => Promise<unknown>, string]>([
    ['partially_refunded', async ({ shop, orderId }) => shop.paypal.refund(orderId, 500), 'confirmed'],
    ['refunded', async ({ shop, orderId }) => shop.paypal.refund(orderId), 'refunded'],
    ['reversed', async ({ shop, orderId }) => shop.paypal.reverse(orderId), 'refunded'],
  ])('is recorded for a payment that is %s', async (status, more, ordered) => {
    const { extra, payment, order, shop, paymentId } = await twice(more);

    expect(payment()).toMatchObject({ status, extra_captures: { [extra]: { refunded_minor: 0 } } });
    expect(order()?.status).toBe(ordered);
    await shop.refundExtra(paymentId, extra);
    expect(payment()).toMatchObject({ status, extra_captures: { [extra]: { refunded_minor: 2000 } } });
  });
});

describe('an order that PayPal does not find for a while', () => {
  const captured = async () => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    purchase.approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.hide(orderId);
    return purchase;
  };

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['capture', ({ capture }) => capture().catch(() => undefined)],
    ['cancel', ({ cancel }) => cancel().catch(() => undefined)],
    ['the jobs', (purchase) => letPass(purchase, 20)],
  ])('is not given up by %s', async (_, meanwhile) => {
    const purchase = await captured();

    await meanwhile(purchase);

    expect(purchase.payment()?.status).toBe('created');
    purchase.shop.paypal.show(purchase.orderId);
    await purchase.drain();
    expect(purchase.payment()).toMatchObject({ status: 'captured', late: false });
    expect(purchase.order()?.status).toBe('confirmed');
  });

  it('is not said to be cancelled or expired', async () => {
    const purchase = await captured();

    await expect(purchase.capture()).rejects.toThrow();
    await expect(purchase.cancel()).rejects.toThrow();
  });

  it('does not hide an approval after a refusal', async () => {
    const purchase = await onePurchase();
    purchase.approve('refused once');
    await purchase.capture();
    purchase.shop.paypal.advance(MINUTE_MS);
    purchase.approve();
    purchase.shop.paypal.hide(purchase.orderId);

    await expect(purchase.capture()).rejects.toThrow();
  });

  it.each(['return', 'workflow'] as const)(
    'is not given up when PayPal rejects its capture as made before: %s',
    async (by) => {
      const purchase = await onePurchase();
      const { shop, orderId, paymentId, process } = purchase;
      purchase.approve();
      if (by === 'workflow') await purchase.deliverPending();
      await shop.paypal.client.captureOrder(orderId, 'another-request');
      // PayPal stops finding the order after the response to the capture.
      process.before('paypal.getOrder', () => shop.paypal.hide(orderId));

      expect(await shop.capture(paymentId, by)).toMatchObject({
        outcome: 'done',
        payment: { status: 'capture_pending' },
      });

      shop.paypal.show(orderId);
      await letPass(purchase, 10);
      expect(purchase.payment()).toMatchObject({ status: 'captured', late: false, open: {} });
    },
  );

  it('does not lend the parcel the address of an earlier approval', async () => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    shop.paypal.approve(orderId, 'refused once', undefined, 'Ada');
    await purchase.deliverPending();
    await purchase.capture();
    shop.paypal.approve(orderId, 'instant', undefined, 'Bob');
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.hide(orderId);
    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));
    await shop.finish(1);
    shop.paypal.show(orderId);

    await shop.finish();

    const [buyer] = [...shop.orders.buyers.values()];
    expect([purchase.order()?.status, buyer?.buyer.name]).toEqual(['confirmed', 'Bob']);
  });
});

describe('the buyer’s address', () => {
  /** Ada approves, the capture is refused, Bob's address is approved; the capture of that is pending, then complete. */
  const twoApprovals = async () => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    shop.paypal.approve(orderId, 'refused once', undefined, 'Ada');
    const first = announced(purchase, 'CHECKOUT.ORDER.APPROVED');
    await purchase.capture();
    shop.paypal.advance(MINUTE_MS);
    shop.paypal.approve(orderId, 'pending', undefined, 'Bob');
    return { ...purchase, first };
  };
  const shipsTo = ({ shop }: Purchase) => [...shop.orders.buyers.values()].map(({ buyer }) => buyer.name);

  it.each<[string, (purchase: Awaited<ReturnType<typeof twoApprovals>>) => Promise<unknown>]>([
    [
      'before the capture',
      async ({ shop, first, capture }) => {
        await shop.deliver(first);
        await capture();
      },
    ],
    [
      'while the capture is pending',
      async ({ shop, first, capture }) => {
        await capture();
        await shop.deliver(first);
      },
    ],
    [
      'before the order is created',
      async (purchase) => {
        await purchase.capture();
        purchase.shop.paypal.endPending(purchase.orderId, 'COMPLETED');
        await purchase.shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));
        await purchase.shop.deliver(purchase.first);
      },
    ],
  ])('is that of the approval that was paid when the event of an earlier one comes %s', async (_, meanwhile) => {
    const purchase = await twoApprovals();

    await meanwhile(purchase);
    if (purchase.payment()?.status === 'capture_pending') {
      purchase.shop.paypal.endPending(purchase.orderId, 'COMPLETED');
      await purchase.shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));
    }
    await purchase.shop.finish();

    expect(purchase.order()?.status).toBe('confirmed');
    expect(shipsTo(purchase)).toEqual(['Bob']);
  });

  it('is that of the capture when an earlier approval is announced as if it were later', async () => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    shop.paypal.approve(orderId, 'refused once', undefined, 'Ada');
    const first = announced(purchase, 'CHECKOUT.ORDER.APPROVED');
    await purchase.capture();
    shop.paypal.approve(orderId, 'instant', undefined, 'Bob');
    shop.paypal.advance(MINUTE_MS);
    await deliver(purchase, 'CHECKOUT.ORDER.APPROVED', { ...first.resource, update_time: null });

    await shop.finish();

    expect(purchase.order()?.status).toBe('confirmed');
    expect(shipsTo(purchase)).toEqual(['Bob']);
  });

  it('is that of a pending capture when the events alone tell of it', async () => {
    const purchase = await onePurchase();
    const { shop, orderId } = purchase;
    shop.paypal.approve(orderId, 'refused once', undefined, 'Ada');
    const first = announced(purchase, 'CHECKOUT.ORDER.APPROVED');
    shop.paypal.advance(MINUTE_MS);
    shop.paypal.approve(orderId, 'pending', undefined, 'Bob');
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    const order = purchase.atPayPal();
    if (!order) throw new Error('no order');
    await deliver(purchase, 'CHECKOUT.ORDER.COMPLETED', orderBody(order));
    await shop.deliver(first);
    shop.paypal.endPending(orderId, 'COMPLETED');
    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.COMPLETED'));

    await shop.finish();

    expect(shipsTo(purchase)).toEqual(['Bob']);
  });

  it('is not stored when its approval was refused before', async () => {
    const purchase = await onePurchase();
    purchase.approve('refused');
    await purchase.capture();

    await purchase.deliverPending();

    expect(shipsTo(purchase)).toEqual([]);
  });

  it('is not that of another PayPal order before the capture', async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.deliverPending();
    purchase.shop.paypal.advance(MINUTE_MS);

    await deliver(purchase, 'CHECKOUT.ORDER.APPROVED', {
      id: 'OTHER',
      status: 'APPROVED',
      purchase_units: [{ custom_id: purchase.paymentId, amount: EUR('20.00') }],
      payer: { name: { given_name: 'Eve' } },
    });

    expect(shipsTo(purchase)).toEqual(['Ada']);
  });

  it('is not that of another PayPal order that names the payment', async () => {
    const purchase = await paid();

    const result = await deliver(purchase, 'CHECKOUT.ORDER.APPROVED', {
      id: 'OTHER',
      status: 'APPROVED',
      purchase_units: [{ custom_id: purchase.paymentId, amount: EUR('20.00') }],
      payer: { name: { given_name: 'Eve' } },
    });

    expect(result).toMatchObject({ status: 'parked' });
    expect(shipsTo(purchase)).toEqual(['Ada']);
  });

  it('is not that of another PayPal order before the order is created', async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.capture();

    await deliver(purchase, 'CHECKOUT.ORDER.APPROVED', {
      id: 'OTHER',
      status: 'APPROVED',
      purchase_units: [{ custom_id: purchase.paymentId, amount: EUR('20.00') }],
      payer: { name: { given_name: 'Eve' } },
    });
    await purchase.shop.finish();

    expect(shipsTo(purchase)).toEqual(['Ada']);
  });
});

describe('the buyer’s address when PayPal shows it no more', () => {
  const approvalOf = ({ shop, paymentId, orderId }: Purchase, id = orderId) => ({
    id: `WH-${id}`,
    event_type: 'CHECKOUT.ORDER.APPROVED',
    create_time: shop.paypal.now().toISOString(),
    resource: {
      id,
      status: 'APPROVED',
      purchase_units: [{ custom_id: paymentId, amount: EUR('20.00') }],
      payer: { name: { given_name: 'Eve' } },
    },
  });

  it.each<[string, (purchase: Purchase) => Promise<unknown>]>([
    ['another PayPal order', (purchase) => purchase.shop.deliver(approvalOf(purchase, 'OTHER'))],
    [
      'a repeated event of the approval',
      (purchase) => purchase.shop.deliver({ ...approvalOf(purchase), id: 'WH-AGAIN' }),
    ],
    [
      'a refused approval',
      async (purchase) => {
        const { shop, deliverPending, capture, approve } = purchase;
        await capture();
        const refused = approvalOf(purchase);
        shop.paypal.advance(MINUTE_MS);
        approve();
        await deliverPending();
        await shop.deliver(refused);
      },
    ],
  ])('is not that of %s', async (which, meanwhile) => {
    const purchase = await onePurchase();
    const { shop, orderId, deliverPending } = purchase;
    purchase.approve(which === 'a refused approval' ? 'refused once' : 'instant');
    await deliverPending();
    shop.paypal.advance(1000);
    await meanwhile(purchase);
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.forget(orderId);
    shop.paypal.advance(7 * 60 * MINUTE_MS);

    await deliverPending();
    await shop.finish();

    expect(purchase.order()?.status).toBe('confirmed');
    expect([...shop.orders.buyers.values()].map(({ buyer }) => buyer.name)).toEqual(['Ada']);
  });
});

describe('a reversal that PayPal cancels', () => {
  /** @param minor taken while the dispute lasts */
  const disputed = async (minor = 2000, refunded = 0) => {
    const purchase = await paid();
    const { shop, orderId, payment } = purchase;
    if (refunded > 0) shop.paypal.refund(orderId, refunded);
    await purchase.drain();
    shop.paypal.advance(1000);
    shop.paypal.openDispute(orderId, minor);
    const reversal = announced(purchase, 'PAYMENT.CAPTURE.REVERSED');
    const resolve = async (sellerLost: boolean) => {
      shop.paypal.advance(1000);
      shop.paypal.resolveDispute(orderId, sellerLost);
      const found = payment();
      if (!found) throw new Error('no payment');
      await shop.evidenceApplier.refreshCapture(found, 'dispute', { sellerLost });
      await shop.finish();
    };
    return { ...purchase, reversal, resolve };
  };

  it.each([
    ['all of it', 2000, 0, 'captured', 0],
    ['a part of it', 500, 0, 'captured', 0],
    ['all that was not refunded', 2000, 500, 'partially_refunded', 500],
    ['a part of what was not refunded', 700, 500, 'partially_refunded', 500],
  ])('gives the seller back %s', async (_, minor, refunded, status, total) => {
    const purchase = await disputed(minor, refunded);
    await purchase.shop.deliver(purchase.reversal);
    await purchase.shop.finish();
    expect(purchase.payment()?.refunded_minor).toBe(Math.min(2000, minor + refunded));

    await purchase.resolve(false);

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: total, open: {} });
    expect(purchase.order()).toMatchObject({ status: 'confirmed', refunded_minor: total });
    expect(purchase.session()?.payment_status).toBe(status);
  });

  it('is not applied when its event comes after the end of the dispute', async () => {
    const purchase = await disputed();
    await purchase.resolve(false);

    await purchase.shop.deliver(purchase.reversal);
    await purchase.shop.finish();

    expect(purchase.payment()).toMatchObject({ status: 'captured', refunded_minor: 0, open: {} });
    expect(purchase.order()?.status).toBe('confirmed');
  });

  it('is known when the dispute tells of the capture for the first time', async () => {
    const purchase = await onePurchase();
    const { shop, orderId, payment } = purchase;
    purchase.approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.openDispute(orderId, 2000);
    const reversal = announced(purchase, 'PAYMENT.CAPTURE.REVERSED');
    shop.paypal.advance(1000);
    shop.paypal.resolveDispute(orderId, false);
    const found = payment();
    if (!found) throw new Error('no payment');

    await shop.evidenceApplier.refreshCapture(found, 'dispute', { sellerLost: false });
    await shop.deliver(reversal);

    expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0 });
  });

  it('is not lost while PayPal does not find the order of an unknown capture', async () => {
    const { shop, orderId, approve, payment } = await onePurchase();
    approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    shop.paypal.hide(orderId);
    const found = payment();
    if (!found) throw new Error('no payment');

    await expect(shop.evidenceApplier.refreshCapture(found, 'dispute', { sellerLost: false })).rejects.toThrow();
  });

  it('leaves a refund that was pending meanwhile to be looked up', async () => {
    const purchase = await disputed();
    const { shop, orderId, payment, reversal } = purchase;
    await shop.deliver(reversal);
    shop.paypal.advance(1000);
    shop.paypal.resolveDispute(orderId, false);
    const end = announced(purchase, 'CUSTOMER.DISPUTE.RESOLVED');
    shop.paypal.refund(orderId, 500, { status: 'PENDING' });
    await shop.deliver(announced(purchase, 'PAYMENT.CAPTURE.REFUNDED'));
    await shop.deliver(end);
    await shop.finish();
    expect(payment()).toMatchObject({ status: 'captured', refunds_pending: 1 });

    shop.paypal.endRefund(orderId, 'COMPLETED', { silent: true });
    await letPass(purchase, 130);

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
  });

  it('is known when the capture was pending as far as the shop knew', async () => {
    const purchase = await onePurchase();
    const { shop, orderId, payment } = purchase;
    purchase.approve('pending');
    await purchase.drain();
    shop.paypal.endPending(orderId, 'COMPLETED');
    shop.paypal.openDispute(orderId, 500);
    shop.paypal.advance(1000);
    shop.paypal.resolveDispute(orderId, false);

    for (const { event } of shop.paypal.events.toReversed()) await shop.deliver(event);

    expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0 });
  });

  it('puts a wrong amount under review again', async () => {
    const purchase = await onePurchase();
    const { shop, orderId, paymentId, payment } = purchase;
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await purchase.drain();
    shop.paypal.openDispute(orderId, 1900);
    await purchase.drain();
    expect(payment()?.status).toBe('reversed');
    shop.paypal.advance(1000);
    shop.paypal.resolveDispute(orderId, false);

    const reversed = payment();
    if (reversed) await shop.evidenceApplier.refreshCapture(reversed, 'dispute', { sellerLost: false });
    expect(payment()).toMatchObject({ status: 'review', refunded_minor: 0 });

    await shop.accept(paymentId);
    await shop.finish();
    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(purchase.order()?.status).toBe('confirmed');
  });

  it('refunds the buyer when the stock is sold, and the session shows it', async () => {
    const purchase = await disputed();
    await purchase.shop.deliver(purchase.reversal);
    await purchase.shop.finish();
    const mugs = purchase.stock();
    if (mugs) purchase.shop.stock.products.set('MUG', { ...mugs, available: 0, stocked: 0 });

    await purchase.resolve(false);

    expect(purchase.payment()).toMatchObject({ status: 'refunded', open: {} });
    expect(purchase.session()?.payment_status).toBe('refunded');
  });

  it.each([
    ['lost', true, 0, undefined, 'refunded', 2000, false],
    ['lost in part', true, 0, 500, 'partially_refunded', 500, true],
    ['lost after a reversal', true, 2000, undefined, 'reversed', 2000, false],
    ['won', false, 0, undefined, 'captured', 0, true],
    ['won after a reversal', false, 2000, undefined, 'captured', 0, true],
    ['won after a reversal in part', false, 500, undefined, 'captured', 0, true],
  ])('is known from the events of a dispute that is %s', async (_, lost, reversed, minor, status, total, ships) => {
    const purchase = await paid();
    const { shop, orderId, drain } = purchase;
    shop.paypal.advance(1000);
    shop.paypal.openDispute(orderId, reversed);
    await drain();
    shop.paypal.advance(1000);
    shop.paypal.resolveDispute(orderId, lost, minor);

    await drain();

    expect(purchase.payment()).toMatchObject({ status, refunded_minor: total, open: {} });
    expect(await shop.ship(purchase.paymentId)).toBe(ships);
  });

  it.each([
    ['RESOLVED_BUYER_FAVOUR', 'reversed', 'refunded'],
    ['ACCEPTED', 'reversed', 'refunded'],
    ['RESOLVED_SELLER_FAVOUR', 'captured', 'confirmed'],
  ])('is decided by the outcome when PayPal shows the whole capture: %s', async (outcome_code, status, ordered) => {
    const purchase = await disputed();
    await purchase.shop.deliver(purchase.reversal);
    purchase.shop.paypal.advance(1000);

    await deliver(purchase, 'CUSTOMER.DISPUTE.RESOLVED', {
      dispute_id: 'PP-D-1',
      status: 'RESOLVED',
      disputed_transactions: [{ seller_transaction_id: purchase.payment()?.capture_id }],
      dispute_outcome: { outcome_code },
    });
    await purchase.shop.finish();

    expect(purchase.payment()).toMatchObject({ status, open: {} });
    expect(purchase.order()?.status).toBe(ordered);
  });

  it('records a lost dispute of which no other event tells', async () => {
    const purchase = await paid();
    const { shop, orderId, payment } = purchase;
    shop.paypal.openDispute(orderId, 0);
    shop.paypal.resolveDispute(orderId, true);
    const found = payment();
    if (found) await shop.evidenceApplier.refreshCapture(found, 'dispute', { sellerLost: true });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
    expect(await shop.ship(purchase.paymentId)).toBe(false);
  });
});
