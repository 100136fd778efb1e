import type { CaptureResult } from '../paypal/client.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { EvidenceApplier, EvidenceResult } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { isGivenUp, isPaid } from './transitions.ts';

/** What a wish to capture led to. */
export type CapturePaymentResult =
  /** The payment as it is now: captured, pending, or on its way. */
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** The buyer has not approved: there is nothing to capture yet. */
  | { readonly outcome: 'not_approved'; readonly payment: Payment }
  /** PayPal did not take the buyer's card or account; the buyer may choose another one at `approve_url`. */
  | { readonly outcome: 'declined'; readonly payment: Payment; readonly issue: string }
  | { readonly outcome: 'unknown_payment' };

/** What `capturePayment` works with. */
export interface CaptureDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly captureOrder: (paypalOrderId: string, requestId: string) => Promise<CaptureResult>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

const NOT_APPROVED: ReadonlySet<string> = new Set(['ORDER_NOT_APPROVED', 'PAYER_ACTION_REQUIRED']);

/**
 * Captures an approved payment at PayPal and settles on the answer. Any number of callers may wish so at once: the request id is the
 * same for all, and an order can be captured once only. `by` goes into the payment's history.
 * @throws PayPalUnavailable when PayPal gave no usable answer: the call may be repeated.
 */
export async function capturePayment(
  { payments, captureOrder, getOrder, evidenceApplier }: CaptureDeps,
  id: PaymentId,
  by: 'return' | 'workflow',
): Promise<CapturePaymentResult> {
  const payment = await payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  const orderId = payment.paypal_order_id;
  if (!orderId) return { outcome: 'not_approved', payment };
  if (isPaid(payment.status)) return { outcome: 'done', payment };

  const done = async (settled: Promise<EvidenceResult>): Promise<CapturePaymentResult> => {
    const result = await settled;
    return { outcome: 'done', payment: 'payment' in result ? result.payment : payment };
  };
  // The stock of a purchase that was given up may be gone: the workflow takes it again before anything is captured.
  if (isGivenUp(payment.status) || (payment.late && by === 'return'))
    return done(evidenceApplier.refreshFromPayPal(payment, by));

  // Before the shop has heard of the approval, the answer may be a refusal. Should PayPal remember it, as it does for some hours, the
  // capture after the approval must not be answered with it.
  const requestId = [
    'capture',
    id,
    ...(payment.status === 'created' ? ['early'] : []),
    ...(payment.declines > 0 ? [payment.declines] : []),
  ].join('-');
  const answer = await captureOrder(orderId, requestId);
  if (answer.outcome === 'order') return done(evidenceApplier.applyOrder(payment, answer.order, by));
  if (answer.outcome === 'gone') return done(evidenceApplier.applyOrder(payment, undefined, by));
  if (answer.issue === 'ORDER_ALREADY_CAPTURED')
    return done(evidenceApplier.applyOrder(payment, await getOrder(orderId), by));
  const { issue } = answer;
  if (NOT_APPROVED.has(issue) && payment.status === 'created') return { outcome: 'not_approved', payment };
  // The approval did not do: the payment waits for the next one, which starts the next attempt.
  const declined = await evidenceApplier.apply(
    id,
    { kind: 'instrument_declined', source: by, attempt: payment.declines },
    payment,
  );
  const now = 'payment' in declined ? declined.payment : payment;
  return NOT_APPROVED.has(issue)
    ? { outcome: 'not_approved', payment: now }
    : { outcome: 'declined', payment: now, issue };
}
