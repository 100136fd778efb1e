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

type Deps = Pick<StockRepository, 'reservation' | 'move'>;

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

/** A returned reservation stays returned, unless PayPal cancelled the reversal that returned it. */
const REINSTATED_MOVES: typeof COUNTER_MOVES = { ...COUNTER_MOVES, 'returned→committed': ['available', 'sold'] };

/**
 * Commits the reserved items of a captured payment. For a late payment it takes them from available stock again, or
 * returns `none`.
 * @throws Error when a payment on time finds its stock released and gone.
 */
export async function commitStock(stock: Deps, settlement: Settlement): Promise<StockStepResult> {
  const moves = settlement.reinstated === undefined ? COUNTER_MOVES : REINSTATED_MOVES;
  const result = await moveReservation(stock, settlement, 'committed', moves);
  if (result.stock === 'none' && settlement.outcome === 'captured')
    throw new Error(`stock of ${settlement.checkout_session_id} was released before its payment was captured`);
  return result;
}

/** Releases the items of a payment that was cancelled, failed or expired. */
export const releaseStock = (
  stock: Deps,
  settlement: Pick<Settlement, 'checkout_session_id'>,
): Promise<StockStepResult> => moveReservation(stock, settlement, 'released');

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
  { checkout_session_id: id }: Pick<Settlement, 'checkout_session_id'>,
  to: ReservationStatus,
  moves = COUNTER_MOVES,
): Promise<StockStepResult> {
  const reservation = await stock.reservation(id);
  if (!reservation) throw new Error(`reservation of ${id} not found`);
  return move(stock, reservation, to, moves);
}

async function move(
  stock: Deps,
  reservation: Reservation,
  to: ReservationStatus,
  moves: typeof COUNTER_MOVES,
): Promise<StockStepResult> {
  const change = `${reservation.status}→${to}`;
  if (!(change in moves)) return { stock: reservation.status, changed: false };
  const result = await stock.move(reservation, to, moves[change]);
  if (result.done) return { stock: to, changed: true };
  // Changed since it was read: decide again from its new status.
  if ('status' in result) return move(stock, { ...reservation, status: result.status }, to, moves);
  if (reservation.status === 'released' || reservation.status === 'returned') return { stock: 'none', changed: false };
  throw new Error(
    `stock of ${reservation.checkout_session_id} is ${reservation.status}, but its product counters are too low`,
  );
}
