import { maxPerOrder, type Product, type ReadProducts } from '../inventory/product.ts';
import type { ReservedItem } from '../inventory/reservation.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { amountOf, type ItemProblem } from '../paypal/order-items.ts';
import { sessionId } from '../shared/ids.ts';
import { HOLD_MINUTES } from './hold-minutes.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export type BasketLine = Readonly<ReservedItem>;

export type OpenSessionResult =
  | { readonly outcome: 'opened'; readonly session: Session }
  | { readonly outcome: 'unknown_product'; readonly skus: readonly string[] }
  /** `line` is the index in the basket. */
  | {
      readonly outcome: 'above_limit';
      readonly lines: readonly { readonly line: number; readonly sku: string; readonly max: number }[];
    }
  | { readonly outcome: 'mixed_currencies' }
  /** PayPal does not take these items, so they could not be paid for. */
  | { readonly outcome: 'not_payable'; readonly problems: readonly ItemProblem[] }
  | {
      readonly outcome: 'out_of_stock';
      readonly items: readonly { readonly sku: string; readonly requested: number; readonly available: number }[];
    };

export interface OpenSessionDeps {
  readonly stock: Pick<StockRepository, 'productsOf' | 'reserve'>;
  readonly sessions: Pick<SessionRepository, 'create'>;
  readonly ulid: () => string;
  readonly now: () => Date;
}

/** A price in fractions of a minor unit, such as 19.99 instead of 1999, is unreadable. */
const toProblem = ({ sku, attribute }: ReadProducts['unreadable'][number]): ItemProblem => ({
  sku,
  field: attribute === 'price' ? 'unit_price' : attribute,
  detail: 'has no valid value in the products table',
});

/** Freezes the prices of a basket and reserves all its items, or none. Its SKUs must be distinct. */
export async function openSession(deps: OpenSessionDeps, basket: readonly BasketLine[]): Promise<OpenSessionResult> {
  const drafted = await draftSession(deps, basket);
  if (drafted.outcome !== 'drafted') return drafted;
  const { session } = drafted;
  // Stock first: a session without a reservation could be paid, while a reservation without a session just expires.
  const short = await reserve(deps.stock, session, basket);
  if (short) return short;
  await deps.sessions.create(session);
  return { outcome: 'opened', session };
}

type Refusal = Exclude<OpenSessionResult, { readonly outcome: 'opened' }>;

/**
 * Checks a basket and freezes its prices. Writes nothing.
 * @param held what is reserved for the same shopper, and counts as available
 */
export async function draftSession(
  { stock, ulid, now }: Pick<OpenSessionDeps, 'stock' | 'ulid' | 'now'>,
  basket: readonly BasketLine[],
  held: readonly BasketLine[] = [],
): Promise<{ readonly outcome: 'drafted'; readonly session: Session } | Refusal> {
  const { products: found, unreadable } = await stock.productsOf(basket.map(({ sku }) => sku));
  const products = new Map(found.map((product) => [product.sku, product]));
  const stored = new Set([...products.keys(), ...unreadable.map(({ sku }) => sku)]);
  const unknown = basket.filter(({ sku }) => !stored.has(sku));
  if (unknown.length > 0) return { outcome: 'unknown_product', skus: unknown.map(({ sku }) => sku) };
  if (unreadable.length > 0) return { outcome: 'not_payable', problems: unreadable.map(toProblem) };

  const above = basket.flatMap(({ sku, quantity }, line) => {
    const max = maxPerOrder(products.get(sku) as Product);
    return quantity > max ? [{ line, sku, max }] : [];
  });
  if (above.length > 0) return { outcome: 'above_limit', lines: above };

  const items = basket.map(({ sku, quantity }) => {
    const { name, price } = products.get(sku) as Product;
    return { sku, name, quantity, unit_price: price };
  });
  if (new Set(items.map(({ unit_price }) => unit_price.currency)).size > 1) return { outcome: 'mixed_currencies' };
  const checked = amountOf(items);
  if ('problems' in checked) return { outcome: 'not_payable', problems: checked.problems };

  const short = basket.flatMap(({ sku, quantity }) => {
    const available = (products.get(sku)?.available ?? 0) + quantityOf(held, sku);
    return available < quantity ? [{ sku, requested: quantity, available }] : [];
  });
  if (short.length > 0) return { outcome: 'out_of_stock', items: short };

  const created = now();
  const session: Session = {
    checkout_session_id: sessionId(ulid()),
    status: 'open',
    items,
    amount: checked.amount,
    expires_at: new Date(created.getTime() + HOLD_MINUTES * 60_000).toISOString(),
    payment_id: null,
    payment_status: null,
    created_at: created.toISOString(),
  };
  return { outcome: 'drafted', session };
}

/**
 * Reserves items for a session that is not stored yet: all of them or none.
 * @param held what is reserved for the same shopper and adds to these items
 */
export async function reserve(
  stock: Pick<StockRepository, 'reserve'>,
  { checkout_session_id, expires_at }: Session,
  items: readonly BasketLine[],
  held: readonly BasketLine[] = [],
): Promise<Extract<OpenSessionResult, { readonly outcome: 'out_of_stock' }> | undefined> {
  const reserved = await stock.reserve({
    checkout_session_id,
    status: 'held',
    items: items.map(({ sku, quantity }) => ({ sku, quantity })),
    expires_at,
  });
  if ('short' in reserved)
    return {
      outcome: 'out_of_stock',
      items: reserved.short.map(({ sku, available }) => ({
        sku,
        requested: quantityOf(items, sku) + quantityOf(held, sku),
        available: available + quantityOf(held, sku),
      })),
    };
  if (!reserved.done && reserved.current.status !== 'held')
    throw new Error(`reservation of ${checkout_session_id} was ended before its session was opened`);
  return undefined;
}

export const quantityOf = (items: readonly BasketLine[], sku: string): number =>
  items.find((item) => item.sku === sku)?.quantity ?? 0;
