import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { type BeginPaymentDeps, beginPayment } from '../../../src/payments/begin-payment.ts';
import { paymentIdOf } from '../../../src/shared/ids.ts';
import { REQUESTED, SESSION } from '../../support/builders/payments.ts';
import { crashesWithin, crashingProcess, survives } from '../../support/in-memory/crashing-process.ts';
import { payPalInMemory } from '../../support/in-memory/paypal.ts';
import { paymentsInMemory, sessionsInMemory } from '../../support/in-memory/tables.ts';

const session: Session = {
  checkout_session_id: SESSION,
  status: 'open',
  items: [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: REQUESTED }],
  amount: REQUESTED,
  expires_at: '2026-06-01T12:30:00.000Z',
  payment_id: null,
  payment_status: null,
  created_at: '2026-06-01T12:00:00.000Z',
};

/** The dependencies of `beginPayment` over one session, and PayPal. */
function checkoutWith(more: Partial<Session> = {}) {
  const process = crashingProcess();
  const sessions = sessionsInMemory(process.gate);
  const payments = paymentsInMemory(process.gate);
  const paypal = payPalInMemory(process.gate, new Date(0));
  sessions.rows.set(SESSION, { ...session, ...more });
  const clock = { now: new Date('2026-06-01T12:10:00Z') };
  const deps: BeginPaymentDeps = {
    sessions: sessions.repository,
    payments: payments.repository,
    createOrder: paypal.client.createOrder,
    storefrontOrigin: 'https://shop.example',
    now: () => clock.now,
    dueAfterSeconds: 120,
  };
  return { deps, process, sessions, payments, paypal, clock, begin: () => beginPayment(deps, SESSION) };
}

describe('beginPayment', () => {
  it('creates the payment with its PayPal order and approval URL', async () => {
    const { begin, payments, sessions } = checkoutWith();

    const begun = await begin();

    expect(begun).toMatchObject({ outcome: 'begun', payment: { status: 'created', amount: REQUESTED } });
    expect(payments.rows.get(paymentIdOf(SESSION))).toMatchObject({
      paypal_order_id: 'ORDER1',
      approve_url: expect.stringContaining('ORDER1'),
    });
    expect(sessions.rows.get(SESSION)).toMatchObject({
      status: 'payment_pending',
      payment_id: paymentIdOf(SESSION),
      payment_status: 'created',
    });
  });

  it('lets the buyer pay for another 30 minutes, counted once', async () => {
    const { begin, sessions, clock } = checkoutWith();

    await begin();
    clock.now = new Date('2026-06-01T12:20:00Z');
    await begin();

    expect(sessions.rows.get(SESSION)?.expires_at).toBe('2026-06-01T12:40:00.000Z');
  });

  it('schedules reconciliation after two minutes', async () => {
    const { begin, payments, clock } = checkoutWith();

    await begin();

    expect(payments.due.get(paymentIdOf(SESSION))).toEqual(new Date(clock.now.getTime() + 120_000));
  });

  it('sends items, amount and return URLs to PayPal', async () => {
    const { deps, begin } = checkoutWith();
    const requests: unknown[] = [];
    const createOrder: BeginPaymentDeps['createOrder'] = (order, requestId) => {
      requests.push([order, requestId]);
      return deps.createOrder(order, requestId);
    };

    await beginPayment({ ...deps, createOrder }, SESSION);
    await begin();

    expect(requests).toEqual([
      [
        {
          payment_id: paymentIdOf(SESSION),
          items: session.items,
          amount: REQUESTED,
          return_url: `https://shop.example/checkout/success?checkout_session_id=${SESSION}`,
          cancel_url: `https://shop.example/checkout/failure?checkout_session_id=${SESSION}`,
        },
        `order-${paymentIdOf(SESSION)}`,
      ],
    ]);
  });

  it('returns the same payment without calling PayPal when called again', async () => {
    const { begin, process, paypal } = checkoutWith();
    const first = await begin();
    process.calls.length = 0;

    const second = await begin();

    expect(second).toEqual({ ...first, outcome: 'already_begun' });
    expect(process.calls).not.toContain('paypal.createOrder');
    expect(paypal.orders.size).toBe(1);
  });

  it('creates one PayPal order when called twice concurrently', async () => {
    const { begin, paypal } = checkoutWith();

    const both = await Promise.all([begin(), begin()]);

    expect(both.map((begun) => 'payment' in begun && begun.payment.paypal_order_id)).toEqual(['ORDER1', 'ORDER1']);
    expect(paypal.orders.size).toBe(1);
  });

  it('keeps the first PayPal order when PayPal creates a second one', async () => {
    const { deps, paypal } = checkoutWith();
    let repeats = 0;
    const createOrder: BeginPaymentDeps['createOrder'] = (order, id) => deps.createOrder(order, `${id} ${++repeats}`);

    const both = await Promise.all([1, 2].map(() => beginPayment({ ...deps, createOrder }, SESSION)));

    expect(both.map((begun) => 'payment' in begun && begun.payment.paypal_order_id)).toEqual(['ORDER1', 'ORDER1']);
    expect(paypal.orders.size).toBe(2);
  });

  describe('retry', () => {
    it.each(crashesWithin(5))('succeeds with one PayPal order after a crash at call $at, $when it', async (crash) => {
      const { begin, process, paypal, payments } = checkoutWith();
      process.crashOn(crash);
      const survived = await survives(begin);
      process.crashOn(undefined);

      const begun = await begin();

      expect(survived).toBe(false);
      expect(begun).toMatchObject({ payment: { paypal_order_id: 'ORDER1', status: 'created' } });
      expect([paypal.orders.size, payments.rows.size]).toEqual([1, 1]);
    });
  });

  describe('session', () => {
    it('is unknown when it does not exist', async () => {
      const { deps } = checkoutWith();

      expect(await beginPayment(deps, 'cs_01BX5ZZKBKACTAV9WEVGEMMVRZ')).toEqual({ outcome: 'unknown_session' });
    });

    it('is over when its reservation has expired', async () => {
      const { begin, clock, payments } = checkoutWith();
      clock.now = new Date(session.expires_at);

      expect(await begin()).toMatchObject({ outcome: 'session_over' });
      expect(payments.rows.size).toBe(0);
    });

    it.each(['payment_completed', 'payment_failed', 'expired'] as const)('is over when it is %s', async (status) => {
      const { begin, payments } = checkoutWith({ status });

      expect(await begin()).toMatchObject({ outcome: 'session_over', session: { status } });
      expect(payments.rows.size).toBe(0);
    });

    it('is over when it expires concurrently', async () => {
      const { deps, sessions, payments } = checkoutWith();
      const beginning: BeginPaymentDeps['sessions'] = {
        get: deps.sessions.get,
        beginPayment: (id, expiresAt) => {
          sessions.rows.set(SESSION, { ...session, status: 'expired' });
          return deps.sessions.beginPayment(id, expiresAt);
        },
      };

      const begun = await beginPayment({ ...deps, sessions: beginning }, SESSION);

      expect(begun).toMatchObject({ outcome: 'session_over', session: { status: 'expired' } });
      expect(payments.rows.size).toBe(0);
    });
  });

  it('returns the begun payment after the session’s expiry time', async () => {
    const { begin, clock } = checkoutWith();
    await begin();
    clock.now = new Date('2026-06-01T14:00:00Z');

    expect(await begin()).toMatchObject({ outcome: 'already_begun' });
  });
});
