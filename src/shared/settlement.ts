import * as z from 'zod/mini';
import { isPaymentId, type PaymentId, paymentIdSchema, sessionIdSchema } from './ids.ts';
import { moneySchema } from './money.ts';

/** What a payment can be; `docs/payment-states.md` draws how it moves. */
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
/** What a payment is. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What the workflow is asked to do about a payment's new status. */
export const OUTCOMES = ['approved', 'approved_late', 'captured', 'captured_late', 'released', 'refunded'] as const;
/** What a settlement is to do. */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * The input of one execution of the workflow, and what every step of it is given. The same settlement always has the same
 * input, and no personal data is in it: Step Functions keeps it in its history.
 */
export const settlementSchema = z.object({
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  outcome: z.enum(OUTCOMES),
  payment_status: z.enum(PAYMENT_STATUSES),
  /** What was captured. */
  captured: z.nullable(moneySchema),
  /** What has been given back so far, in minor units of the captured currency. */
  refunded_minor: z.int(),
  /** What `RefundOrder` found, for the steps after it; `void` where no order was made, nor ever will be. */
  order: z.optional(z.object({ order_status: z.string() })),
});
/** One settlement, as every step of it is given it. */
export type Settlement = z.infer<typeof settlementSchema>;

/** Names an execution: payment and settlement, and how often the settlement was started anew, as in `pay_…-captured-r2`. */
export const executionName = (paymentId: PaymentId, settlement: string, restarts = 0): string =>
  `${paymentId}-${settlement}${restarts > 0 ? `-r${restarts}` : ''}`;

/** What an execution's name says; undefined when it is none of ours. A settlement's own name may have dashes, as `refunded-reversed` has. */
export function settlementOf(name: string): { readonly paymentId: PaymentId; readonly settlement: string } | undefined {
  const [, paymentId = '', settlement = ''] = /^([^-]+)-(.+?)(?:-r\d+)?$/.exec(name) ?? [];
  return isPaymentId(paymentId) ? { paymentId, settlement } : undefined;
}

/** What a settlement is about, by its name: `refunded` of `refunded-1999`. */
export const outcomeOf = (settlement: string): string => settlement.replace(/-.*/, '');
