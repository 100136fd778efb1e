import type { Buyer, PayPalCapture, PayPalOrder, PayPalRefund } from '../paypal/schema.ts';
import { type Money, sumOf } from '../shared/money.ts';

interface EvidenceContext {
  /** For the payment's history: `webhook WH-…`, `capture`, `buyer`, `reconciler`. */
  readonly source: string;
  /** ISO 8601, UTC: when the webhook arrived. */
  readonly receivedAt?: string | undefined;
  /** True for PayPal's current view, just fetched; a delivery may be old. */
  readonly authoritative?: boolean;
  readonly paypalOrderId?: string | undefined;
  /** Stored for the warehouse, apart from the payment. */
  readonly buyer?: Buyer | undefined;
}

/** One normalised fact about a payment, from PayPal, the buyer's browser or an operator. */
export type Evidence = EvidenceContext &
  (
    | { readonly kind: 'approved' }
    | { readonly kind: 'capture_pending'; readonly captureId: string; readonly amount: Money }
    | { readonly kind: 'captured'; readonly captureId: string; readonly amount: Money }
    | { readonly kind: 'capture_failed'; readonly captureId: string }
    | { readonly kind: 'cancelled' }
    /** PayPal no longer has the order. */
    | { readonly kind: 'expired' }
    /**
     * PayPal declined the funding source: the buyer must choose another. `attempt` is the number of earlier declines.
     */
    | { readonly kind: 'instrument_declined'; readonly attempt: number }
    /** An operator accepted a captured amount that differs from the requested one. */
    | { readonly kind: 'accepted' }
    /** The workflow does not capture because the stock is gone. */
    | { readonly kind: 'declined' }
    /** `total` is the refunded total of the capture, this refund included. */
    | { readonly kind: 'refunded'; readonly captureId: string; readonly total: Money }
    /** PayPal reversed the capture, as after a chargeback. */
    | { readonly kind: 'reversed'; readonly captureId: string }
  );

export type EvidenceKind = Evidence['kind'];

/**
 * A refunded capture was captured first, so its status yields two facts; partial amounts are only in the refunds. An
 * unknown status yields none: https://developer.paypal.com/docs/api/payments/v2/#definition-capture_status
 */
export function evidenceOfCapture(capture: PayPalCapture, context: EvidenceContext): Evidence[] {
  const about = { ...context, paypalOrderId: capture.order_id ?? context.paypalOrderId };
  switch (capture.status) {
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
      return [{ ...about, kind: 'captured', captureId: capture.id, amount: capture.amount }];
    case 'REFUNDED':
      return [
        { ...about, kind: 'captured', captureId: capture.id, amount: capture.amount },
        { ...about, kind: 'refunded', captureId: capture.id, total: capture.amount },
      ];
    case 'PENDING':
      return [{ ...about, kind: 'capture_pending', captureId: capture.id, amount: capture.amount }];
    case 'DECLINED':
    case 'FAILED':
      return [{ ...about, kind: 'capture_failed', captureId: capture.id }];
    default:
      return [];
  }
}

/**
 * Captures and refunds take precedence over the order's status: a snapshot may be ahead of its event.
 * https://developer.paypal.com/docs/api/orders/v2/#definition-order_status
 */
export function evidenceOfOrder(order: PayPalOrder, context: EvidenceContext): Evidence[] {
  const about = { ...context, paypalOrderId: order.id, buyer: order.buyer };
  const captures = order.captures.flatMap((capture) => evidenceOfCapture(capture, about));
  if (captures.length > 0) return [...captures, ...evidenceOfRefunds(order.refunds, about)];
  switch (order.status) {
    case 'APPROVED':
      return [{ ...about, kind: 'approved' }];
    case 'VOIDED':
      return [{ ...about, kind: 'cancelled' }];
    default:
      return [];
  }
}

/** The refunded total of each capture, from completed refunds. */
function evidenceOfRefunds(refunds: readonly PayPalRefund[], about: EvidenceContext): Evidence[] {
  const completed = refunds.filter((refund) => refund.status === 'COMPLETED');
  const byCapture = Map.groupBy(completed, (refund) => refund.capture_id);
  return [...byCapture].flatMap(([captureId, group]) =>
    captureId
      ? [{ ...about, kind: 'refunded' as const, captureId, total: sumOf(group.map(({ amount }) => amount)) }]
      : [],
  );
}
