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
});

const disputeSchema = z.object({
  /** OPEN, WAITING_FOR_BUYER_RESPONSE, WAITING_FOR_SELLER_RESPONSE, UNDER_REVIEW, RESOLVED, or one that PayPal adds. */
  status: z.string(),
  /** ISO 8601, UTC: PayPal's time, so that an older event does not overwrite a newer one. */
  updated_at: z.string(),
});
export type Dispute = z.infer<typeof disputeSchema>;

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
  /** How often PayPal declined the buyer's funding source. */
  declines: z.int(),
  /** Settlements requested and not yet recorded as succeeded, by the last part of their execution's name. */
  open: z.record(z.string(), settlementSchema),
  /** By PayPal's dispute id. Shown to operators; they do not change the status. */
  disputes: z.record(z.string(), disputeSchema),
  history: z.array(historyEntrySchema),
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
