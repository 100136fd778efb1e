import type { CaptureResult } from '../paypal/client.ts';
import { PayPalUnavailable } from '../paypal/errors.ts';
import { refusalOwner } from '../paypal/refusals.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { EvidenceApplier, EvidenceResult } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import type { recordRefusal } from './record-refusal.ts';
import { isGivenUp, isPaid } from './transitions.ts';

export type CapturePaymentResult =
  /** Captured, pending, or still processing. */
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** The buyer has not approved the order yet. */
  | { readonly outcome: 'not_approved'; readonly payment: Payment }
  /** PayPal declined the funding source; the buyer may choose another one at `approve_url`. */
  | { readonly outcome: 'declined'; readonly payment: Payment; readonly issue: string }
  /** PayPal rejects captures of this merchant; another funding source would not help. */
  | { readonly outcome: 'refused'; readonly payment: Payment; readonly issue: string }
  | { readonly outcome: 'unknown_payment' };

export interface CaptureDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly captureOrder: (paypalOrderId: string, requestId: string) => Promise<CaptureResult>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly evidenceApplier: EvidenceApplier;
  readonly recordRefusal: ReturnType<typeof recordRefusal>;
}

const NOT_APPROVED: ReadonlySet<string> = new Set(['ORDER_NOT_APPROVED', 'PAYER_ACTION_REQUIRED']);

/**
 * Captures an approved payment at PayPal and applies the response. Safe to run concurrently: all calls of one attempt
 * share a request id, and PayPal captures an order once.
 * @param by the source in the payment's history
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated.
 */
export async function capturePayment(
  { payments, captureOrder, getOrder, evidenceApplier, recordRefusal }: CaptureDeps,
  id: PaymentId,
  by: 'return' | 'workflow',
): Promise<CapturePaymentResult> {
  const payment = await payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  const orderId = payment.paypal_order_id;
  if (!orderId) return { outcome: 'not_approved', payment };
  if (isPaid(payment.status)) return { outcome: 'done', payment };

  const done = async (applied: Promise<EvidenceResult>): Promise<CapturePaymentResult> => {
    const result = await applied;
    return { outcome: 'done', payment: 'payment' in result ? result.payment : payment };
  };
  // The stock of a late payment may be gone: only the workflow captures it, after holding the stock again.
  if (isGivenUp(payment.status) || (payment.late && by === 'return'))
    return done(evidenceApplier.refreshFromPayPal(payment, by));

  // PayPal replays the response of a request id for hours. A capture before the approval may be rejected, so the one
  // after it needs another id.
  const requestId = [
    'capture',
    id,
    ...(payment.status === 'created' ? ['early'] : []),
    ...(payment.declines > 0 ? [payment.declines] : []),
  ].join('-');
  const response = await captureOrder(orderId, requestId);
  if (response.outcome === 'order') return done(evidenceApplier.applyOrder(payment, response.order, by));
  if (response.outcome === 'gone') return done(evidenceApplier.applyOrder(payment, undefined, by));
  if (response.issue === 'ORDER_ALREADY_CAPTURED')
    return done(evidenceApplier.applyOrder(payment, await getOrder(orderId), by));
  const { issue } = response;
  if (NOT_APPROVED.has(issue) && payment.status === 'created') return { outcome: 'not_approved', payment };
  const owner = refusalOwner(issue);
  if (!NOT_APPROVED.has(issue)) await recordRefusal({ payment_id: id, owner, issue });
  if (owner === 'paypal') throw new PayPalUnavailable('in-progress', { operation: 'captureOrder' });
  // Declined despite approval: wait for the buyer to approve again, which starts the next attempt.
  const declined = await evidenceApplier.apply(
    id,
    { kind: 'instrument_declined', source: by, attempt: payment.declines },
    payment,
  );
  const updated = 'payment' in declined ? declined.payment : payment;
  return NOT_APPROVED.has(issue)
    ? { outcome: 'not_approved', payment: updated }
    : { outcome: owner === 'buyer' ? 'declined' : 'refused', payment: updated, issue };
}
