import { expect, it } from 'vitest';
import { documentClient } from '../../src/shared/dynamo.ts';
import { orderIdOf, paymentIdOf } from '../../src/shared/ids.ts';
import {
  captured,
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
 * Two want to write, each by what it has read, and one of them comes first. Each condition of a write is put to the test by itself here:
 * a purchase as it runs would seldom meet it, and its second writer finds the work done before it gets there.
 */

const LATER = new Date(NOW.getTime() + 60_000);
const idsOf = ({ session }: Subject) => ({ payment: paymentIdOf(session), order: orderIdOf(paymentIdOf(session)) });
const payPalOrderOf = ({ session }: Subject, number: number) => `ORDER${number}${session.slice(-8)}`;
const dispute = (status: string, at: Date) => ({ status, updated_at: at.toISOString() }) as const;

/** Who wrote first, who comes second, and what the second one is told. */
const RACES: Record<
  string,
  {
    first: (repos: Repos, subject: Subject) => Promise<unknown>;
    second: (repos: Repos, subject: Subject) => Promise<unknown>;
    told: unknown;
  }
> = {
  'stock is held twice for one session': {
    first: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    second: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    told: { done: false, status: 'held' },
  },
  'stock is held that somebody else took': {
    first: async ({ stock }, { sku }) =>
      stock.reserve({ ...reservationFor(await newSubject()), items: [{ sku, quantity: 9 }] }),
    second: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    told: { done: false, short: [{ sku: expect.any(String), available: 1 }] },
  },
  'stock is sold that was released, while the counters would allow it': {
    async first({ stock }, subject) {
      await stock.reserve({ ...reservationFor(await newSubject()), items: reservationFor(subject).items });
      await stock.reserve(reservationFor(subject));
      await stock.move(reservationFor(subject), 'released', ['reserved', 'available']);
    },
    second: ({ stock }, subject) => stock.move(reservationFor(subject), 'committed', ['reserved', 'sold']),
    told: { done: false, status: 'released' },
  },
  'a session is made once more, after its payment has begun': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.beginPayment(subject.session);
    },
    second: ({ sessions }, subject) => sessions.create(sessionFor(subject)),
    told: undefined,
  },
  'a payment is begun in a session that has run out': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.expire(subject.session);
    },
    second: ({ sessions }, { session }) => sessions.beginPayment(session),
    told: { changed: false, session: expect.objectContaining({ status: 'expired' }) },
  },
  'a session runs out whose payment has begun': {
    async first({ sessions }, subject) {
      await sessions.create(sessionFor(subject));
      await sessions.beginPayment(subject.session);
    },
    second: ({ sessions }, { session }) => sessions.expire(session),
    told: { changed: false, session: expect.objectContaining({ status: 'payment_pending' }) },
  },
  'a session is to follow what its payment is no more': {
    first: ({ sessions }, subject) =>
      sessions.create({ ...sessionFor(subject), status: 'payment_completed', payment_status: 'refunded' }),
    second: ({ sessions }, { session }) =>
      sessions.change(session, { set: { payment_status: 'captured' }, ifPaymentStatusIn: ['created'] }),
    told: { changed: false, session: expect.objectContaining({ payment_status: 'refunded' }) },
  },
  'a session is to follow its payment, but was never made': {
    first: async () => undefined,
    second: ({ sessions }, { session }) => sessions.change(session, { set: { status: 'expired' } }),
    told: { changed: false, session: undefined },
  },
  'a payment is made once more, after its money has come': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
    },
    second: ({ payments }, subject) => payments.create(paymentFor(subject), LATER),
    told: expect.objectContaining({ status: 'captured' }),
  },
  'a second PayPal order is attached to a payment': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 1), 'https://paypal.example', NOW);
    },
    second: ({ payments }, subject) =>
      payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 2), 'https://paypal.example', LATER),
    told: { found: expect.objectContaining({ status: 'created' }) },
  },
  'a PayPal order is attached to a payment that was never made': {
    first: async () => undefined,
    second: ({ payments }, subject) =>
      payments.attachOrder(idsOf(subject).payment, payPalOrderOf(subject, 1), 'https://paypal.example', NOW),
    told: { found: undefined },
  },
  'a payment is captured twice': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
    },
    second: ({ payments }, subject) => payments.move(idsOf(subject).payment, captured(subject), LATER, LATER),
    told: { found: expect.objectContaining({ status: 'captured' }) },
  },
  'older news of a dispute comes last': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.flagDispute(idsOf(subject).payment, 'PP-D-1', dispute('RESOLVED', LATER));
    },
    second: ({ payments }, subject) => payments.flagDispute(idsOf(subject).payment, 'PP-D-1', dispute('OPEN', NOW)),
    told: { found: expect.objectContaining({ status: 'created' }) },
  },
  'a settlement succeeds that was closed before': {
    async first({ payments }, subject) {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(idsOf(subject).payment, captured(subject), NOW, NOW);
      await payments.closeSettlement(idsOf(subject).payment, 'captured', NOW);
    },
    second: ({ payments }, subject) => payments.closeSettlement(idsOf(subject).payment, 'captured', LATER),
    told: { found: expect.objectContaining({ status: 'captured' }) },
  },
  'an order is made whose money went back': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1999, true);
    },
    second: ({ orders }, subject) => orders.create(orderFor(subject)),
    told: { created: false, order: expect.objectContaining({ status: 'refunded' }) },
  },
  'news of a smaller refund comes last': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1000, false);
    },
    second: ({ orders }, subject) => orders.refund(idsOf(subject).order, 500, false),
    told: { changed: false, order: expect.objectContaining({ refunded_minor: 1000 }) },
  },
  'an order is refunded that was never made': {
    first: async () => undefined,
    second: ({ orders }, subject) => orders.refund(idsOf(subject).order, 500, false),
    told: { changed: false, order: undefined },
  },
  'an order is sent whose money went back': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.refund(idsOf(subject).order, 1999, true);
    },
    second: ({ orders }, subject) => orders.ship(idsOf(subject).order, LATER),
    told: { changed: false, order: expect.objectContaining({ status: 'refunded' }) },
  },
  'an order is sent twice': {
    async first({ orders }, subject) {
      await orders.create(orderFor(subject));
      await orders.ship(idsOf(subject).order, NOW);
    },
    second: ({ orders }, subject) => orders.ship(idsOf(subject).order, LATER),
    told: { changed: false, order: expect.objectContaining({ shipped_at: NOW.toISOString() }) },
  },
  'a buyer is told of who was erased': {
    first: ({ orders }, subject) => orders.eraseBuyer(idsOf(subject).order, NOW),
    second: ({ orders }, subject) => orders.rememberBuyer(idsOf(subject).order, { name: 'Ada' }, LATER),
    told: false,
  },
  'a buyer is kept of whom nobody was told': {
    first: async () => undefined,
    second: ({ orders }, subject) => orders.keepBuyer(idsOf(subject).order),
    told: false,
  },
};

it.concurrent.each(Object.entries(RACES))('%s: that changes nothing', async (_, { first, second, told }) => {
  const repos = reposOf(documentClient());
  const subject = await newSubject();
  await first(repos, subject);
  const before = await stateOf(subject);

  expect(await second(repos, subject)).toEqual(told);

  expect(await stateOf(subject)).toEqual(before);
});
