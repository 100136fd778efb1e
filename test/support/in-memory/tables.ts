import type { Session } from '../../../src/checkout/session.ts';
import type {
  SessionChange,
  SessionChangeResult,
  SessionRepository,
} from '../../../src/checkout/session-repository.ts';
import type { Order } from '../../../src/fulfillment/order.ts';
import { type OrderRepository, sortable } from '../../../src/fulfillment/order-repository.ts';
import { type Product, readProducts } from '../../../src/inventory/product.ts';
import type { Reservation } from '../../../src/inventory/reservation.ts';
import type { StockChangeResult } from '../../../src/inventory/stock-move-repository.ts';
import type { StockRepository } from '../../../src/inventory/stock-repository.ts';
import { conditionOf } from '../../../src/payments/conditions.ts';
import { afterMove, settlementsOf } from '../../../src/payments/decide.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { MoveResult, PaymentRepository } from '../../../src/payments/payment-repository.ts';
import { isDecided, isGivenUp } from '../../../src/payments/transitions.ts';
import type { Buyer } from '../../../src/paypal/schema.ts';
import type { EventRepository } from '../../../src/paypal-webhook/event-repository.ts';
import type { EventResult } from '../../../src/paypal-webhook/process-event.ts';
import type { StoredEvent } from '../../../src/paypal-webhook/stored-event.ts';
import { type OrderId, type PaymentId, paymentIdOf, type SessionId } from '../../../src/shared/ids.ts';
import { holds } from './condition-expressions.ts';

/**
 * Wraps every external call. Its effect is atomic; before and after it, a gate can interleave other calls or crash the
 * process.
 */
export type Gate = <T>(call: string, effect: () => T) => Promise<T>;

export const openGate: Gate = async (_, effect) => effect();

/** Payments in memory. Moves are checked with the same condition expressions as in DynamoDB. */
export function paymentsInMemory(gate: Gate) {
  const rows = new Map<PaymentId, Payment>();
  const due = new Map<PaymentId, Date>();
  const claims = new Map<PaymentId, { readonly dueAt: Date; readonly until: Date }>();
  const find = (matches: (payment: Payment) => boolean) => [...rows.values()].find(matches);
  const write = (payment: Payment): MoveResult => {
    rows.set(payment.payment_id, payment);
    return { moved: payment };
  };

  const repository = {
    get: (id) => gate('payments.get', () => rows.get(id)),
    byPayPalOrder: (orderId) => gate('payments.byPayPalOrder', () => find((one) => one.paypal_order_id === orderId)),
    byCapture: (captureId) => gate('payments.byCapture', () => find((one) => one.capture_id === captureId)),
    create: (payment, dueAt) =>
      gate('payments.create', () => {
        const found = rows.get(payment.payment_id);
        if (found) return found;
        rows.set(payment.payment_id, payment);
        due.set(payment.payment_id, dueAt);
        return payment;
      }),
    attachOrder: (id, paypalOrderId, approveUrl, now) =>
      gate('payments.attachOrder', () => {
        const found = rows.get(id);
        if (!found || (found.paypal_order_id ?? paypalOrderId) !== paypalOrderId) return { found };
        return write({
          ...found,
          paypal_order_id: paypalOrderId,
          approve_url: approveUrl,
          updated_at: now.toISOString(),
        });
      }),
    move: (id, move, now, dueAt) =>
      gate('payments.move', () => {
        const found = rows.get(id);
        const { expression, values, names } = conditionOf(move);
        if (!found || !holds(expression, found, { values, names })) return { found };
        if (settlementsOf(move).some(({ name }) => name === move.supersedes))
          throw new Error('DynamoDB rejects two updates of one path');
        due.set(id, dueAt);
        return write(afterMove(found, move, now.toISOString()));
      }),
    flagDispute: (id, disputeId, dispute) =>
      gate('payments.flagDispute', () => {
        const found = rows.get(id);
        const known = found?.disputes[disputeId];
        if (!found || (known && known.updated_at > dispute.updated_at)) return { found };
        return write({ ...found, disputes: { ...found.disputes, [disputeId]: dispute } });
      }),
    closeSettlement: (id, name) =>
      gate('payments.closeSettlement', () => {
        const found = rows.get(id);
        if (!found || !(name in found.open)) return { found };
        const { [name]: _, ...open } = found.open;
        if (
          isDecided(found.status) &&
          !isGivenUp(found.status) &&
          Object.keys(open).length === 0 &&
          !found.refunds_pending
        )
          due.delete(id);
        return write({ ...found, open });
      }),
    reschedule: (seen, at) =>
      gate('payments.reschedule', () => {
        const found = rows.get(seen.payment_id);
        if (found?.history.length !== seen.history.length) return;
        if (at) due.set(seen.payment_id, at);
        else if (Object.keys(found.open).length === 0) due.delete(seen.payment_id);
      }),
    postpone: (id, at) =>
      gate('payments.postpone', () => {
        const known = due.has(id);
        if (known) due.set(id, at);
        return known;
      }),
    claim: (id, { before, until }) =>
      gate('payments.claim', () => {
        const dueAt = due.get(id);
        const claim = claims.get(id);
        const claimed = dueAt !== undefined && dueAt < before && !(claim?.dueAt === dueAt && claim.until > before);
        if (claimed) claims.set(id, { dueAt, until });
        return { claimed, dueAt: dueAt?.toISOString() };
      }),
    due: (before) => entriesBefore(due, before),
    open: () => {
      const waits: readonly unknown[] = ['capture_pending', 'review'];
      const open = [...due.keys()].map((id) => rows.get(id)).filter((one) => !waits.includes(one?.status));
      const [oldest] = open.sort((a, b) => ((a?.payment_id ?? '') < (b?.payment_id ?? '') ? -1 : 1));
      return gate('payments.open', () => ({ count: open.length, oldest }));
    },
    underReview: () =>
      gate('payments.underReview', () => [...due.keys()].filter((id) => rows.get(id)?.status === 'review').sort()),
  } satisfies Partial<PaymentRepository>;
  return { rows, due, repository };
}

