import type { StockRepository } from '../../inventory/stock-repository.ts';
import type { Job } from '../job.ts';
import { processBatch } from '../process-batch.ts';
import { type ReconcileReservationDeps, reconcileReservation } from '../reconcile-reservation.ts';

/** What `reservationsJob` works with. */
export interface ReservationsJobDeps extends ReconcileReservationDeps {
  readonly stock: ReconcileReservationDeps['stock'] & Pick<StockRepository, 'due'>;
}

const MAX_RESERVATIONS = 2000;

/**
 * Releases stock whose time is over and for which no money is on its way. It needs no cursor: after each look, the stock is released,
 * or due later. Shoppers who leave are nothing to be mended.
 */
export const reservationsJob =
  (deps: ReservationsJobDeps): Job =>
  async (run) => {
    let released = 0;
    const { done, failed } = await processBatch(
      deps.stock.due(run.dueBefore),
      async (id) => {
        released += Number(await reconcileReservation(deps, id));
      },
      { ...run, maxItems: MAX_RESERVATIONS },
    );
    return { figures: { checked: done, failed, released }, repaired: 0 };
  };
