import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import type { Session } from '../../lambdas/checkout/session.ts';
import { sessionRepository } from '../../lambdas/checkout/session-repository.ts';
import { orderRepository } from '../../lambdas/fulfillment/order-repository.ts';
import { stockRepository } from '../../lambdas/inventory/stock-repository.ts';
import { usualMove } from '../../lambdas/payments/decide.ts';
import { newPayment } from '../../lambdas/payments/payment.ts';
import { paymentRepository } from '../../lambdas/payments/payment-repository.ts';
import { eventRepository } from '../../lambdas/paypal-webhook/event-repository.ts';
import { documentClient } from '../../lambdas/shared/dynamo.ts';
import { orderIdOf, paymentIdOf, type SessionId, sessionId } from '../../lambdas/shared/ids.ts';
import { everythingIn, stockedProduct } from '../support/aws.ts';
import { stockOf } from '../support/books.ts';
import { functionEnvironment } from '../support/function-environment.ts';
import { makeTrouble, TROUBLES } from '../support/trouble.ts';

const { tables } = inject('aws');
const NOW = new Date('2026-01-01T00:00:00.000Z');
const MONEY = { currency: 'EUR', minor: 1999 };
functionEnvironment();

const reposOf = (db: DynamoDBDocumentClient, waits: number[] = []) => ({
  stock: stockRepository(db, tables, {
    random: () => 0.5,
    sleep: async (milliseconds) => void waits.push(milliseconds),
  }),
  sessions: sessionRepository(db, tables['checkout-sessions']),
  payments: paymentRepository(db, tables.payments),
  orders: orderRepository(db, tables.orders),
  events: eventRepository(db, tables['webhook-events']),
});
type Repos = ReturnType<typeof reposOf>;

/** What a write is tried on; every one of its own. */
interface Subject {
  readonly session: SessionId;
  readonly sku: string;
}

const sessionFor = ({ session, sku }: Subject): Session => ({
  checkout_session_id: session,
  status: 'open',
  items: [{ sku, name: 'Pen', quantity: 2, unit_price: MONEY }],
  amount: MONEY,
  expires_at: NOW.toISOString(),
  payment_id: null,
  payment_status: null,
  created_at: NOW.toISOString(),
});
const reservationFor = ({ session, sku }: Subject) => ({
  checkout_session_id: session,
  status: 'held' as const,
  items: [{ sku, quantity: 2 }],
  expires_at: NOW.toISOString(),
});
const paymentFor = ({ session }: Subject) =>
  newPayment({ payment_id: paymentIdOf(session), checkout_session_id: session }, MONEY, NOW.toISOString());
const orderFor = ({ session }: Subject) => ({
  order_id: orderIdOf(paymentIdOf(session)),
  payment_id: paymentIdOf(session),
  checkout_session_id: session,
  status: 'confirmed' as const,
  items: [],
  amount: MONEY,
  refunded_minor: 0,
  created_at: NOW.toISOString(),
});
const captured = (subject: Subject) => {
  const move = usualMove(paymentIdOf(subject.session), {
    kind: 'captured',
    captureId: `CAP${subject.session.slice(-10)}`,
    amount: MONEY,
    source: 'test',
  });
  if (!move) throw new Error('a capture has a usual move');
  return move;
};
const eventOf = ({ session }: Subject) => `WH-${session.slice(3)}`;

/** Every write of the shop: what has to be there before, and the write. */
const WRITES: Record<
  string,
  {
    arrange?: (repos: Repos, subject: Subject) => Promise<unknown>;
    write: (repos: Repos, subject: Subject) => Promise<unknown>;
  }
