import { HELD_FIGURE, type HeldStockDeps, heldWithoutPayment } from '../held-stock.ts';
import type { Job } from '../job.ts';
import { processBatch } from '../process-batch.ts';
import { type ReconcileReservationDeps, reconcileReservation } from '../reconcile-reservation.ts';

export interface ReservationsJobDeps extends ReconcileReservationDeps {
  readonly stock: ReconcileReservationDeps['stock'] & HeldStockDeps['stock'];
  readonly sessions: ReconcileReservationDeps['sessions'] & HeldStockDeps['sessions'];
}

const MAX_RESERVATIONS = 2000;

/** Named in the stored run; the metric counts all. */
const MAX_NAMED = 20;

/**
 * Releases expired reservations that no payment can use any more. Needs no cursor: each one is released or rescheduled.
 * None counts as repaired, because an abandoned session is not a fault. Then measures what unpaid sessions hold.
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
    const held = await heldWithoutPayment(deps).catch((error: Error) => {
      run.onError('held stock', error);
      return undefined;
    });
    const named = [...(held ?? [])].slice(0, MAX_NAMED).map(([sku, quantity]) => [`${HELD_FIGURE}${sku}`, quantity]);
    return {
      figures: { checked: done, failed, released, ...Object.fromEntries(named) },
      repaired: 0,
      ...(held && { measurements: [['StockHeldUnpaid', held.size]] }),
    };
  };
