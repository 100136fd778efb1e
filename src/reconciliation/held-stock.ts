import type { SessionRepository } from '../checkout/session-repository.ts';
import { maxPerOrder } from '../inventory/product.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { MAX_BATCH_GET } from '../shared/dynamo.ts';
import type { SessionId } from '../shared/ids.ts';

export interface HeldStockDeps {
  readonly stock: Pick<StockRepository, 'due' | 'reservationsOf' | 'productsOf'>;
  readonly sessions: Pick<SessionRepository, 'getAll'>;
}

/** Some seconds of reading; a shop that holds more has its products in any part of them. */
const MAX_RESERVATIONS = 5000;
const ALWAYS = new Date('9999-12-31T00:00:00.000Z');

/**
 * The products of which sessions without payment hold at least half of what is for sale, and more than one session may
 * have: the last item in one basket is no trouble.
 * @returns the items held of each, by SKU
 */
export async function heldWithoutPayment({ stock, sessions }: HeldStockDeps): Promise<ReadonlyMap<string, number>> {
  const ids: SessionId[] = [];
  for await (const id of stock.due(ALWAYS)) if (ids.push(id) >= MAX_RESERVATIONS) break;

  const held = new Map<string, number>();
  for (let start = 0; start < ids.length; start += MAX_BATCH_GET) {
    const batch = ids.slice(start, start + MAX_BATCH_GET);
    const [reservations, found] = await Promise.all([stock.reservationsOf(batch), sessions.getAll(batch)]);
    const open = new Set(found.flatMap(({ status, checkout_session_id: id }) => (status === 'open' ? [id] : [])));
    for (const { checkout_session_id: id, status, items } of reservations)
      if (status === 'held' && open.has(id))
        for (const { sku, quantity } of items) held.set(sku, (held.get(sku) ?? 0) + quantity);
  }

  const hostage = new Map<string, number>();
  const skus = [...held.keys()];
  for (let start = 0; start < skus.length; start += MAX_BATCH_GET)
    for (const product of (await stock.productsOf(skus.slice(start, start + MAX_BATCH_GET))).products) {
      const quantity = held.get(product.sku) ?? 0;
      const forSale = product.available + product.reserved;
      if (quantity > maxPerOrder(product) && quantity * 2 >= forSale) hostage.set(product.sku, quantity);
    }
  return hostage;
}

/** The figures of a run of the job `reservations` that are held items of a product. */
export const HELD_FIGURE = 'held_without_payment.';
