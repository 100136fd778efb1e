import { evidenceOfOrder } from '../../payments/evidence.ts';
import type { Payment } from '../../payments/payment.ts';
import { isPaid } from '../../payments/transitions.ts';
import type { PayPalOrder } from '../../paypal/schema.ts';
import { plainMoney } from '../../shared/money.ts';
import type { CheckContext } from './check-context.ts';
import type { Violation } from './violation.ts';

/** PayPal's refund window: https://developer.paypal.com/api/nvp-soap/paypal-payments-standard/admin/refunds */
const REFUNDABLE_DAYS = 180;

/**
 * Whether to compare a payment's refunds with PayPal's. Reversed payments are excluded: PayPal's API reports a reversal
 * as a refund or not at all.
 */
export const mayHaveRefunds = (
  { status, capture_id, paypal_order_id, updated_at }: Payment,
  { now, graceSeconds }: CheckContext,
): boolean => {
  const age = now.getTime() - Date.parse(updated_at);
  return (
    isPaid(status) &&
    status !== 'reversed' &&
    capture_id !== undefined &&
    paypal_order_id !== undefined &&
    age >= graceSeconds * 1000 &&
    age <= REFUNDABLE_DAYS * 24 * 60 * 60 * 1000
  );
};

/** `refunds_match_paypal`. A refund within the grace period may not be recorded yet. */
export function refundViolation(
  payment: Payment,
  order: PayPalOrder,
  { now, graceSeconds }: CheckContext,
): Violation | undefined {
  const { payment_id, capture_id, refunded_minor, amount, captured = amount } = payment;
  const isInFlight = [...order.refunds, ...order.captures].some(
    ({ updated_at }) => updated_at !== undefined && Date.parse(updated_at) > now.getTime() - graceSeconds * 1000,
  );
  if (isInFlight) return undefined;
  const totals = evidenceOfOrder(order, { source: 'check', authoritative: true }).flatMap((evidence) =>
    evidence.kind === 'refunded' && evidence.captureId === capture_id ? [evidence.total.minor] : [],
  );
  const atPayPal = Math.max(0, ...totals);
  if (atPayPal === refunded_minor) return undefined;
  const format = (minor: number) => plainMoney({ ...captured, minor });
  return {
    invariant: 'refunds_match_paypal',
    subject: payment_id,
    what: `PayPal reports ${format(atPayPal)} refunded, the payment records ${format(refunded_minor)}`,
    // A recorded refund is never reduced.
    repair: atPayPal > refunded_minor ? { kind: 'ask_paypal', payment_id } : null,
  };
}