/** The due ids as of the call, like one page of the index. */
async function* entriesBefore<Id>(due: ReadonlyMap<Id, Date>, before: Date): AsyncGenerator<Id> {
  yield* [...due]
    .filter(([, at]) => at < before)
    .sort(([, a], [, b]) => a.getTime() - b.getTime())
    .map(([id]) => id);
}

export function sessionsInMemory(gate: Gate) {
  const rows = new Map<SessionId, Session>();
  const change = (id: SessionId, change: SessionChange): SessionChangeResult => {
    const { set, ifStatusIn, ifPaymentStatusIn, reinstated } = change;
    const session = rows.get(id);
    const later = (session?.reinstated ?? 0) - (reinstated ?? 0);
    const fits =
      session &&
      (ifStatusIn?.includes(session.status) ?? true) &&
      (!ifPaymentStatusIn ||
        later < 0 ||
        (later === 0 && session.payment_status !== null && ifPaymentStatusIn.includes(session.payment_status)));
    if (!fits) return { changed: false, session };
    const changed = { ...session, ...set, ...(reinstated !== undefined && { reinstated }) };
    rows.set(id, changed);
    return { changed: true, session: changed };
  };

  const repository = {
    get: (id) => gate('sessions.get', () => rows.get(id)),
    getAll: (ids) =>
      gate('sessions.getAll', () => [...rows.values()].filter((row) => ids.includes(row.checkout_session_id))),
    create: (session) =>
      gate('sessions.create', () => {
        if (!rows.has(session.checkout_session_id)) rows.set(session.checkout_session_id, session);
      }),
    beginPayment: (id, expiresAt) =>
      gate('sessions.beginPayment', () =>
        change(id, {
          set: {
            status: 'payment_pending',
            payment_id: paymentIdOf(id),
            payment_status: 'created',
            expires_at: expiresAt.toISOString(),
          },
          ifStatusIn: ['open'],
        }),
      ),
    expire: (id) => gate('sessions.expire', () => change(id, { set: { status: 'expired' }, ifStatusIn: ['open'] })),
    change: (id, update) => gate('sessions.change', () => change(id, update)),
  } satisfies Partial<SessionRepository>;
  return { rows, repository };
}

/** Moving stock of an unknown product fails for lack of it. */
const unknownProduct = (sku: string): Product => ({
  sku,
  name: sku,
  price: { currency: 'EUR', minor: 0 },
  available: 0,
  reserved: 0,
  sold: 0,
  stocked: 0,
});

