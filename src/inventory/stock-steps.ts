import type { Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Counter } from './product.ts';
import type { Reservation, ReservationStatus } from './reservation.ts';
import type { StockRepository } from './stock-repository.ts';

/** What a step tells the workflow: what the reservation is now; `none` when there was no stock left to take again. */
export interface StockStepResult {
  readonly stock: ReservationStatus | 'none';
  readonly changed: boolean;
}

type Deps = Pick<StockRepository, 'reservation' | 'move'>;

/** Where pieces go when a reservation becomes something else; a pair that is missing is no way to go. */
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
 * The payment has come: what was held is sold. After late money, what is left is taken again, or `none`.
 * @throws Error when money came in time and the stock is not there all the same.
 */
export async function commitStock(stock: Deps, settlement: Settlement): Promise<StockStepResult> {
  const result = await moveReservation(stock, settlement, 'committed');
  if (result.stock === 'none' && settlement.outcome === 'captured')
    throw new Error(`stock of ${settlement.checkout_session_id} was released before its payment`);
  return result;
}

/** No payment will come: what was held can be bought by others. */
export const releaseStock = (
  stock: Deps,
  settlement: Pick<Settlement, 'checkout_session_id'>,
): Promise<StockStepResult> => moveReservation(stock, settlement, 'released');

/** The buyer came back to a purchase that had been given up: its stock is held again, or `none`. */
export const holdStock = (stock: Deps, settlement: Settlement): Promise<StockStepResult> =>
  moveReservation(stock, settlement, 'held');

/** All money went back before anything was shipped: the pieces can be bought by others, and are never taken again for this purchase. */
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
): Promise<StockStepResult> {
  const reservation = await stock.reservation(id);
  if (!reservation) throw new Error(`there is no reservation for ${id}`);
  return move(stock, reservation, to);
}

async function move(stock: Deps, reservation: Reservation, to: ReservationStatus): Promise<StockStepResult> {
  const way = `${reservation.status}→${to}`;
  if (!(way in COUNTER_MOVES)) return { stock: reservation.status, changed: false };
  const result = await stock.move(reservation, to, COUNTER_MOVES[way]);
  if (result.done) return { stock: to, changed: true };
  // Somebody else moved it since it was read: see what can be done from there.
  if ('status' in result) return move(stock, { ...reservation, status: result.status }, to);
  if (reservation.status === 'released') return { stock: 'none', changed: false };
  throw new Error(
    `stock of ${reservation.checkout_session_id} is ${reservation.status}, but its products do not show it`,
  );
}
