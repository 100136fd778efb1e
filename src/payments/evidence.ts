import type { Buyer, PayPalCapture, PayPalOrder, PayPalRefund } from '../paypal/schema.ts';
import { type Money, sumOf } from '../shared/money.ts';

interface EvidenceContext {
  /** For the payment's history: `webhook WH-…`, `capture`, `buyer`, `reconciler`. */
  readonly source: string;
  /** ISO 8601, UTC: when the webhook arrived. */
  readonly receivedAt?: string | undefined;
  /** ISO 8601, UTC: PayPal's time of the fact. Of an approval: when the buyer gave it. */
  readonly time?: string | undefined;
  /** True for PayPal's current view, just fetched; a delivery may be old. */
  readonly authoritative?: boolean;
  /** With `authoritative`: the payment's `reversed_at` when PayPal was asked. */
  readonly reversedAt?: string | undefined;
  readonly paypalOrderId?: string | undefined;
  /** Stored for the warehouse if the evidence moves the payment, apart from it. */
  readonly buyer?: Buyer | undefined;
}

/** One normalised fact about a payment, from PayPal, the buyer's browser or an operator. */
export type Evidence = EvidenceContext &
  (
    | { readonly kind: 'approved' }
    | { readonly kind: 'capture_pending'; readonly captureId: string }
    /**
     * `isRefunded`: PayPal shows it as refunded, in part or in full. `again`: announced long after the capture, as when
     * PayPal cancels a reversal or a pending capture completes.
     */
    | {
        readonly kind: 'captured';
        readonly captureId: string;
        readonly amount: Money;
        readonly isRefunded?: true;
        readonly again?: true;
      }
    /** PayPal rejected a capture with `ORDER_ALREADY_CAPTURED`, and did not show the capture. */
    | { readonly kind: 'already_captured' }
    | { readonly kind: 'capture_failed'; readonly captureId: string }
    | { readonly kind: 'cancelled' }
    /** PayPal no longer has the order. */
    | { readonly kind: 'expired' }
    /**
     * PayPal rejected the capture of an approved order: only a later approval starts the next attempt. `attempt` is the
     * number of earlier attempts.
     */
    | { readonly kind: 'instrument_declined'; readonly attempt: number; readonly issue: string }
    /** PayPal rejected the capture because the buyer has not approved yet, in spite of earlier evidence. */
    | { readonly kind: 'not_approved'; readonly attempt: number; readonly issue: string }
    /** An operator accepted a captured amount that differs from the requested one. */
    | { readonly kind: 'accepted' }
    /** The workflow does not capture because the stock is gone. */
    | { readonly kind: 'declined' }
    /**
     * `total` is the refunded total of the capture; `refundIds` are completed refunds in it, not necessarily all.
     */
    | {
        readonly kind: 'refunded';
        readonly captureId: string;
        readonly total: Money;
        readonly refundIds: readonly string[];
      }
    /** PayPal accepted a refund that is not complete, such as one to a bank account. */
    | { readonly kind: 'refund_pending'; readonly captureId: string; readonly refundId: string; readonly amount: Money }
    /** PayPal or the bank did not complete a refund. */
    | {
        readonly kind: 'refund_failed';
        readonly captureId: string;
        readonly refundId: string;
        readonly status: FailedRefundStatus;
      }
    /** PayPal took money back, as after a chargeback. `total` is the total that was refunded or reversed. */
    | { readonly kind: 'reversed'; readonly captureId: string; readonly total: Money }
    /**
     * PayPal cancelled a reversal: of the capture's amount, only the total that was refunded is away. `time` is that of
     * the cancellation: an earlier reversal has ended.
     */
    | {
        readonly kind: 'reinstated';
        readonly captureId: string;
        readonly amount: Money;
        readonly total: Money;
        readonly time: string;
      }
  );

export type EvidenceKind = Evidence['kind'];

/** The money that a fact is about: its total, if it has one. */
export const moneyOf = (evidence: Evidence): Money | undefined =>
  'total' in evidence ? evidence.total : 'amount' in evidence ? evidence.amount : undefined;

/**
 * A refunded capture was captured first, so its status yields two facts; partial amounts are only in the refunds. An
 * unknown status yields none: https://developer.paypal.com/docs/api/payments/v2/#definition-capture_status
 */
