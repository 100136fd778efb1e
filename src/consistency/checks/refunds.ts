import { evidenceOfOrder } from '../../payments/evidence.ts';
import type { Payment } from '../../payments/payment.ts';
import { isPaid } from '../../payments/transitions.ts';
import type { PayPalOrder } from '../../paypal/schema.ts';
import { plainMoney, sameMoney } from '../../shared/money.ts';
import type { CheckContext } from './check-context.ts';
import type { Violation } from './violation.ts';

/** PayPal's refund window: https://developer.paypal.com/api/nvp-soap/paypal-payments-standard/admin/refunds */
const REFUNDABLE_DAYS = 180;

/** Whether to compare a payment's capture and refunds with PayPal's. */
export const mayHaveRefunds = (
  { status, capture_id, paypal_order_id, updated_at }: Payment,
  { now, graceSeconds }: CheckContext,
): boolean => {
  const age = now.getTime() - Date.parse(updated_at);
  return (
    isPaid(status) &&
    capture_id !== undefined &&
    paypal_order_id !== undefined &&
    age >= graceSeconds * 1000 &&
    age <= REFUNDABLE_DAYS * 24 * 60 * 60 * 1000
  );
};

/** https://developer.paypal.com/docs/api/payments/v2/#definition-capture_status */
const WITH_MONEY: ReadonlySet<string> = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']);

/** `refunds_match_paypal`. A change within the grace period may not be recorded yet. */
export function refundViolation(
  payment: Payment,
  order: PayPalOrder,
  { now, graceSeconds }: CheckContext,
): Violation | undefined {
  const { payment_id, capture_id, refunded_minor, amount, captured = amount } = payment;
  const isInFlight = [...order.refunds, ...order.captures].some(
    ({ updated_at }) => updated_at !== undefined && Date.parse(updated_at) > now.getTime() - graceSeconds * 1000,
  );
  if (isInFlight || order.incomplete) return undefined;
  const violation = (what: string, repair: Violation['repair']): Violation => ({
    invariant: 'refunds_match_paypal',
    subject: payment_id,
    what,
    repair,
  });

  const capture = order.captures.find(({ id }) => id === capture_id);
  if (!capture) return violation(`PayPal’s order has no capture ${capture_id}`, null);
  if (!WITH_MONEY.has(capture.status)) return violation(`capture ${capture_id} is ${capture.status} at PayPal`, null);
  if (!sameMoney(capture.amount, captured))
    return violation(
      `PayPal captured ${plainMoney(capture.amount)}, the payment records ${plainMoney(captured)}`,
      null,
    );

  const totals = evidenceOfOrder(order, { source: 'check', authoritative: true }).flatMap((evidence) =>
    evidence.kind === 'refunded' && evidence.captureId === capture_id ? [evidence.total.minor] : [],
  );
  const atPayPal = Math.max(0, ...totals);
  // PayPal reports a reversal as a refund or not at all.
  const hasReversal = payment.history.some(({ evidence }) => evidence === 'reversed');
  if (atPayPal === refunded_minor || (hasReversal && atPayPal < refunded_minor)) return undefined;
  const format = (minor: number) => plainMoney({ ...captured, minor });
  return violation(
    `PayPal reports ${format(atPayPal)} refunded, the payment records ${format(refunded_minor)}`,
    // A recorded refund is never reduced.
    atPayPal > refunded_minor ? { kind: 'ask_paypal', payment_id } : null,
  );
}
