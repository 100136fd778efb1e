import type { Product } from '../inventory/product.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { sessionId } from '../shared/ids.ts';
import { sumOf, times } from '../shared/money.ts';
import { HOLD_MINUTES } from './hold-minutes.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export interface BasketLine {
  readonly sku: string;
  readonly quantity: number;
}

export type OpenSessionResult =
  | { readonly outcome: 'opened'; readonly session: Session }
  | { readonly outcome: 'unknown_product'; readonly skus: readonly string[] }
  | { readonly outcome: 'mixed_currencies' }
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

/** Freezes the prices of a basket and reserves all its items, or none. Its SKUs must be distinct. */
export async function openSession(
  { stock, sessions, ulid, now }: OpenSessionDeps,
  basket: readonly BasketLine[],
): Promise<OpenSessionResult> {
  const products = new Map(
    (await stock.productsOf(basket.map(({ sku }) => sku))).map((product) => [product.sku, product]),
  );
  const unknown = basket.filter(({ sku }) => !products.has(sku));
  if (unknown.length > 0) return { outcome: 'unknown_product', skus: unknown.map(({ sku }) => sku) };

  const items = basket.map(({ sku, quantity }) => {
    const { name, price } = products.get(sku) as Product;
    return { sku, name, quantity, unit_price: price };
  });
  if (new Set(items.map(({ unit_price }) => unit_price.currency)).size > 1) return { outcome: 'mixed_currencies' };

  const created = now();
  const session: Session = {
    checkout_session_id: sessionId(ulid()),
    status: 'open',
    items,
    amount: sumOf(items.map(({ unit_price, quantity }) => times(unit_price, quantity))),
    expires_at: new Date(created.getTime() + HOLD_MINUTES * 60_000).toISOString(),
    payment_id: null,
    payment_status: null,
    created_at: created.toISOString(),
  };
  // Stock first: a session without a reservation could be paid, while a reservation without a session just expires.
  const reserved = await stock.reserve({
    checkout_session_id: session.checkout_session_id,
    status: 'held',
    items: basket.map(({ sku, quantity }) => ({ sku, quantity })),
    expires_at: session.expires_at,
  });
  if (!reserved.done && 'short' in reserved) {
    const requested = new Map(basket.map(({ sku, quantity }) => [sku, quantity]));
    return {
      outcome: 'out_of_stock',
      items: reserved.short.map(({ sku, available }) => ({ sku, requested: requested.get(sku) ?? 0, available })),
    };
  }
  await sessions.create(session);
  return { outcome: 'opened', session };
}
