import { MAX_PRODUCTS, MAX_QUANTITY } from '../../src/checkout/basket-limits.ts';
import type { Product } from '../api/schema.ts';

export interface Basket {
  /** Quantity by SKU, each at least 1. */
  readonly quantities: Readonly<Record<string, number>>;

  /** Idempotency key for checking out exactly these items, so that a repeated request reserves once. */
  readonly attempt: string | null;

  /** The checkout session that was opened for exactly these items. */
  readonly sessionId: string | null;

  /** The checkout session that was opened before the items changed: it still holds their stock. */
  readonly replaces: string | null;
}

export const EMPTY: Basket = { quantities: {}, attempt: null, sessionId: null, replaces: null };

/** Whether no further product fits into the basket. */
export const isFull = ({ quantities }: Basket): boolean => Object.keys(quantities).length >= MAX_PRODUCTS;

/** The largest quantity of a product that can be bought now. */
export const maxQuantityOf = ({ available, max_per_order }: Product): number => Math.min(available, max_per_order);

/** Sets the quantity of a product. A changed basket is a new attempt to check out. */
export function withQuantity({ quantities, sessionId, replaces }: Basket, sku: string, quantity: number): Basket {
  const { [sku]: _, ...others } = quantities;
  const limited = Math.min(Math.trunc(quantity), MAX_QUANTITY);
  return {
    quantities: limited > 0 ? { ...others, [sku]: limited } : others,
    attempt: null,
    sessionId: null,
    replaces: sessionId ?? replaces,
  };
}

/** The session that holds stock for this basket, or for its former items. */
export const holdingSession = ({ sessionId, replaces }: Basket): string | null => sessionId ?? replaces;

/** The products as this shopper can buy them: with what the shopper's own session holds. */
export const withOwnItems = (
  products: readonly Product[],
  held: readonly { readonly sku: string; readonly quantity: number }[],
): Product[] =>
  products.map((product) => {
    const own = held.find(({ sku }) => sku === product.sku);
    return own ? { ...product, available: product.available + own.quantity } : product;
  });

/** Without the session that it replaces, which is over. Another `replaces` needs another attempt. */
export const withoutReplaced = (basket: Basket, sessionId: string): Basket =>
  basket.replaces === sessionId ? { ...basket, attempt: null, replaces: null } : basket;

/**
 * Empties the basket when the session's order exists. A basket that has changed since belongs to no session and stays.
 */
export const afterOrder = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? EMPTY : withoutReplaced(basket, sessionId);

/** Keeps the items when the session ended without an order: they need a new session. */
export const afterCancel = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? { ...EMPTY, quantities: basket.quantities } : withoutReplaced(basket, sessionId);

/** The basket as text; in storage the quantities are called `pieces`. */
export const serializeBasket = ({ quantities, ...rest }: Basket): string =>
  JSON.stringify({ pieces: quantities, ...rest });

/** Parses a stored basket; one that cannot be parsed is empty. */
export function parseBasket(text: string | null): Basket {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? 'null');
  } catch {
    return EMPTY;
  }
  if (typeof parsed !== 'object' || parsed === null || !('pieces' in parsed)) return EMPTY;
  const { pieces, ...rest }: { pieces: unknown; attempt?: unknown; sessionId?: unknown; replaces?: unknown } = parsed;
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  const entries = Object.entries(typeof pieces === 'object' && pieces !== null ? pieces : {});
  return {
    quantities: Object.fromEntries(entries.filter(([, quantity]) => Number.isInteger(quantity) && quantity > 0)),
    attempt: textOf(rest.attempt),
    sessionId: textOf(rest.sessionId),
    replaces: textOf(rest.replaces),
  };
}
