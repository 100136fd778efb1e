import type { SessionRepository } from '../checkout/session-repository.ts';
import type { OrderRepository } from '../fulfillment/order-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { orderIdOf, paymentIdOf, paymentIdOfOrder, type SessionId, sessionIdOf } from '../shared/ids.ts';
import { isolateUnreadable } from './checks/isolate-unreadable.ts';
import type { Purchase } from './checks/purchase.ts';

/** Reads the rows of purchases. */
export interface PurchaseRows {
  readonly payments: Pick<PaymentRepository, 'getAll'>;
  readonly sessions: Pick<SessionRepository, 'getAll'>;
  readonly stock: Pick<StockRepository, 'reservationsOf'>;
  readonly orders: Pick<OrderRepository, 'getAll'>;
}

/** Finds purchases as well. */
export interface PurchaseTables extends PurchaseRows {
  readonly payments: Pick<PaymentRepository, 'due' | 'getAll' | 'ids'>;
  readonly sessions: Pick<SessionRepository, 'getAll' | 'ids'>;
  readonly stock: Pick<StockRepository, 'reservationsOf' | 'reservationPage' | 'products'>;
  readonly orders: Pick<OrderRepository, 'getAll' | 'ids'>;
}

/**
 * Reads at most 100 purchases by session, in no order. Payments are read last. Every change of a purchase writes its
 * payment first, so when other rows are read before a change, the payment is recent and the purchase in flight.
 */
export async function readPurchases(
  { payments, sessions, stock, orders }: PurchaseRows,
  ids: readonly SessionId[],
): Promise<Purchase[]> {
  const [sessionsFound, reservations, ordersFound] = await Promise.all([
    isolateUnreadable(sessions.getAll, ids),
    isolateUnreadable(stock.reservationsOf, ids),
    isolateUnreadable(orders.getAll, ids.map(orderIdOfSession)),
  ]);
  const paymentsFound = await isolateUnreadable(payments.getAll, ids.map(paymentIdOf));

  const session = byId(sessionsFound.rows, ({ checkout_session_id }) => checkout_session_id);
  const reservation = byId(reservations.rows, ({ checkout_session_id }) => checkout_session_id);
  // By key, not by the ids inside the row: those may be the violation.
  const order = byId(ordersFound.rows, ({ order_id }) => sessionIdOf(paymentIdOfOrder(order_id)));
  const payment = byId(paymentsFound.rows, ({ payment_id }) => sessionIdOf(payment_id));
  return ids.map((id) => {
    const unreadable = Object.entries({
      payment: paymentsFound.unreadable.get(paymentIdOf(id)),
      session: sessionsFound.unreadable.get(id),
      order: ordersFound.unreadable.get(orderIdOfSession(id)),
      reservation: reservations.unreadable.get(id),
    }).flatMap(([row, field]) => (field === undefined ? [] : [`${row} is unreadable: invalid field ${field}`]));
    return {
      ...(unreadable.length > 0 && { unreadable: { id: paymentIdOf(id), what: unreadable.join('; ') } }),
      payment: payment.get(id),
      session: session.get(id),
      reservation: reservation.get(id),
      order: order.get(id),
    };
  });
}

const orderIdOfSession = (id: SessionId) => orderIdOf(paymentIdOf(id));

const byId = <Row>(rows: readonly Row[], idOf: (row: Row) => SessionId) => new Map(rows.map((row) => [idOf(row), row]));
