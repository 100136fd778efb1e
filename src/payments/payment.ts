import * as z from 'zod/mini';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { type Money, moneySchema } from '../shared/money.ts';
import { PAYMENT_STATUSES, settlementSchema } from '../shared/settlement.ts';

/** One change of a payment's status, for whoever reads its story later. */
const moveSchema = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  evidence: z.string(),
  source: z.string(),
  /** What the other services were asked to do about it: the last part of the execution's name. */
  settlement: z.optional(z.string()),
  /** ISO 8601, UTC: when the webhook came that told of it. */
  heard_at: z.optional(z.string()),
});

/** A dispute that a buyer has opened at PayPal. */
const disputeSchema = z.object({
  /** OPEN, WAITING_FOR_BUYER_RESPONSE, WAITING_FOR_SELLER_RESPONSE, UNDER_REVIEW, RESOLVED or a newer one. */
  status: z.string(),
  /** ISO 8601, UTC: PayPal's time, so that an older event does not undo a newer one. */
  updated_at: z.string(),
});
/** What is known of a dispute. */
export type Dispute = z.infer<typeof disputeSchema>;

/** A payment as it lies in the payments table. */
export const paymentSchema = z.object({
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  status: z.enum(PAYMENT_STATUSES),
  /** What the shopper was asked to pay. */
  amount: moneySchema,
  paypal_order_id: z.optional(z.string()),
  approve_url: z.optional(z.string()),
  capture_id: z.optional(z.string()),
  captured: z.optional(moneySchema),
  refunded_minor: z.int(),
  /** True once the purchase had been given up: its stock may be gone by the time money comes. */
  late: z.boolean(),
  /** How often PayPal would not take what the buyer had chosen to pay with. */
  declines: z.int(),
  /** Settlements that are not known to have succeeded, by the last part of their execution's name. */
  open: z.record(z.string(), settlementSchema),
  /** By PayPal's dispute id. They change no status: for the operator. */
  disputes: z.record(z.string(), disputeSchema),
  history: z.array(moveSchema),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  /** ISO 8601, UTC. */
  updated_at: z.string(),
});
/** A payment. */
export type Payment = z.infer<typeof paymentSchema>;

/** A payment for which nothing has happened yet. */
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
