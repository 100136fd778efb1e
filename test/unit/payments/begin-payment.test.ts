import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { type BeginPaymentDeps, beginPayment } from '../../../src/payments/begin-payment.ts';
import { paymentIdOf } from '../../../src/shared/ids.ts';
import { ASKED, SESSION } from '../../support/builders/payments.ts';
import { crashesWithin, crashingProcess, survives } from '../../support/in-memory/crashing-process.ts';
import { payPalInMemory } from '../../support/in-memory/paypal.ts';
import { paymentsInMemory, sessionsInMemory } from '../../support/in-memory/tables.ts';

const session: Session = {
  checkout_session_id: SESSION,
  status: 'open',
  items: [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: ASKED }],
  amount: ASKED,
  expires_at: '2026-06-01T12:30:00.000Z',
  payment_id: null,
  payment_status: null,
  created_at: '2026-06-01T12:00:00.000Z',
};

/** A till with one session, and PayPal. */
function till(more: Partial<Session> = {}) {
  const process = crashingProcess();
  const sessions = sessionsInMemory(process.gate);
  const payments = paymentsInMemory(process.gate);
  const paypal = payPalInMemory(process.gate);
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

it('a payment that has begun knows its PayPal order, and where the buyer approves it', async () => {
  const { begin, payments, sessions } = till();

  const begun = await begin();

  expect(begun).toMatchObject({ outcome: 'begun', payment: { status: 'created', amount: ASKED } });
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

it('a payment is looked after two minutes later, should nothing more be heard of it', async () => {
  const { begin, payments, clock } = till();

  await begin();

  expect(payments.due.get(paymentIdOf(SESSION))).toEqual(new Date(clock.now.getTime() + 120_000));
});

it('PayPal is told what is bought, and where to send the buyer back to', async () => {
  const { deps, begin } = till();
  const asked: unknown[] = [];
  const createOrder: BeginPaymentDeps['createOrder'] = (order, requestId) => {
    asked.push([order, requestId]);
    return deps.createOrder(order, requestId);
  };

  await beginPayment({ ...deps, createOrder }, SESSION);
  await begin();

  expect(asked).toEqual([
    [
      {
        payment_id: paymentIdOf(SESSION),
        items: session.items,
        amount: ASKED,
        return_url: `https://shop.example/checkout/success?checkout_session_id=${SESSION}`,
        cancel_url: `https://shop.example/checkout/failure?checkout_session_id=${SESSION}`,
      },
      `order-${paymentIdOf(SESSION)}`,
    ],
  ]);
});

it('a second wish to pay is answered with the same payment, and PayPal is not asked again', async () => {
  const { begin, process, paypal } = till();
  const first = await begin();
  process.calls.length = 0;

  const second = await begin();

  expect(second).toEqual({ ...first, outcome: 'begun_before' });
  expect(process.calls).not.toContain('paypal.createOrder');
  expect(paypal.orders.size).toBe(1);
});

it('two wishes at the same time make one PayPal order', async () => {
  const { begin, paypal } = till();

  const both = await Promise.all([begin(), begin()]);

  expect(both.map((begun) => 'payment' in begun && begun.payment.paypal_order_id)).toEqual(['ORDER1', 'ORDER1']);
  expect(paypal.orders.size).toBe(1);
});

it('a payment keeps its first PayPal order, should PayPal have forgotten the request and make another', async () => {
  const { deps, paypal } = till();
  let repeats = 0;
  const createOrder: BeginPaymentDeps['createOrder'] = (order, id) => deps.createOrder(order, `${id} ${++repeats}`);

  const both = await Promise.all([1, 2].map(() => beginPayment({ ...deps, createOrder }, SESSION)));

  expect(both.map((begun) => 'payment' in begun && begun.payment.paypal_order_id)).toEqual(['ORDER1', 'ORDER1']);
  expect(paypal.orders.size).toBe(2);
});

describe('wherever a process dies, the wish can be repeated', () => {
  it.each(crashesWithin(5))('at call $at, $when it', async (death) => {
    const { begin, process, paypal, payments } = till();
    process.doom(death);
    const survived = await survives(begin);
    process.doom(undefined);

    const begun = await begin();

    expect(survived).toBe(false);
    expect(begun).toMatchObject({ payment: { paypal_order_id: 'ORDER1', status: 'created' } });
    expect([paypal.orders.size, payments.rows.size]).toEqual([1, 1]);
  });
});

describe('nothing is begun', () => {
  it('for a session that does not exist', async () => {
    const { deps } = till();

    expect(await beginPayment(deps, 'cs_01BX5ZZKBKACTAV9WEVGEMMVRZ')).toEqual({ outcome: 'unknown_session' });
  });

  it('for a session whose stock is held no longer', async () => {
    const { begin, clock, payments } = till();
    clock.now = new Date(session.expires_at);

    expect(await begin()).toMatchObject({ outcome: 'session_over' });
    expect(payments.rows.size).toBe(0);
  });

  it.each(['payment_completed', 'payment_failed', 'expired'] as const)('for a session that is %s', async (status) => {
    const { begin, payments } = till({ status });

    expect(await begin()).toMatchObject({ outcome: 'session_over', session: { status } });
    expect(payments.rows.size).toBe(0);
  });

  it('for a session that ends this very moment', async () => {
    const { deps, sessions, payments } = till();
    const beginning: BeginPaymentDeps['sessions'] = {
      get: deps.sessions.get,
      beginPayment: (id) => {
        sessions.rows.set(SESSION, { ...session, status: 'expired' });
        return deps.sessions.beginPayment(id);
      },
    };

    const begun = await beginPayment({ ...deps, sessions: beginning }, SESSION);

    expect(begun).toMatchObject({ outcome: 'session_over', session: { status: 'expired' } });
    expect(payments.rows.size).toBe(0);
  });
});

it('a buyer who has begun may come back to it when the session would be over', async () => {
  const { begin, clock } = till();
  await begin();
  clock.now = new Date('2026-06-01T14:00:00Z');

  expect(await begin()).toMatchObject({ outcome: 'begun_before' });
});