export function stockInMemory(gate: Gate, stocked: readonly Product[]) {
  const products = new Map(stocked.map((product) => [product.sku, product]));
  const reservations = new Map<SessionId, Reservation>();
  const due = new Map<SessionId, Date>();
  type Counters = NonNullable<Parameters<StockRepository['move']>[2]>;

  const write = (reservation: Reservation, counters: Counters | undefined): StockChangeResult => {
    const moved = reservation.items.flatMap(({ sku, quantity }) => {
      if (!counters) return [];
      const [from, to] = counters;
      // Items of a deleted product go nowhere.
      if (!products.has(sku) && from !== 'available') return [];
      const product = products.get(sku) ?? unknownProduct(sku);
      return [{ ...product, [from]: product[from] - quantity, [to]: product[to] + quantity }];
    });
    const short = moved.filter((product) => counters && product[counters[0]] < 0);
    if (short.length > 0)
      return {
        done: false,
        short: short.map(({ sku }) => ({
          sku,
          available: products.get(sku)?.available ?? 0,
          deleted: !products.has(sku),
        })),
      };
    for (const product of moved) products.set(product.sku, product);
    reservations.set(reservation.checkout_session_id, reservation);
    if (reservation.status === 'held') due.set(reservation.checkout_session_id, new Date(reservation.expires_at));
    else due.delete(reservation.checkout_session_id);
    return { done: true };
  };

  const repository = {
    products: () => gate('stock.products', () => [...products.values()]),
    productsOf: (skus) =>
      gate('stock.productsOf', () => readProducts([...products.values()].filter(({ sku }) => skus.includes(sku)))),
    reservation: (id) => gate('stock.reservation', () => reservations.get(id)),
    reservationsOf: (ids) =>
      gate('stock.reservationsOf', () =>
        [...reservations.values()].filter((row) => ids.includes(row.checkout_session_id)),
      ),
    // A move is one effect here, so none is ever pending.
    resume: (reservation) => Promise.resolve(reservation),
    reserve: (reservation) =>
      gate('stock.reserve', () => {
        const found = reservations.get(reservation.checkout_session_id);
        return found ? { done: false, current: found } : write(reservation, ['available', 'reserved']);
      }),
    move: (reservation, to, counters, reinstated = reservation.reinstated) =>
      gate('stock.move', () => {
        const found = reservations.get(reservation.checkout_session_id);
        if (found && (found.status !== reservation.status || found.reinstated !== reservation.reinstated))
          return { done: false, current: found };
        return write({ ...reservation, status: to, ...(reinstated !== undefined && { reinstated }) }, counters);
      }),
    handOver: (from, surplus, heir) =>
      gate('stock.handOver', () => {
        const found = reservations.get(from.checkout_session_id);
        const to = reservations.get(heir.id);
        if (found?.status !== 'held' || to?.status !== 'held') return false;
        write({ ...found, items: [...surplus] }, ['reserved', 'available']);
        reservations.set(heir.id, { ...to, items: [...heir.items] });
        reservations.set(from.checkout_session_id, { ...found, status: 'released' });
        due.delete(from.checkout_session_id);
        return true;
      }),
    due: (before) => entriesBefore(due, before),
    reschedule: (id, at) =>
      gate('stock.reschedule', () => {
        if (reservations.get(id)?.status === 'held') due.set(id, at);
      }),
  } satisfies Partial<StockRepository>;
  return { products, reservations, due, repository };
}

