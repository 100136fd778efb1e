import type { RefundResult } from '../paypal/client.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { Money } from '../shared/money.ts';
import type { EvidenceApplier } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

export type RefundPaymentResult =
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** Nothing was captured, or it is already refunded in full. */
  | { readonly outcome: 'nothing_to_refund'; readonly payment: Payment }
  /** PayPal rejected the refund, or accepted it and it failed later: `REFUND_TIME_LIMIT_EXCEEDED`, `REFUND_FAILED`. */
  | { readonly outcome: 'rejected'; readonly payment: Payment; readonly issue: string }
  | { readonly outcome: 'unknown_payment' };

export interface RefundDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly refundCapture: (captureId: string, requestId: string, amount?: Money) => Promise<RefundResult>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

export interface RefundRequest {
  /** @default - the remaining amount */
  readonly amount?: Money;
  /** The source in the payment's history. */
  readonly source: string;
  /** Idempotency key among the payment's refunds; at most 45 characters. */
  readonly key: string;
}

/**
 * Refunds at PayPal and applies the response.
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated with the same key.
 */
export async function refundPayment(
  { payments, refundCapture, getOrder, evidenceApplier }: RefundDeps,
  id: PaymentId,
  { amount, source, key }: RefundRequest,
): Promise<RefundPaymentResult> {
  const payment = await payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  if (!payment.capture_id || !payment.captured || !payment.paypal_order_id)
    return { outcome: 'nothing_to_refund', payment };
  if (payment.status === 'refunded' || payment.status === 'reversed') return { outcome: 'nothing_to_refund', payment };

  const response = await refundCapture(payment.capture_id, `refund-${id}-${key}`, amount);
  if (response.outcome === 'rejected' && response.issue !== 'CAPTURE_FULLY_REFUNDED')
    return { outcome: 'rejected', payment, issue: response.issue };
  // The refunded total includes refunds made in PayPal's dashboard. If the response lacks it, the order has it.
  const status = response.outcome === 'refunded' ? response.refund.status : '';
  const total = response.outcome === 'refunded' && status === 'COMPLETED' ? response.refund.total_refunded : undefined;
  const result = total
    ? await evidenceApplier.apply(id, { kind: 'refunded', source, captureId: payment.capture_id, total }, payment)
    : await evidenceApplier.applyOrder(payment, await getOrder(payment.paypal_order_id), source);
  const updated = 'payment' in result ? result.payment : payment;
  return FAILED_STATUSES.has(status) && updated.refunded_minor === payment.refunded_minor
    ? { outcome: 'rejected', payment: updated, issue: `REFUND_${status}` }
    : { outcome: 'done', payment: updated };
}

/** https://developer.paypal.com/docs/api/payments/v2/#definition-refund_status */
const FAILED_STATUSES: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED']);
