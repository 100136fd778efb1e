import { expect, it } from 'vitest';
import { documentClient } from '../../src/shared/dynamo.ts';
import { orderIdOf, paymentIdOf } from '../../src/shared/ids.ts';
import {
  captured,
  moveReservation,
  NOW,
  newSubject,
  orderFor,
  paymentFor,
  type Repos,
  reposOf,
  reservationFor,
  type Subject,
  sessionFor,
  stateOf,
} from '../support/builders/stored-purchase.ts';

/*
 * Two writers act on the same read, and one commits first. Each write condition is tested in isolation: a running
 * purchase rarely reaches it, because its second writer usually finds the work done before it writes.
 */

const LATER = new Date(NOW.getTime() + 60_000);
const idsOf = ({ session }: Subject) => ({ payment: paymentIdOf(session), order: orderIdOf(paymentIdOf(session)) });
const payPalOrderOf = ({ session }: Subject, number: number) => `ORDER${number}${session.slice(-10)}`;
const dispute = (status: string, at: Date) => ({ status, updated_at: at.toISOString() }) as const;

/** The first write, the second write, and the result of the second. */
const RACES: Record<
  string,
  {
    first: (repos: Repos, subject: Subject) => Promise<unknown>;
    second: (repos: Repos, subject: Subject) => Promise<unknown>;
    result: unknown;
  }
