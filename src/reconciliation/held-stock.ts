import type { SessionRepository } from '../checkout/session-repository.ts';
import { maxPerOrder } from '../inventory/product.ts';
import type { Reservation } from '../inventory/reservation.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { MAX_BATCH_GET } from '../shared/dynamo.ts';
import type { SessionId } from '../shared/ids.ts';

export interface UnpaidReservationsDeps {
  readonly stock: Pick<StockRepository, 'due' | 'reservationsOf'>;
  readonly sessions: Pick<SessionRepository, 'getAll'>;
}
export interface HeldStockDeps extends UnpaidReservationsDeps {
  readonly stock: UnpaidReservationsDeps['stock'] & Pick<StockRepository, 'productsOf'>;
}

/** Some seconds of reading; a shop that holds more has its products in any part of them. */
const MAX_RESERVATIONS = 5000;
const ALWAYS = new Date('9999-12-31T00:00:00.000Z');

/**
 * The held reservations of sessions without payment, in no order.
 * @returns `complete` is false when there are more than it reads
 */
export async function unpaidReservations({
  stock,
  sessions,
}: UnpaidReservationsDeps): Promise<{ readonly reservations: readonly Reservation[]; readonly complete: boolean }> {
  // One that is rescheduled while the index is read is found twice.
  const due = new Set<SessionId>();
  for await (const id of stock.due(ALWAYS)) if (due.add(id).size > MAX_RESERVATIONS) break;
  const ids = [...due].slice(0, MAX_RESERVATIONS);

  const reservations: Reservation[] = [];
  for (let start = 0; start < ids.length; start += MAX_BATCH_GET) {
    const batch = ids.slice(start, start + MAX_BATCH_GET);
    const [read, found] = await Promise.all([stock.reservationsOf(batch), sessions.getAll(batch)]);
    const unpaid = new Set(found.flatMap(({ payment_id, checkout_session_id: id }) => (payment_id ? [] : [id])));
    reservations.push(...read.filter(({ status, checkout_session_id: id }) => status === 'held' && unpaid.has(id)));
  }
  return { reservations, complete: due.size === ids.length };
}

/**
 * The products of which sessions without payment hold at least half of what is for sale, and more than one session may
 * have: the last item in one basket is no trouble.
 * @returns the items held of each, by SKU
 */
export async function heldWithoutPayment(deps: HeldStockDeps): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  for (const { items } of (await unpaidReservations(deps)).reservations)
    for (const { sku, quantity } of items) held.set(sku, (held.get(sku) ?? 0) + quantity);

  const hostage = new Map<string, number>();
  const skus = [...held.keys()];
  for (let start = 0; start < skus.length; start += MAX_BATCH_GET)
    for (const product of (await deps.stock.productsOf(skus.slice(start, start + MAX_BATCH_GET))).products) {
      const quantity = held.get(product.sku) ?? 0;
      const forSale = product.available + product.reserved;
      if (quantity > maxPerOrder(product) && quantity * 2 >= forSale) hostage.set(product.sku, quantity);
    }
  return hostage;
}

/** The figures of a run of the job `reservations` that are held items of a product. */
export const HELD_FIGURE = 'held_without_payment.';