export function evidenceOfCapture(capture: PayPalCapture, context: EvidenceContext): Evidence[] {
  const about = { ...context, paypalOrderId: capture.order_id ?? context.paypalOrderId };
  switch (capture.status) {
    case 'COMPLETED':
      return [{ ...about, kind: 'captured', captureId: capture.id, amount: capture.amount }];
    case 'PARTIALLY_REFUNDED':
      return [{ ...about, kind: 'captured', captureId: capture.id, amount: capture.amount, isRefunded: true }];
    case 'REFUNDED':
      return [
        { ...about, kind: 'captured', captureId: capture.id, amount: capture.amount, isRefunded: true },
        { ...about, kind: 'refunded', captureId: capture.id, total: capture.amount, refundIds: [] },
      ];
    case 'PENDING':
      return [{ ...about, kind: 'capture_pending', captureId: capture.id }];
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
  const about = { ...context, time: order.updated_at ?? context.time, paypalOrderId: order.id, buyer: order.buyer };
  const captures = order.captures.flatMap((capture) => evidenceOfCapture(capture, about));
  // One that cannot be read may have money.
  const facts = order.incomplete ? captures.filter(isNoFailure) : withoutFailures(captures);
  if (facts.length > 0) return [...facts.toSorted(capturedFirst), ...evidenceOfRefunds(order.refunds, about)];
  if (order.incomplete) return [];
  switch (order.status) {
    case 'APPROVED':
      return [{ ...about, kind: 'approved' }];
    case 'VOIDED':
      return [{ ...about, kind: 'cancelled' }];
    default:
      return [];
  }
}

const isNoFailure = ({ kind }: Evidence) => kind !== 'capture_failed';

/** A failed capture counts only if no other capture of the order has money. */
export const withoutFailures = (facts: readonly Evidence[]): readonly Evidence[] =>
  facts.some(({ kind }) => kind === 'captured' || kind === 'capture_pending') ? facts.filter(isNoFailure) : facts;

/** Stable: a capture stays before its refund. */
const capturedFirst = (a: Evidence, b: Evidence) =>
  Number(a.kind === 'capture_pending') - Number(b.kind === 'capture_pending');

const FAILED_REFUND_STATUSES = ['FAILED', 'CANCELLED'] as const;
export type FailedRefundStatus = (typeof FAILED_REFUND_STATUSES)[number];

export const isFailedRefund = (status: string | undefined): status is FailedRefundStatus =>
  FAILED_REFUND_STATUSES.some((one) => one === status);

/** An unknown status, or a total that PayPal does not state, yields no fact: PayPal's current view is fetched then. */
export function evidenceOfRefund(refund: PayPalRefund, context: EvidenceContext): Evidence[] {
  const { id: refundId, capture_id: captureId, status, amount, total_refunded: total } = refund;
  if (!captureId) return [];
  if (status === 'COMPLETED')
    return total ? [{ ...context, kind: 'refunded', captureId, total, refundIds: [refundId] }] : [];
  return evidenceOfUnpaidRefund({ refundId, captureId, status, amount }, context);
}

function evidenceOfUnpaidRefund(
  { refundId, captureId, status, amount }: { refundId: string; captureId: string; status: string; amount: Money },
  context: EvidenceContext,
): Evidence[] {
  if (status === 'PENDING') return [{ ...context, kind: 'refund_pending', captureId, refundId, amount }];
  return isFailedRefund(status) ? [{ ...context, kind: 'refund_failed', captureId, refundId, status }] : [];
}

/** The refunded total of each capture, from completed refunds, and the other refunds. */
function evidenceOfRefunds(refunds: readonly PayPalRefund[], about: EvidenceContext): Evidence[] {
  const byCapture = Map.groupBy(refunds, (refund) => refund.capture_id);
  return [...byCapture].flatMap(([captureId, group]) => {
    if (!captureId) return [];
    const completed = group.filter(({ status }) => status === 'COMPLETED');
    return [
      ...(completed.length > 0
        ? [
            {
              ...about,
              kind: 'refunded' as const,
              captureId,
              total: sumOf(completed.map(({ amount }) => amount)),
              refundIds: completed.map(({ id }) => id),
            },
          ]
        : []),
      ...group.flatMap(({ id, status, amount }) =>
        evidenceOfUnpaidRefund({ refundId: id, captureId, status, amount }, about),
      ),
    ];
  });
}
