import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { inject } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { sessionRepository } from '../../../src/checkout/session-repository.ts';
import { orderRepository } from '../../../src/fulfillment/order-repository.ts';
import { stockRepository } from '../../../src/inventory/stock-repository.ts';
import { optimisticMove } from '../../../src/payments/decide.ts';
import { newPayment } from '../../../src/payments/payment.ts';
import { paymentRepository } from '../../../src/payments/payment-repository.ts';
import { eventRepository } from '../../../src/paypal-webhook/event-repository.ts';
import { orderIdOf, paymentIdOf, type SessionId, sessionId } from '../../../src/shared/ids.ts';
import { functionEnvironment } from '../in-process/function-environment.ts';
import { everythingIn, stockedProduct } from '../stack/aws.ts';
import { stockOf } from '../stack/invariants.ts';

const { tables } = inject('aws');
export const NOW = new Date('2026-01-01T00:00:00.000Z');
export const MONEY = { currency: 'EUR', minor: 1999 };
functionEnvironment();

export const reposOf = (db: DynamoDBDocumentClient, now?: () => Date) => ({
  stock: stockRepository(db, tables, now),
  sessions: sessionRepository(db, tables['checkout-sessions'], now),
  payments: paymentRepository(db, tables.payments),
  orders: orderRepository(db, tables.orders),
  events: eventRepository(db, tables['webhook-events']),
});
export type Repos = ReturnType<typeof reposOf>;

/** The session and product of one test case. */
export interface Subject {
  readonly session: SessionId;
  readonly sku: string;
}

export const sessionFor = ({ session, sku }: Subject): Session => ({
  checkout_session_id: session,
  status: 'open',
  items: [{ sku, name: 'Pen', quantity: 2, unit_price: MONEY }],
  amount: MONEY,
  expires_at: NOW.toISOString(),
  payment_id: null,
  payment_status: null,
  created_at: NOW.toISOString(),
});
export const reservationFor = ({ session, sku }: Subject) => ({
  checkout_session_id: session,
  status: 'held' as const,
  items: [{ sku, quantity: 2 }],
  expires_at: NOW.toISOString(),
});
export const paymentFor = ({ session }: Subject) =>
  newPayment({ payment_id: paymentIdOf(session), checkout_session_id: session }, MONEY, NOW.toISOString());
export const orderFor = ({ session }: Subject) => ({
  order_id: orderIdOf(paymentIdOf(session)),
  payment_id: paymentIdOf(session),
  checkout_session_id: session,
  status: 'confirmed' as const,
  items: [],
  amount: MONEY,
  refunded_minor: 0,
  created_at: NOW.toISOString(),
});
export const captured = (subject: Subject) => {
  const move = optimisticMove(paymentIdOf(subject.session), {
    kind: 'captured',
    authoritative: true,
    captureId: `CAP${subject.session.slice(-10)}`,
    amount: MONEY,
    source: 'test',
  });
  if (!move) throw new Error('no optimistic move for captured');
  return move;
};
export const eventOf = ({ session }: Subject) => `WH-${session.slice(3)}`;

/** Changes the status of a subject's reservation as it is stored. */
export async function moveReservation(
  { stock }: Repos,
  { session }: Subject,
  ...move: Parameters<Repos['stock']['move']> extends [unknown, ...infer Move] ? Move : never
) {
  const reservation = await stock.reservation(session);
  if (!reservation) throw new Error('no reservation');
  return stock.move(reservation, ...move);
}

/**
 * All stored items about a subject, with its ids replaced by placeholders. Without the time until which products keep
 * the marks of its moves: it is set only when a write was not answered.
 */
export async function stateOf({ session, sku }: Subject) {
  const all = await Promise.all(
    (Object.keys(tables) as (keyof typeof tables)[]).map(async (table) => [table, await everythingIn(table)] as const),
  );
  const random = session.slice(3);
  const about = all.flatMap(([table, items]) =>
    items.filter((item) => JSON.stringify(item).includes(random)).map((item) => ({ table, item })),
  );
  const text = JSON.stringify(about, (key, value) => {
    if (key === 'marks_until') return undefined;
    return value instanceof Set ? [...value] : value;
  });
  return {
    items: JSON.parse(
      text
        .replaceAll(random, 'ID')
        .replaceAll(random.slice(-10), 'ID')
        .replaceAll(sku, 'SKU')
        .replaceAll(/ID\/[0-9a-f]{8}/g, 'ID/MOVE'),
    ),
    stock: await stockOf(sku),
  };
}

export const newSubject = async (): Promise<Subject> => ({ session: sessionId(ulid()), sku: await stockedProduct(10) });
