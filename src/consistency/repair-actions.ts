import { correctStock } from '../inventory/correct-stock.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import {
  type RefundDeps,
  type RefundPaymentResult,
  refundExtraCapture,
  refundPayment,
} from '../payments/refund-payment.ts';
import { type ReplayDeps, replayEvent } from '../paypal-webhook/replay-event.ts';
import { rerunSettlement } from '../settlements/rerun-settlement.ts';
import type { RetryDeps } from '../settlements/retry-settlement.ts';
import type { SessionId } from '../shared/ids.ts';
import type { RepairActionResult, RepairActions } from './repair-finding.ts';

export interface RepairActionsDeps {
  readonly refund: RefundDeps;
  readonly retry: RetryDeps;
  readonly replay: ReplayDeps;
  readonly stock: Pick<StockRepository, 'correct' | 'offset'>;
  /** @returns whether the reservation was released. */
  readonly reconcileReservation: (id: SessionId) => Promise<boolean>;
}

const DONE: RepairActionResult = { done: true };
const notDone = (reason: string): RepairActionResult => ({ done: false, reason });

function resultOf(refunded: RefundPaymentResult): RepairActionResult {
  switch (refunded.outcome) {
    case 'done':
    case 'pending':
    case 'nothing_to_refund':
      return DONE;
    case 'rejected':
      return notDone(`PayPal rejected the refund: ${refunded.issue}`);
    case 'unknown_payment':
      return notDone('payment not found');
  }
}

/**
 * Repairs findings through the shop's regular use cases, and writes nothing else.
 * Each action throws PayPalUnavailable when it needs PayPal and PayPal does not respond; the repair may be retried.
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
        return notDone(`settlement ${settlement} is outdated: the payment has moved on`);
      case 'unknown_payment':
        return notDone('payment not found');
    }
  },

  async ask_paypal({ payment_id }, by) {
    const payment = await refund.payments.get(payment_id);
    if (!payment) return notDone('payment not found');
    await refund.evidenceApplier.refreshFromPayPal(payment, by);
    return DONE;
  },

  async refund({ payment_id }, by) {
    // One key for the finding: repeated repairs refund once.
    return resultOf(await refundPayment(refund, payment_id, { source: by, key: 'finding' }));
  },

  async refund_capture({ payment_id, capture_id }, by) {
    return resultOf(await refundExtraCapture(refund, payment_id, capture_id, by));
  },

  async release_stock({ checkout_session_id }) {
    return (await reconcileReservation(checkout_session_id))
      ? DONE
      : notDone('a payment may still arrive; the stock stays reserved');
  },

  async correct_stock({ sku, seen, counted }) {
    const { outcome } = await correctStock(stock, sku, seen, counted);
    switch (outcome) {
      case 'corrected':
        return DONE;
      case 'moved':
        return notDone('counters changed since the check; the next check counts again');
      case 'impossible':
        return notDone('more units held and sold than ever stocked');
    }
  },

  async offset_stock({ sku, by, drift }) {
    return (await stock.offset(sku, by, drift))
      ? DONE
      : notDone('a counter would be negative; wait for a full scan, which counts the reservations');
  },

  async replay_event({ event_id }) {
    const { outcome } = await replayEvent(replay, event_id, { dryRun: false });
    switch (outcome) {
      case 'replayed':
      case 'dry_run':
        return DONE;
      case 'erased':
        return notDone('event data was erased');
      case 'unknown_event':
        return notDone('event not found');
    }
  },
});
