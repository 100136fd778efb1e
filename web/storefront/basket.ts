import { MAX_PRODUCTS, MAX_QUANTITY } from '../../src/checkout/basket-limits.ts';
import type { Product } from '../api/schema.ts';

export interface Basket {
  /** Quantity by SKU, each at least 1. */
  readonly quantities: Readonly<Record<string, number>>;

  /** Idempotency key for checking out exactly these items, so that a repeated request reserves once. */
  readonly attempt: string | null;

  /** The checkout session that was opened for exactly these items. */
  readonly sessionId: string | null;
}

export const EMPTY: Basket = { quantities: {}, attempt: null, sessionId: null };

/** Whether no further product fits into the basket. */
export const isFull = ({ quantities }: Basket): boolean => Object.keys(quantities).length >= MAX_PRODUCTS;

/** The largest quantity of a product that can be bought now. */
export const maxQuantityOf = ({ available, max_per_order }: Product): number => Math.min(available, max_per_order);

/** Sets the quantity of a product. A changed basket is a new attempt to check out. */
export function withQuantity({ quantities }: Basket, sku: string, quantity: number): Basket {
  const { [sku]: _, ...others } = quantities;
  const limited = Math.min(Math.trunc(quantity), MAX_QUANTITY);
  return { ...EMPTY, quantities: limited > 0 ? { ...others, [sku]: limited } : others };
}

/**
 * Empties the basket when the session's order exists. A basket that has changed since belongs to no session and stays.
 */
export const afterOrder = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? EMPTY : basket;

/** Keeps the items when the session ended without an order: they need a new session. */
export const afterCancel = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? { ...EMPTY, quantities: basket.quantities } : basket;

/** The basket as text; in storage the quantities are called `pieces`. */
export const serializeBasket = ({ quantities, attempt, sessionId }: Basket): string =>
  JSON.stringify({ pieces: quantities, attempt, sessionId });

/** Parses a stored basket; one that cannot be parsed is empty. */
export function parseBasket(text: string | null): Basket {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? 'null');
  } catch {
    return EMPTY;
  }
  if (typeof parsed !== 'object' || parsed === null || !('pieces' in parsed)) return EMPTY;
  const { pieces, attempt, sessionId }: { pieces: unknown; attempt?: unknown; sessionId?: unknown } = parsed;
  const entries = Object.entries(typeof pieces === 'object' && pieces !== null ? pieces : {});
  return {
    quantities: Object.fromEntries(entries.filter(([, quantity]) => Number.isInteger(quantity) && quantity > 0)),
    attempt: typeof attempt === 'string' ? attempt : null,
    sessionId: typeof sessionId === 'string' ? sessionId : null,
  };
}