> = {
  'reserving stock twice for one session': {
    first: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    second: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    result: { done: false, current: expect.objectContaining({ status: 'held' }) },
  },
  'committing a released reservation that the counters would allow': {
    async first(repos, subject) {
      const { stock } = repos;
      await stock.reserve({ ...reservationFor(await newSubject()), items: reservationFor(subject).items });
      await stock.reserve(reservationFor(subject));
      await moveReservation(repos, subject, 'released', ['reserved', 'available']);
    },
    second: ({ stock }, subject) => stock.move(reservationFor(subject), 'committed', ['reserved', 'sold']),
    result: { done: false, current: expect.objectContaining({ status: 'released' }) },
  },
  'returning stock that was reinstated since': {
    async first(repos, subject) {
      await repos.stock.reserve(reservationFor(subject));
      await moveReservation(repos, subject, 'committed', ['reserved', 'sold']);
      await moveReservation(repos, subject, 'committed', undefined, 1);
    },
    second: ({ stock }, subject) =>
      stock.move({ ...reservationFor(subject), status: 'committed' }, 'returned', ['sold', 'available']),
    result: { done: false, current: expect.objectContaining({ status: 'committed', reinstated: 1 }) },
  },
  'creating a session again after its payment began': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.beginPayment(subject.session, LATER);
    },
    second: ({ sessions }, subject) => sessions.create(sessionFor(subject)),
    result: undefined,
  },
  'beginning a payment in an expired session': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.expire(subject.session);
    },
    second: ({ sessions }, { session }) => sessions.beginPayment(session, LATER),
    result: { changed: false, session: expect.objectContaining({ status: 'expired' }) },
  },
  'expiring a session whose payment began': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.beginPayment(subject.session, LATER);
    },
    second: ({ sessions }, { session }) => sessions.expire(session),
    result: { changed: false, session: expect.objectContaining({ status: 'payment_pending' }) },
  },
  'setting an outdated payment status on a session': {
    first: ({ sessions }, subject) =>
      sessions.create({ ...sessionFor(subject), status: 'payment_completed', payment_status: 'refunded' }),
    second: ({ sessions }, { session }) =>
      sessions.change(session, { set: { payment_status: 'captured' }, ifPaymentStatusIn: ['created'] }),
    result: { changed: false, session: expect.objectContaining({ payment_status: 'refunded' }) },
  },
  'setting a payment status from before a cancelled reversal': {
    async first({ sessions }, subject) {
      await sessions.create({ ...sessionFor(subject), status: 'payment_completed', payment_status: 'reversed' });
      await sessions.change(subject.session, {
        set: { payment_status: 'captured' },
        ifPaymentStatusIn: ['created'],
        reinstated: 1,
      });
    },
    second: ({ sessions }, { session }) =>
      sessions.change(session, { set: { payment_status: 'partially_refunded' }, ifPaymentStatusIn: ['captured'] }),
    result: { changed: false, session: expect.objectContaining({ payment_status: 'captured', reinstated: 1 }) },
  },
  'setting an outdated payment status after a cancelled reversal': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.change(subject.session, {
        set: { payment_status: 'refunded' },
        ifPaymentStatusIn: ['created'],
        reinstated: 1,
      });
    },
    second: ({ sessions }, { session }) =>
      sessions.change(session, { set: { payment_status: 'captured' }, ifPaymentStatusIn: ['created'], reinstated: 1 }),
    result: { changed: false, session: expect.objectContaining({ payment_status: 'refunded' }) },
  },
  'changing a session that does not exist': {
    first: async () => undefined,
    second: ({ sessions }, { session }) => sessions.change(session, { set: { status: 'expired' } }),
    result: { changed: false, session: undefined },
  },
  'creating a payment again after its capture': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
    },
    second: ({ payments }, subject) => payments.create(paymentFor(subject), LATER),
    result: expect.objectContaining({ status: 'captured' }),
  },
  'attaching a second PayPal order to a payment': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 1), 'https://paypal.example', NOW);
    },
    second: ({ payments }, subject) =>
      payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 2), 'https://paypal.example', LATER),
    result: { found: expect.objectContaining({ status: 'created' }) },
  },
  'attaching a PayPal order to a payment that does not exist': {
    first: async () => undefined,
    second: ({ payments }, subject) =>
      payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 1), 'https://paypal.example', NOW),
    result: { found: undefined },
  },
  'capturing a payment twice': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
    },
    second: ({ payments }, subject) => payments.move(idsOf(subject).payment, captured(subject), LATER, LATER),
    result: { found: expect.objectContaining({ status: 'captured' }) },
  },
  'flagging an older state of a dispute': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.flagDispute(idsOf(subject).payment, 'PP-D-1', dispute('RESOLVED', LATER));
    },
    second: ({ payments }, subject) => payments.flagDispute(idsOf(subject).payment, 'PP-D-1', dispute('OPEN', NOW)),
    result: { found: expect.objectContaining({ status: 'created' }) },
  },
  'closing a settlement twice': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
      await payments.closeSettlement(idsOf(subject).payment, 'captured', NOW);
    },
    second: ({ payments }, subject) => payments.closeSettlement(idsOf(subject).payment, 'captured', LATER),
    result: { found: expect.objectContaining({ status: 'captured' }) },
  },
  'creating an order again after its refund': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1999, true);
    },
    second: ({ orders }, subject) => orders.create(orderFor(subject)),
    result: { created: false, order: expect.objectContaining({ status: 'refunded' }) },
  },
  'recording a smaller refund total': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1000, false);
    },
    second: ({ orders }, subject) => orders.refund(idsOf(subject).order, 500, false),
    result: { changed: false, order: expect.objectContaining({ refunded_minor: 1000 }) },
  },
  'refunding an order that does not exist': {
    first: async () => undefined,
    second: ({ orders }, subject) => orders.refund(idsOf(subject).order, 500, false),
    result: { changed: false, order: undefined },
  },
  'shipping a refunded order': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1999, true);
    },
    second: ({ orders }, subject) => orders.ship(idsOf(subject).order, LATER),
    result: { changed: false, order: expect.objectContaining({ status: 'refunded' }) },
  },
  'shipping an order twice': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.ship(idsOf(subject).order, NOW);
    },
    second: ({ orders }, subject) => orders.ship(idsOf(subject).order, LATER),
    result: { changed: false, order: expect.objectContaining({ shipped_at: NOW.toISOString() }) },
  },
  'storing a buyer after erasure': {
    first: ({ orders }, subject) => orders.eraseBuyer(idsOf(subject).order, NOW),
    second: ({ orders }, subject) =>
      orders.rememberBuyer(idsOf(subject).order, { name: 'Ada' }, { of: 'capture', time: '' }, LATER),
    result: false,
  },
  'keeping a buyer that was never stored': {
    first: async () => undefined,
    second: ({ orders }, subject) => orders.keepBuyer(idsOf(subject).order, 'any'),
    result: false,
  },
};

it.concurrent.each(Object.entries(RACES))('changes nothing when %s', async (_, { first, second, result }) => {
  const repos = reposOf(documentClient());
  const subject = await newSubject();
  await first(repos, subject);
  const before = await stateOf(subject);

  expect(await second(repos, subject)).toEqual(result);

  expect(await stateOf(subject)).toEqual(before);
});

it('moves no items when reserving stock that another session took', async () => {
  const repos = reposOf(documentClient());
  const subject = await newSubject();
  const { sku } = subject;
  await repos.stock.reserve({ ...reservationFor(await newSubject()), items: [{ sku, quantity: 9 }] });

  const result = await repos.stock.reserve(reservationFor(subject));

  expect(result).toEqual({ done: false, short: [{ sku, available: 1, deleted: false }] });
  const reservation = await repos.stock.reservation(subject.session);
  expect(reservation).toEqual({ ...reservationFor(subject), status: 'released', last_move: expect.any(String) });
  expect((await stateOf(subject)).stock).toEqual({ available: 1, reserved: 9, sold: 0 });
});
