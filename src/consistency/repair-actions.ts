import { correctStock } from '../inventory/correct-stock.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { type RefundDeps, refundPayment } from '../payments/refund-payment.ts';
import { type ReplayDeps, replayEvent } from '../paypal-webhook/replay-event.ts';
import { rerunSettlement } from '../settlements/rerun-settlement.ts';
import type { RetryDeps } from '../settlements/retry-settlement.ts';
import type { SessionId } from '../shared/ids.ts';
import type { RepairActionResult, RepairActions } from './repair-finding.ts';

/** What the ordinary ways work with. */
export interface RepairActionsDeps {
  readonly refund: RefundDeps;
  readonly retry: RetryDeps;
  readonly replay: ReplayDeps;
  readonly stock: Pick<StockRepository, 'correct'>;
  /** Looks after stock that is held past its time. @returns whether it was released. */
  readonly reconcileReservation: (id: SessionId) => Promise<boolean>;
}

const DONE: RepairActionResult = { done: true };
const notDone = (reason: string): RepairActionResult => ({ done: false, reason });

/**
 * How findings are repaired: each by a way that the shop has anyway, so that nothing is written but what that way writes.
 * Each of them throws PayPalUnavailable when PayPal must be asked and does not answer: it may be tried again.
 */
export const repairActions = ({
  refund,
  retry,
  replay,
  stock,
  reconcileReservation,
}: RepairActionsDeps): RepairActions => ({
  async settle({ payment_id, settlement }) {
    const { outcome } = await rerunSettlement(retry, payment_id, settlement);
    switch (outcome) {
      case 'running':
        return DONE;
      case 'outdated':
        return notDone(`the payment has moved on, and ${settlement} is not what it asks for any more`);
      case 'unknown_payment':
        return notDone('the payment is not there');
    }
  },

  async ask_paypal({ payment_id }, by) {
    const payment = await refund.payments.get(payment_id);
    if (!payment) return notDone('the payment is not there');
    await refund.evidenceApplier.refreshFromPayPal(payment, by);
    return DONE;
  },

  async refund({ payment_id }, by) {
    // The key is the finding's: however often it is repaired, the money goes back once.
    const refunded = await refundPayment(refund, payment_id, { source: by, key: 'finding' });
    switch (refunded.outcome) {
      case 'done':
      case 'nothing_to_refund':
        return DONE;
      case 'refused':
        return notDone(`PayPal says ${refunded.issue}`);
      case 'unknown_payment':
        return notDone('the payment is not there');
    }
  },

  async release_stock({ checkout_session_id }) {
    return (await reconcileReservation(checkout_session_id))
      ? DONE
      : notDone('money may still be on its way, so the stock stays where it is');
  },

  async correct_stock({ sku, seen, counted }) {
    const { outcome } = await correctStock(stock, sku, seen, counted);
    switch (outcome) {
      case 'corrected':
        return DONE;
      case 'moved':
        return notDone('the stock is not what was counted any more: the next check counts again');
      case 'impossible':
        return notDone('more is held and sold than was ever stocked');
    }
  },

  async replay_event({ event_id }) {
    const { outcome } = await replayEvent(replay, event_id, { dryRun: false });
    switch (outcome) {
      case 'replayed':
      case 'dry_run':
        return DONE;
      case 'erased':
        return notDone('what the event said was erased');
      case 'unknown_event':
        return notDone('the event is not there any more');
    }
  },
});