> = {
  'holding stock': { write: ({ stock }, subject) => stock.reserve(reservationFor(subject)) },
  'selling what is held': {
    arrange: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    write: ({ stock }, subject) => stock.move(reservationFor(subject), 'committed', ['reserved', 'sold']),
  },
  'releasing what is held': {
    arrange: ({ stock }, subject) => stock.reserve(reservationFor(subject)),
    write: ({ stock }, subject) => stock.move(reservationFor(subject), 'released', ['reserved', 'available']),
  },
  'opening a session': { write: ({ sessions }, subject) => sessions.create(sessionFor(subject)) },
  'beginning a payment in its session': {
    arrange: ({ sessions }, subject) => sessions.create(sessionFor(subject)),
    write: ({ sessions }, { session }) => sessions.beginPayment(session),
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
  'making a payment': { write: ({ payments }, subject) => payments.create(paymentFor(subject), NOW) },
  'attaching a PayPal order': {
    arrange: ({ payments }, subject) => payments.create(paymentFor(subject), NOW),
    write: ({ payments }, { session }) =>
      payments.attachOrder(paymentIdOf(session), `ORDER${session.slice(-8)}`, 'https://paypal.example', NOW),
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
  'making an order': { write: ({ orders }, subject) => orders.create(orderFor(subject)) },
  'refunding an order': {
    arrange: ({ orders }, subject) => orders.create(orderFor(subject)),
    write: ({ orders }, { session }) => orders.refund(orderIdOf(paymentIdOf(session)), 500, false),
  },
  'remembering a buyer': {
    write: ({ orders }, { session }) => orders.rememberBuyer(orderIdOf(paymentIdOf(session)), { name: 'Ada' }, NOW),
  },
  'keeping a buyer': {
    arrange: ({ orders }, { session }) => orders.rememberBuyer(orderIdOf(paymentIdOf(session)), { name: 'Ada' }, NOW),
    write: ({ orders }, { session }) => orders.keepBuyer(orderIdOf(paymentIdOf(session))),
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
  'noting the replay of an event': {
    arrange: ({ events }, subject) =>
      events.receive({ id: eventOf(subject), eventType: 'X', transmissionId: 't1', body: '{}', now: NOW }),
    write: ({ events }, subject) =>
      events.finishReplay(eventOf(subject), { status: 'parked', reason: 'unknown_payment' }, NOW),
  },
};

const TRANSACTIONS = new Set(['holding stock', 'selling what is held', 'releasing what is held']);

/** Everything that the tables say about a subject, without its own names. */
async function stateOf({ session, sku }: Subject) {
  const all = await Promise.all(
    (Object.keys(tables) as (keyof typeof tables)[]).map(async (table) => [table, await everythingIn(table)] as const),
  );
  const random = session.slice(3);
  const about = all.flatMap(([table, items]) =>
    items.filter((item) => JSON.stringify(item).includes(random)).map((item) => ({ table, item })),
  );
  const text = JSON.stringify(about, (_, value) => (value instanceof Set ? [...value] : value));
  return {
    about: JSON.parse(
      text
        .replaceAll(random, 'ID')
        .replaceAll(random.slice(-10), 'ID')
        .replaceAll(random.slice(-8), 'ID')
        .replaceAll(sku, 'SKU'),
    ),
    stock: await stockOf(sku),
  };
}

const newSubject = async (): Promise<Subject> => ({ session: sessionId(ulid()), sku: await stockedProduct(10) });

describe.concurrent.each(Object.entries(WRITES))('%s', (name, { arrange, write }) => {
  const troubles = Object.entries(TROUBLES).filter(
    ([trouble]) => TRANSACTIONS.has(name) || !trouble.startsWith('meets'),
  );

  it.each(troubles)('is done once when the write %s', async (_, trouble) => {
    const calm = reposOf(documentClient());
    const [undisturbed, disturbed] = [await newSubject(), await newSubject()];
    await arrange?.(calm, undisturbed);
    await arrange?.(calm, disturbed);
    const db = documentClient();
    const troublesMade = makeTrouble(db, trouble);
    const waits: number[] = [];

    await write(calm, undisturbed);
    await write(reposOf(db, waits), disturbed);

    expect(troublesMade()).toBe(trouble.times);
    expect(await stateOf(disturbed)).toEqual(await stateOf(undisturbed));
    // Half of 40, 80, 160 and 320 ms: the jitter's share of a growing pause.
    if (trouble.times === 4) expect(waits).toEqual([20, 40, 80, 160]);
  });
});
