import * as z from 'zod/mini';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { type Money, moneySchema } from '../shared/money.ts';
import { PAYMENT_STATUSES, settlementSchema } from '../shared/settlement.ts';

/** One change of a payment's status. */
const historyEntrySchema = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  evidence: z.string(),
  source: z.string(),
  /** The settlement that it requested: the last part of the execution's name. */
  settlement: z.optional(z.string()),
  /** ISO 8601, UTC: when the webhook with the evidence arrived. */
  heard_at: z.optional(z.string()),
  /** Why PayPal rejected the capture, such as `INSTRUMENT_DECLINED`. */
  issue: z.optional(z.string()),
});

const disputeSchema = z.object({
  /** OPEN, WAITING_FOR_BUYER_RESPONSE, WAITING_FOR_SELLER_RESPONSE, UNDER_REVIEW, RESOLVED, or one that PayPal adds. */
  status: z.string(),
  /** ISO 8601, UTC: PayPal's time, so that an older event does not overwrite a newer one. */
  updated_at: z.string(),
});
export type Dispute = z.infer<typeof disputeSchema>;

/** https://developer.paypal.com/docs/api/payments/v2/#definition-refund_status */
const refundSchema = z.object({
  status: z.enum(['PENDING', 'COMPLETED', 'FAILED', 'CANCELLED']),
  /** In minor units of the captured currency; absent where no evidence had it. */
  minor: z.optional(z.int()),
});

const extraCaptureSchema = z.object({ amount: moneySchema, refunded_minor: z.int() });

/** An item of the payments table. */
export const paymentSchema = z.object({
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  status: z.enum(PAYMENT_STATUSES),
  /** The requested amount. */
  amount: moneySchema,
  paypal_order_id: z.optional(z.string()),
  approve_url: z.optional(z.string()),
  capture_id: z.optional(z.string()),
  captured: z.optional(moneySchema),
  refunded_minor: z.int(),
  /** Money or approval arrived after the session was given up: the stock may be gone. */
  late: z.boolean(),
  /** Attempts that ended without a capture: PayPal declined the funding source, or the buyer had not approved. */
  declines: z.int(),
  /** ISO 8601, UTC: when the last attempt ended. Only a later approval starts the next one. */
  refused_at: z.optional(z.string()),
  /** Refunds by PayPal's id, as far as evidence named them. */
  refunds: z.optional(z.record(z.string(), refundSchema)),
  /** How many of `refunds` are pending. */
  refunds_pending: z.optional(z.int()),
  /** Further captures of the same PayPal order, by PayPal's id. */
  extra_captures: z.optional(z.record(z.string(), extraCaptureSchema)),
  /** ISO 8601, UTC: PayPal's time of the last reversal, or of its end. */
  reversed_at: z.optional(z.string()),
  /** How often PayPal cancelled a reversal. */
  reinstated: z.optional(z.int()),
  /** Settlements requested and not yet recorded as succeeded, by the last part of their execution's name. */
  open: z.record(z.string(), settlementSchema),
  /** By PayPal's dispute id. Shown to operators; they do not change the status. */
  disputes: z.record(z.string(), disputeSchema),
  history: z.array(historyEntrySchema),
  /** ISO 8601, UTC: when the buyer's data was erased. Later events are stored without their body. */
  erased_at: z.optional(z.string()),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  /** ISO 8601, UTC. */
  updated_at: z.string(),
});
export type Payment = z.infer<typeof paymentSchema>;

export function newPayment(
  ids: Pick<Payment, 'payment_id' | 'checkout_session_id'>,
  amount: Money,
  at: string,
): Payment {
  return {
    ...ids,
    amount,
    status: 'created',
    refunded_minor: 0,
    late: false,
    declines: 0,
    open: {},
    disputes: {},
    history: [{ at, status: 'created', evidence: 'checkout', source: 'storefront' }],
    created_at: at,
    updated_at: at,
  };
}
