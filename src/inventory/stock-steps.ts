import type { Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Counter } from './product.ts';
import type { Reservation, ReservationStatus } from './reservation.ts';
import type { StockRepository } from './stock-repository.ts';

/** The reservation's current status; `none` when the stock of a released reservation is gone. */
export interface StockStepResult {
  readonly stock: ReservationStatus | 'none';
  readonly changed: boolean;
}

type Deps = Pick<StockRepository, 'reservation' | 'resume' | 'move'>;

/**
 * The counters between which each status change moves the items of a reservation. Changes not listed are no-ops.
 */
const COUNTER_MOVES: Readonly<Record<string, readonly [from: Counter, to: Counter] | undefined>> = {
  'held→committed': ['reserved', 'sold'],
  'released→committed': ['available', 'sold'],
  'held→released': ['reserved', 'available'],
  'released→held': ['available', 'reserved'],
  'held→returned': ['reserved', 'available'],
  'committed→returned': ['sold', 'available'],
  'released→returned': undefined,
};

/**
 * Those of a settlement that was reinstated more often than the reservation. The second is for a reversal that was
 * cancelled before its stock was returned: it keeps that return from being applied later.
 */
const REINSTATED_MOVES: typeof COUNTER_MOVES = {
  ...COUNTER_MOVES,
  'returned→committed': ['available', 'sold'],
  'committed→committed': undefined,
};

/**
 * Commits the reserved items of a captured payment. For a late payment it takes them from available stock again, or
 * returns `none`.
 * @throws Error when a payment on time finds its stock released and gone.
 */
export async function commitStock(stock: Deps, settlement: Settlement): Promise<StockStepResult> {
  const result = await moveReservation(stock, settlement, 'committed');
  if (result.stock === 'none' && settlement.outcome === 'captured')
    throw new Error(`stock of ${settlement.checkout_session_id} was released before its payment was captured`);
  return result;
}

/** Releases the items of a payment that was cancelled, failed or expired. A released reservation is deleted later. */
export async function releaseStock(
  stock: Deps,
  { checkout_session_id: id, reinstated }: Pick<Settlement, 'checkout_session_id' | 'reinstated'>,
): Promise<StockStepResult> {
  const reservation = await stock.reservation(id);
  return reservation ? move(stock, reservation, 'released', reinstated) : { stock: 'released', changed: false };
}

/** Reserves the items of a late approval again, or returns `none`. */
export const holdStock = (stock: Deps, settlement: Settlement): Promise<StockStepResult> =>
  moveReservation(stock, settlement, 'held');

/** Returns the items of a payment that was refunded in full before shipping. A returned reservation stays returned. */
export const returnStock = (stock: Deps, settlement: Settlement): Promise<StockStepResult> =>
  moveReservation(stock, settlement, 'returned');

export const stockSteps = (stock: Deps): StepsOf<'inventory', StockStepResult> => ({
  CommitStock: (settlement) => commitStock(stock, settlement),
  HoldStock: (settlement) => holdStock(stock, settlement),
  ReleaseStock: (settlement) => releaseStock(stock, settlement),
  ReturnStock: (settlement) => returnStock(stock, settlement),
});

async function moveReservation(
  stock: Deps,
  { checkout_session_id: id, reinstated }: Pick<Settlement, 'checkout_session_id' | 'reinstated'>,
  to: ReservationStatus,
): Promise<StockStepResult> {
  const reservation = await stock.reservation(id);
  if (!reservation) throw new Error(`reservation of ${id} not found`);
  return move(stock, reservation, to, reinstated);
}

/** A no-op for a reservation that was reinstated more often since. Ends a pending move first. */
async function move(
  stock: Deps,
  reservation: Reservation,
  to: ReservationStatus,
  reinstated: number | undefined,
): Promise<StockStepResult> {
  if (reservation.pending) return move(stock, await stock.resume(reservation), to, reinstated);
  const { checkout_session_id, status } = reservation;
  const times = (reinstated ?? 0) - (reservation.reinstated ?? 0);
  const moves = times > 0 ? REINSTATED_MOVES : COUNTER_MOVES;
  const change = `${status}→${to}`;
  if (times < 0 || !(change in moves)) return { stock: status, changed: false };
  const result = await stock.move(reservation, to, moves[change], reinstated);
  if (result.done) return { stock: to, changed: true };
  // Changed since it was read: decide again.
  if ('current' in result) return move(stock, result.current, to, reinstated);
  if (status === 'released' || status === 'returned') return { stock: 'none', changed: false };
  throw new Error(`stock of ${checkout_session_id} is ${status}, but its product counters are too low`);
}
