import type { Buyer, PayPalCapture, PayPalOrder, PayPalRefund } from '../paypal/schema.ts';
import { type Money, sumOf } from '../shared/money.ts';

interface Circumstances {
  /** Where we have it from, for the payment's history: `webhook WH-…`, `capture`, `buyer`, `reconciler`. */
  readonly source: string;
  /** ISO 8601, UTC: when the shop heard of it, where PayPal came to tell. */
  readonly receivedAt?: string | undefined;
  /** True when PayPal was asked just now, so that this is its present view and not an old delivery. */
  readonly authoritative?: boolean;
  /** The PayPal order that it speaks of, where it says so. */
  readonly paypalOrderId?: string | undefined;
  /** Who bought, where PayPal said so: kept for the warehouse, apart from the payment. */
  readonly buyer?: Buyer | undefined;
}

/** One fact about a payment, from PayPal or the buyer's browser: never an opinion of ours. */
export type Evidence = Circumstances &
  (
    | { readonly kind: 'approved' }
    | { readonly kind: 'capture_pending'; readonly captureId: string; readonly amount: Money }
    | { readonly kind: 'captured'; readonly captureId: string; readonly amount: Money }
    | { readonly kind: 'capture_failed'; readonly captureId: string }
    | { readonly kind: 'cancelled' }
    /** PayPal knows the order no more. */
    | { readonly kind: 'expired' }
    /** PayPal would not capture: the buyer must choose another way to pay. `attempt` counts how often that was so before. */
    | { readonly kind: 'instrument_declined'; readonly attempt: number }
    /** An operator takes money that differs from what was asked. */
    | { readonly kind: 'accepted' }
    /** The shop will not capture, because its stock is gone. */
    | { readonly kind: 'declined' }
    /** `total` is all that has been refunded of the capture so far, this refund included. */
    | { readonly kind: 'refunded'; readonly captureId: string; readonly total: Money }
    /** PayPal took the money back. */
    | { readonly kind: 'reversed'; readonly captureId: string }
  );

/** What a piece of evidence is about. */
export type EvidenceKind = Evidence['kind'];

/**
 * What a capture says. A refunded capture was captured first, so its status says two things; how much was refunded only the
 * refunds tell. An unknown status says nothing: https://developer.paypal.com/docs/api/payments/v2/#definition-capture_status
 */
export function evidenceOfCapture(capture: PayPalCapture, circumstances: Circumstances): Evidence[] {
  const about = { ...circumstances, paypalOrderId: capture.order_id ?? circumstances.paypalOrderId };
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
 * All that an order says, its captures and refunds first: a snapshot may be ahead of the event that brought it.
 * https://developer.paypal.com/docs/api/orders/v2/#definition-order_status
 */
export function evidenceOfOrder(order: PayPalOrder, circumstances: Circumstances): Evidence[] {
  const about = { ...circumstances, paypalOrderId: order.id, buyer: order.buyer };
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

/** What the completed refunds of an order add up to, per capture. */
function evidenceOfRefunds(refunds: readonly PayPalRefund[], about: Circumstances): Evidence[] {
  const completed = refunds.filter((refund) => refund.status === 'COMPLETED');
  const byCapture = Map.groupBy(completed, (refund) => refund.capture_id);
  return [...byCapture].flatMap(([captureId, group]) =>
    captureId
      ? [{ ...about, kind: 'refunded' as const, captureId, total: sumOf(group.map(({ amount }) => amount)) }]
      : [],
  );
}
