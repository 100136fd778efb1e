import { type ReleaseSessionDeps, releaseSession } from '../checkout/release-session.ts';
import { inBatches } from '../shared/in-batches.ts';
import { type UnpaidReservationsDeps, unpaidReservations } from './held-stock.ts';

export interface ReleaseHeldStockDeps extends ReleaseSessionDeps {
  readonly stock: ReleaseSessionDeps['stock'] & UnpaidReservationsDeps['stock'];
  readonly sessions: ReleaseSessionDeps['sessions'] & UnpaidReservationsDeps['sessions'];
}

/** Releasing this many takes a few seconds. */
const MAX_SESSIONS = 100;
const CONCURRENCY = 5;

export interface ReleaseHeldStockResult {
  /** `pieces` of the product; what the sessions held of others is back as well. */
  readonly released: { readonly sessions: number; readonly pieces: number };
  /** Whether another call may find more. */
  readonly remaining: boolean;
}

/**
 * Closes the sessions without payment that hold a product, and gives their stock back: one batch of them. A session
 * whose payment begins first keeps it. One that fails does not stop the others. Idempotent.
 * @throws the error of a session when none could be released
 */
export async function releaseHeldStock(deps: ReleaseHeldStockDeps, sku: string): Promise<ReleaseHeldStockResult> {
  const { reservations, complete } = await unpaidReservations(deps);
  const holding = reservations.flatMap(({ checkout_session_id: id, items }) => {
    const quantity = items.find((item) => item.sku === sku)?.quantity;
    return quantity === undefined ? [] : [{ id, quantity }];
  });

  const released = { sessions: 0, pieces: 0 };
  const errors: unknown[] = [];
  await inBatches(holding.slice(0, MAX_SESSIONS), CONCURRENCY, async ({ id, quantity }) => {
    try {
      const result = await releaseSession(deps, id);
      if (result.outcome !== 'released' || !result.changed) return;
      released.sessions += 1;
      released.pieces += quantity;
    } catch (error) {
      errors.push(error);
    }
  });
  if (errors.length > 0 && released.sessions === 0) throw errors[0];
  return { released, remaining: !complete || holding.length > MAX_SESSIONS || errors.length > 0 };
}
