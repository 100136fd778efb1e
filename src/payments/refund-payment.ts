import type { RefundResult } from '../paypal/client.ts';
import type { PayPalOrder, PayPalRefund } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { Money } from '../shared/money.ts';
import type { EvidenceApplier, EvidenceResult } from './apply-evidence.ts';
import { evidenceOfRefund } from './evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { isReturned } from './transitions.ts';

export type RefundPaymentResult =
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** PayPal accepted the refund and has not completed it, such as one to a bank account. */
  | { readonly outcome: 'pending'; readonly payment: Payment }
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
  deps: RefundDeps,
  id: PaymentId,
  { amount, source, key }: RefundRequest,
): Promise<RefundPaymentResult> {
  const payment = await deps.payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  if (!payment.capture_id || !payment.captured || !payment.paypal_order_id)
    return { outcome: 'nothing_to_refund', payment };
  if (isReturned(payment.status)) return { outcome: 'nothing_to_refund', payment };
  return refund(deps, payment, payment.capture_id, { amount, source, requestId: `refund-${id}-${key}` });
}

/**
 * Refunds a further capture of the payment's order in full.
 * @throws PayPalUnavailable as `refundPayment` does
 */
export async function refundExtraCapture(
  deps: RefundDeps,
  id: PaymentId,
  captureId: string,
  source: string,
): Promise<RefundPaymentResult> {
  const payment = await deps.payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  const extra = payment.extra_captures?.[captureId];
  if (!extra || extra.refunded_minor >= extra.amount.minor) return { outcome: 'nothing_to_refund', payment };
  return refund(deps, payment, captureId, { source, requestId: `refund-${id}-${captureId}` });
}

async function refund(
  { refundCapture, getOrder, evidenceApplier }: RefundDeps,
  payment: Payment,
  captureId: string,
  { amount, source, requestId }: { amount?: Money | undefined; source: string; requestId: string },
): Promise<RefundPaymentResult> {
  const { paypal_order_id: orderId } = payment;
  const response = await refundCapture(captureId, requestId, amount);
  if (response.outcome === 'rejected' && response.issue !== 'CAPTURE_FULLY_REFUNDED')
    return { outcome: 'rejected', payment, issue: response.issue };
  const refunded = response.outcome === 'refunded' ? { ...response.refund, capture_id: captureId } : undefined;
  // The refunded total includes refunds made in PayPal's dashboard. If the response lacks it, the order has it.
  const facts = refunded ? evidenceOfRefund(refunded, { source }) : [];
  const result: EvidenceResult =
    facts.length > 0 || !orderId
      ? await evidenceApplier.applyAll(payment, facts)
      : await evidenceApplier.applyOrder(payment, await getOrder(orderId), source);
  return outcomeOf('payment' in result ? result.payment : payment, refunded);
}

function outcomeOf(payment: Payment, refund: PayPalRefund | undefined): RefundPaymentResult {
  switch (refund && payment.refunds?.[refund.id]?.status) {
    case 'PENDING':
      return { outcome: 'pending', payment };
    case 'FAILED':
    case 'CANCELLED':
      return { outcome: 'rejected', payment, issue: `REFUND_${refund?.status}` };
    default:
      return { outcome: 'done', payment };
  }
}
