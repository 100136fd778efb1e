import { describe, expect, it } from 'vitest';
import { documentClient } from '../../src/shared/dynamo.ts';
import { orderIdOf, paymentIdOf } from '../../src/shared/ids.ts';
import {
  captured,
  eventOf,
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
import { injectWriteFaults, WRITE_FAULTS } from '../support/in-process/write-faults.ts';

/** Every write of the repositories, with the data that it needs. */
const WRITES: Record<
  string,
  {
    arrange?: (repos: Repos, subject: Subject) => Promise<unknown>;
    write: (repos: Repos, subject: Subject) => Promise<unknown>;
  }
> = {
  'reserving stock': { write: ({ stock }, subject) => stock.reserve(reservationFor(subject)) },
  'committing a reservation': {
    arrange: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    write: (repos, subject) => moveReservation(repos, subject, 'committed', ['reserved', 'sold']),
  },
  'releasing a reservation': {
    arrange: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    write: (repos, subject) => moveReservation(repos, subject, 'released', ['reserved', 'available']),
  },
  'creating a session': { write: ({ sessions }, subject) => sessions.create(sessionFor(subject)) },
  'beginning a payment in its session': {
    arrange: ({ sessions }, subject) => sessions.create(sessionFor(subject)),
    write: ({ sessions }, { session }) => sessions.beginPayment(session, NOW),
  },
  'completing a session': {
    arrange: ({ sessions }, subject) =>
      sessions.create({ ...sessionFor(subject), status: 'payment_pending', payment_status: 'created' }),
    write: ({ sessions }, { session }) =>
      sessions.change(session, {
        set: { status: 'payment_completed', payment_status: 'captured' },
        ifPaymentStatusIn: ['created'],
      }),
  },
  'creating a payment': { write: ({ payments }, subject) => payments.create(paymentFor(subject), NOW) },
  'attaching a PayPal order': {
    arrange: ({ payments }, subject) => payments.create(paymentFor(subject), NOW),
    write: ({ payments }, { session }) =>
      payments.attachOrder(paymentIdOf(session), `ORDER${session.slice(-10)}`, 'https://paypal.example', NOW),
  },
  'moving a payment': {
    arrange: ({ payments }, subject) => payments.create(paymentFor(subject), NOW),
    write: ({ payments }, subject) => payments.move(paymentIdOf(subject.session), captured(subject), NOW, NOW),
  },
  'closing a settlement': {
    arrange: async ({ payments }, subject) => {
      await payments.create(paymentFor(subject), NOW);
      await payments.move(paymentIdOf(subject.session), captured(subject), NOW, NOW);
    },
    write: ({ payments }, { session }) => payments.closeSettlement(paymentIdOf(session), 'captured', NOW),
  },
  'creating an order': { write: ({ orders }, subject) => orders.create(orderFor(subject)) },
  'refunding an order': {
    arrange: ({ orders }, subject) => orders.create(orderFor(subject)),
    write: ({ orders }, { session }) => orders.refund(orderIdOf(paymentIdOf(session)), 500, false),
  },
  'storing a buyer': {
    write: ({ orders }, { session }) =>
      orders.rememberBuyer(orderIdOf(paymentIdOf(session)), { name: 'Ada' }, { of: 'capture', time: '' }, NOW),
  },
  'keeping a buyer': {
    arrange: ({ orders }, { session }) =>
      orders.rememberBuyer(orderIdOf(paymentIdOf(session)), { name: 'Ada' }, { of: 'capture', time: '' }, NOW),
    write: ({ orders }, { session }) => orders.keepBuyer(orderIdOf(paymentIdOf(session)), 'any'),
  },
  'storing an event': {
    write: ({ events }, subject) =>
      events.receive({ id: eventOf(subject), eventType: 'X', transmissionId: 't1', body: '{}', now: NOW }),
  },
  'finishing an event': {
    arrange: ({ events }, subject) =>
      events.receive({ id: eventOf(subject), eventType: 'X', transmissionId: 't1', body: '{}', now: NOW }),
    write: ({ events }, subject) =>
      events.finish(
        eventOf(subject),
        { status: 'accepted', payment_id: paymentIdOf(subject.session), moved: true },
        NOW,
      ),
  },
  'recording the replay of an event': {
    arrange: ({ events }, subject) =>
      events.receive({ id: eventOf(subject), eventType: 'X', transmissionId: 't1', body: '{}', now: NOW }),
    write: ({ events }, subject) =>
      events.finishReplay(eventOf(subject), { status: 'parked', reason: 'unknown_payment' }, NOW),
  },
};

describe.concurrent.each(Object.entries(WRITES))('%s', (_, { arrange, write }) => {
  it.each(Object.entries(WRITE_FAULTS))('is applied once when the write %s', async (_, fault) => {
    const now = () => NOW;
    const reliable = reposOf(documentClient(), now);
    const [control, subject] = [await newSubject(), await newSubject()];
    await arrange?.(reliable, control);
    await arrange?.(reliable, subject);
    const db = documentClient();
    const faultsInjected = injectWriteFaults(db, fault);

    await write(reliable, control);
    await write(reposOf(db, now), subject);

    expect(faultsInjected()).toBe(fault.times);
    expect(await stateOf(subject)).toEqual(await stateOf(control));
  });
});
