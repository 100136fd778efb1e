import type { RefundResult } from '../paypal/client.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { Money } from '../shared/money.ts';
import type { EvidenceApplier } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

/** What a wish to refund led to. */
export type RefundPaymentResult =
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** No money has come, or it has all gone back. */
  | { readonly outcome: 'nothing_to_refund'; readonly payment: Payment }
  /** PayPal would not, or took it on in vain; `issue` says why, such as `REFUND_TIME_LIMIT_EXCEEDED` or `REFUND_FAILED`. */
  | { readonly outcome: 'refused'; readonly payment: Payment; readonly issue: string }
  | { readonly outcome: 'unknown_payment' };

/** What `refundPayment` works with. */
export interface RefundDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly refundCapture: (captureId: string, requestId: string, amount?: Money) => Promise<RefundResult>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

/** How much to give back, and why. */
export interface RefundRequest {
  /** All that is left when absent. */
  readonly amount?: Money;
  /** Goes into the payment's history. */
  readonly source: string;
  /** Names this refund among those of the payment: the same one twice is one refund. At most 45 characters. */
  readonly key: string;
}

/**
 * Gives money back at PayPal and settles on the answer.
 * @throws PayPalUnavailable when PayPal gave no usable answer: the call may be repeated, with the same key.
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

  const answer = await refundCapture(payment.capture_id, `refund-${id}-${key}`, amount);
  if (answer.outcome === 'refused' && answer.issue !== 'CAPTURE_FULLY_REFUNDED')
    return { outcome: 'refused', payment, issue: answer.issue };
  // The answer tells what has gone back in all, somebody's refund on PayPal's own pages included; where it does not, the order does.
  const status = answer.outcome === 'refunded' ? answer.refund.status : '';
  const total = answer.outcome === 'refunded' && status === 'COMPLETED' ? answer.refund.total_refunded : undefined;
  const settled = total
    ? await evidenceApplier.apply(id, { kind: 'refunded', source, captureId: payment.capture_id, total }, payment)
    : await evidenceApplier.applyOrder(payment, await getOrder(payment.paypal_order_id), source);
  const now = 'payment' in settled ? settled.payment : payment;
  return CAME_TO_NOTHING.has(status) && now.refunded_minor === payment.refunded_minor
    ? { outcome: 'refused', payment: now, issue: `REFUND_${status}` }
    : { outcome: 'done', payment: now };
}

/** https://developer.paypal.com/docs/api/payments/v2/#definition-refund_status */
const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED']);
