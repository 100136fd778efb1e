import type { StockRepository } from '../../inventory/stock-repository.ts';
import type { Job } from '../job.ts';
import { processBatch } from '../process-batch.ts';
import { type ReconcileReservationDeps, reconcileReservation } from '../reconcile-reservation.ts';

export interface ReservationsJobDeps extends ReconcileReservationDeps {
  readonly stock: ReconcileReservationDeps['stock'] & Pick<StockRepository, 'due'>;
}

const MAX_RESERVATIONS = 2000;

/**
 * Releases expired reservations that no payment can use any more. Needs no cursor: each one is released or rescheduled.
 * None counts as repaired, because an abandoned session is not a fault.
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
