import * as z from 'zod/mini';
import { isPaymentId, type PaymentId, paymentIdSchema, sessionIdSchema } from './ids.ts';
import { moneySchema } from './money.ts';

/** docs/payment-states.md shows the transitions. */
export const PAYMENT_STATUSES = [
  'created',
  'approved',
  'capture_pending',
  'captured',
  'partially_refunded',
  'refunded',
  'reversed',
  'review',
  'cancelled',
  'expired',
  'failed',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** The kinds of work that a settlement does for a payment's new status. */
export const OUTCOMES = ['approved', 'approved_late', 'captured', 'captured_late', 'released', 'refunded'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * The input of one execution of the payment-settlement workflow, passed to every step. Deterministic per settlement,
 * and without personal data: Step Functions stores it in the execution history.
 */
export const settlementSchema = z.object({
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  outcome: z.enum(OUTCOMES),
  payment_status: z.enum(PAYMENT_STATUSES),
  captured: z.nullable(moneySchema),
  /** Refunded so far, in minor units of the captured currency. */
  refunded_minor: z.int(),
  /** Of an approval: the number of earlier attempts. */
  attempt: z.optional(z.int()),
  /** How often PayPal has cancelled a reversal of the payment. */
  reinstated: z.optional(z.int()),
  /** The result of `RefundOrder`, for the steps after it; `void` when no order exists or ever will. */
  order: z.optional(z.object({ order_status: z.string() })),
});
export type Settlement = z.infer<typeof settlementSchema>;

/** The name of an execution: payment, settlement and restarts, as in `pay_…-captured-r2`. */
export const executionName = (paymentId: PaymentId, settlement: string, restarts = 0): string =>
  `${paymentId}-${settlement}${restarts > 0 ? `-r${restarts}` : ''}`;

/**
 * Parses an execution's name; undefined for a foreign one. A settlement's name may contain dashes: `refunded-reversed`.
 */
export function settlementOf(name: string): { readonly paymentId: PaymentId; readonly settlement: string } | undefined {
  const [, paymentId = '', settlement = ''] = /^([^-]+)-(.+?)(?:-r\d+)?$/.exec(name) ?? [];
  return isPaymentId(paymentId) ? { paymentId, settlement } : undefined;
}

/** The outcome in a settlement's name: `refunded` in `refunded-1999`. */
export const outcomeOf = (settlement: string): string => settlement.replace(/-.*/, '');