export function ordersInMemory(gate: Gate) {
  const rows = new Map<OrderId, Order>();
  const buyers = new Map<OrderId, { readonly buyer: Buyer; readonly source: string; readonly kept: boolean }>();

  const repository = {
    get: (id) =>
      gate('orders.get', () => {
        const order = rows.get(id);
        return order?.status === 'void' ? undefined : order;
      }),
    create: (order) =>
      gate('orders.create', () => {
        const found = rows.get(order.order_id);
        if (!found) rows.set(order.order_id, order);
        return { order: found ?? order, created: !found };
      }),
    refund: (id, refundedMinor, everything, reinstated = 0) =>
      gate('orders.refund', () => {
        const order = rows.get(id);
        if (!order || order.refunded_minor >= refundedMinor || (order.reinstated ?? 0) > reinstated)
          return { order, changed: false };
        const refunded: Order = {
          ...order,
          refunded_minor: refundedMinor,
          ...(everything && { status: 'refunded' as const }),
        };
        rows.set(id, refunded);
        return { order: refunded, changed: true };
      }),
    reinstate: (seen, { status, items, amount, refunded_minor, reinstated = 0 }) =>
      gate('orders.reinstate', () => {
        const order = rows.get(seen.order_id);
        if (!order || order.status !== seen.status || (order.reinstated ?? 0) >= reinstated)
          return { order, changed: false };
        const changed: Order = { ...order, status, items, amount, refunded_minor, reinstated };
        rows.set(seen.order_id, changed);
        return { order: changed, changed: true };
      }),
    ship: (id, now) =>
      gate('orders.ship', () => {
        const order = rows.get(id);
        if (order?.status !== 'confirmed') return { order, changed: false };
        const shipped: Order = { ...order, status: 'shipped', shipped_at: now.toISOString() };
        rows.set(id, shipped);
        return { order: shipped, changed: true };
      }),
    rememberBuyer: (id, buyer, from) =>
      gate('orders.rememberBuyer', () => {
        const known = buyers.get(id);
        const source = sortable(from);
        if (known && (known.kept || known.source > source)) return false;
        buyers.set(id, { buyer, source, kept: false });
        return true;
      }),
    buyer: (id) => gate('orders.buyer', () => buyers.get(id)?.buyer),
    keepBuyer: (id, which) =>
      gate('orders.keepBuyer', () => {
        const known = buyers.get(id);
        if (!known || (which === 'of the capture' && known.source < sortable({ of: 'capture', time: '' })))
          return false;
        buyers.set(id, { ...known, kept: true });
        return true;
      }),
  } satisfies Partial<OrderRepository>;
  return { rows, buyers, repository };
}

export function eventsInMemory(gate: Gate) {
  const rows = new Map<string, StoredEvent>();
  const writeOutcome = (id: string, outcome: EventResult, at: string, replayed: readonly string[]) => {
    const found = rows.get(id);
    if (!found) throw new Error(`unknown event ${id}`);
    const { reason: _, payment_id: __, ...event } = found;
    const { erased, ...result } = outcome;
    rows.set(id, {
      ...event,
      ...result,
      ...(erased && { body: '', erased_at: event.erased_at ?? at }),
      finished_at: at,
      replayed_at: [...event.replayed_at, ...replayed],
    });
  };

  const repository = {
    receive: ({ id, eventType, transmissionId, paymentId, body, now }) =>
      gate('events.receive', () => {
        const at = now.toISOString();
        const transmissions = transmissionId ? [transmissionId] : [];
        const found = rows.get(id);
        if (found)
          rows.set(id, { ...found, last_received_at: at, transmissions: [...found.transmissions, ...transmissions] });
        else
          rows.set(id, {
            event_id: id,
            event_type: eventType,
            status: 'received',
            received_at: at,
            last_received_at: at,
            transmissions,
            ...(paymentId && { payment_id: paymentId }),
            ...(!transmissionId && { fetched_at: at }),
            replayed_at: [],
            body,
          });
      }),
    get: (id) => gate('events.get', () => rows.get(id)),
    page: ({ status, type, paymentId }, limit) =>
      gate('events.page', () => ({
        events: [...rows.values()]
          .filter((event) => (!status || event.status === status) && (!type || event.event_type === type))
          .filter(({ payment_id }) => !paymentId || payment_id === paymentId)
          .slice(0, limit),
      })),
    async *unfinished(before, from = '0') {
      for (const { event_id, status, received_at } of [...rows.values()])
        if (status === 'received' && received_at >= from && received_at <= before.toISOString()) yield event_id;
    },
    storedIds: (ids) => gate('events.storedIds', () => new Set(ids.filter((id) => rows.has(id)))),
    finish: (id, outcome, now) => gate('events.finish', () => writeOutcome(id, outcome, now.toISOString(), [])),
    finishReplay: (id, outcome, now) =>
      gate('events.finishReplay', () => writeOutcome(id, outcome, now.toISOString(), [now.toISOString()])),
  } satisfies Partial<EventRepository>;
  return { rows, repository };
}
