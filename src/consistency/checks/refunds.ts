import { evidenceOfOrder } from '../../payments/evidence.ts';
import type { Payment } from '../../payments/payment.ts';
import { isPaid } from '../../payments/transitions.ts';
import type { PayPalOrder } from '../../paypal/schema.ts';
import { plainMoney } from '../../shared/money.ts';
import type { Violation } from '../finding.ts';
import type { CheckContext } from './check-context.ts';

/** PayPal gives money back for 180 days: https://developer.paypal.com/api/nvp-soap/paypal-payments-standard/admin/refunds */
const REFUNDABLE_DAYS = 180;

/**
 * Whether PayPal is to be asked what was given back of a payment. A reversal is known to the shop alone as what it is; PayPal's answers
 * show it as a refund or not at all.
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

/** Invariant 8 for a payment and its order at PayPal. A refund of the last moments may not have been heard of yet. */
export function refundViolation(
  payment: Payment,
  order: PayPalOrder,
  { now, graceSeconds }: CheckContext,
): Violation | undefined {
  const { payment_id, capture_id, refunded_minor, amount, captured = amount } = payment;
  const isFresh = [...order.refunds, ...order.captures].some(
    ({ updated_at }) => updated_at !== undefined && Date.parse(updated_at) > now.getTime() - graceSeconds * 1000,
  );
  if (isFresh) return undefined;
  const totals = evidenceOfOrder(order, { source: 'check', authoritative: true }).flatMap((fact) =>
    fact.kind === 'refunded' && fact.captureId === capture_id ? [fact.total.minor] : [],
  );
  const atPayPal = Math.max(0, ...totals);
  if (atPayPal === refunded_minor) return undefined;
  const went = (minor: number) => plainMoney({ ...captured, minor });
  return {
    invariant: 'refunds_match_paypal',
    subject: payment_id,
    what: `PayPal says that ${went(atPayPal)} went back, the payment says ${went(refunded_minor)}`,
    // What the shop knows of money that went back is never taken back.
    repair: atPayPal > refunded_minor ? { kind: 'ask_paypal', payment_id } : null,
  };
}
