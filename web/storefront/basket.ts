/** What a shopper has put aside to buy. */
export interface Basket {
  /** Pieces by SKU, each at least 1. */
  readonly pieces: Readonly<Record<string, number>>;

  /** Names the checking out of just these pieces, so that doing it twice reserves once. */
  readonly attempt: string | null;

  /** The session that was opened for just these pieces. */
  readonly sessionId: string | null;
}

/** A basket with nothing in it. */
export const EMPTY: Basket = { pieces: {}, attempt: null, sessionId: null };

/** The most that a session takes of one product. */
const MOST_PIECES = 999;

/** The basket with so many pieces of a product; another basket is another attempt to check out. */
export function withQuantity({ pieces }: Basket, sku: string, quantity: number): Basket {
  const { [sku]: _, ...others } = pieces;
  const wanted = Math.min(Math.trunc(quantity), MOST_PIECES);
  return { ...EMPTY, pieces: wanted > 0 ? { ...others, [sku]: wanted } : others };
}

/** Once a session's order is made, what it was made of is no longer wanted. What was put into the basket since stays. */
export const afterOrder = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? EMPTY : basket;

/** Once a session is over without an order, the same pieces need a new one. */
export const afterCancel = (basket: Basket, sessionId: string): Basket =>
  basket.sessionId === sessionId ? { ...EMPTY, pieces: basket.pieces } : basket;

/** The basket as it was written down; an empty one when that cannot be read. */
export function readBasket(text: string | null): Basket {
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
    pieces: Object.fromEntries(entries.filter(([, quantity]) => Number.isInteger(quantity) && quantity > 0)),
    attempt: typeof attempt === 'string' ? attempt : null,
    sessionId: typeof sessionId === 'string' ? sessionId : null,
  };
}
