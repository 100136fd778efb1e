import type { CaptureResult } from '../paypal/client.ts';
import { orderNotFound, PayPalUnavailable } from '../paypal/errors.ts';
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
  /** Another attempt has begun, or the payment has ended: nothing was done. */
  | { readonly outcome: 'outdated'; readonly payment: Payment }
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
  readonly now: () => Date;
}

const NOT_APPROVED: ReadonlySet<string> = new Set(['ORDER_NOT_APPROVED', 'PAYER_ACTION_REQUIRED']);

/**
 * Captures an approved payment at PayPal for the buyer who returns from there, and applies the response. Safe to run
 * concurrently: all calls of one attempt share a request id, and PayPal captures an order once.
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated.
 */
export async function captureOnReturn(deps: CaptureDeps, id: PaymentId): Promise<CapturePaymentResult> {
  const found = await deps.payments.get(id);
  if (!found) return { outcome: 'unknown_payment' };
  if (!found.paypal_order_id) return { outcome: 'not_approved', payment: found };
  if (isPaid(found.status)) return { outcome: 'done', payment: found };
  // The stock of a late payment may be gone: only the workflow captures it, after reserving the stock again.
  if (isGivenUp(found.status) || found.late)
    return done(found, deps.evidenceApplier.refreshForCertain(found, 'return'));

  // After a refusal, returning is no approval: the buyer may have reloaded the page. PayPal knows the time of the last.
  const payment =
    found.status === 'created' && found.declines > 0
      ? paymentOf(found, await deps.evidenceApplier.refreshForCertain(found, 'return'))
      : found;
  if (payment.status === 'created' && payment.declines > 0) return lastRefusal(payment);
  return capture(deps, payment, 'return');
}

/**
 * Captures the attempt for which the workflow was started; a no-op when that attempt has ended.
 * @param attempt the number of earlier attempts; undefined for executions of versions before 0.2
 * @throws PayPalUnavailable as `captureOnReturn` does
 */
export async function captureAttempt(
  deps: CaptureDeps,
  id: PaymentId,
  attempt: number | undefined,
): Promise<CapturePaymentResult> {
  const payment = await deps.payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  if (isPaid(payment.status)) return { outcome: 'done', payment };
  if (payment.status !== 'approved' || (attempt ?? payment.declines) !== payment.declines)
    return { outcome: 'outdated', payment };
  return capture(deps, payment, 'workflow');
}

async function capture(deps: CaptureDeps, payment: Payment, by: 'return' | 'workflow'): Promise<CapturePaymentResult> {
  const { captureOrder, getOrder, evidenceApplier, recordRefusal, now } = deps;
  const { payment_id: id, paypal_order_id: orderId = '', declines: attempt } = payment;
  const askedAt = now().toISOString();
  const response = await captureOrder(orderId, requestId(payment));
  if (response.outcome === 'order') return done(payment, evidenceApplier.applyOrder(payment, response.order, by));
  if (response.outcome === 'gone')
    return unlessUnknown(payment, await evidenceApplier.applyOrder(payment, undefined, by));

  const { issue } = response;
  if (issue === 'ORDER_ALREADY_CAPTURED') {
    const shown = paymentOf(payment, await evidenceApplier.applyOrder(payment, await getOrder(orderId), by));
    if (shown.status !== 'created' && shown.status !== 'approved') return { outcome: 'done', payment: shown };
    // PayPal does not show the capture yet: reconciliation fetches it.
    return done(payment, evidenceApplier.apply(id, { kind: 'already_captured', source: by }, shown));
  }
  if (NOT_APPROVED.has(issue)) {
    // An approval after the request was sent is a new one.
    const evidence = { kind: 'not_approved', source: by, attempt, issue, time: askedAt } as const;
    return { outcome: 'not_approved', payment: paymentOf(payment, await evidenceApplier.apply(id, evidence, payment)) };
  }
  const owner = refusalOwner(issue);
  await recordRefusal({ payment_id: id, owner, issue });
  if (owner === 'paypal') throw new PayPalUnavailable('in-progress', { operation: 'captureOrder' });
  // Wait for the buyer to approve again, which starts the next attempt.
  const evidence = { kind: 'instrument_declined', source: by, attempt, issue, time: now().toISOString() } as const;
  const result = await evidenceApplier.apply(id, evidence, payment);
  const updated = paymentOf(payment, result);
  if (result.outcome !== 'moved') {
    if (by === 'workflow') return { outcome: 'outdated', payment: updated };
    // After another refusal of the attempt, the buyer may have approved again, and be charged.
    return updated.declines > attempt ? captureOnReturn(deps, id) : { outcome: 'done', payment: updated };
  }
  return { outcome: owner === 'buyer' ? 'declined' : 'refused', payment: updated, issue };
}

/**
 * PayPal replays the response of a request id for hours. A capture before the approval may be rejected, so the one
 * after it needs another id.
 */
const requestId = ({ payment_id, status, declines }: Payment): string =>
  ['capture', payment_id, ...(status === 'created' ? ['early'] : []), ...(declines > 0 ? [declines] : [])].join('-');

/** PayPal did not find the order, and showed no capture. */
function unlessUnknown(before: Payment, result: EvidenceResult): CapturePaymentResult {
  const payment = paymentOf(before, result);
  if (payment.status === 'created' || payment.status === 'approved') throw orderNotFound('captureOrder');
  return { outcome: 'done', payment };
}

/** Why PayPal rejected the last attempt. */
function lastRefusal(payment: Payment): CapturePaymentResult {
  const { evidence, issue = 'INSTRUMENT_DECLINED' } =
    payment.history.findLast(({ evidence }) => evidence === 'instrument_declined' || evidence === 'not_approved') ?? {};
  if (evidence === 'not_approved') return { outcome: 'not_approved', payment };
  return { outcome: refusalOwner(issue) === 'merchant' ? 'refused' : 'declined', payment, issue };
}

const paymentOf = (before: Payment, result: EvidenceResult): Payment => ('payment' in result ? result.payment : before);

const done = async (before: Payment, result: Promise<EvidenceResult>): Promise<CapturePaymentResult> => ({
  outcome: 'done',
  payment: paymentOf(before, await result),
});
