import * as z from 'zod/mini';
import { lineSchema } from '../checkout/session.ts';
import { orderIdSchema, paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { moneySchema } from '../shared/money.ts';

/**
 * `confirmed` → `shipped`; `refunded` after a full refund. `void` replaces an order whose payment was refunded before
 * the order was created; it is never shown and stays `void`.
 */
export const ORDER_STATUSES = ['confirmed', 'shipped', 'refunded', 'void'] as const;

/** An item of the orders table, part `order`. */
export const orderSchema = z.object({
  order_id: orderIdSchema,
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  status: z.enum(ORDER_STATUSES),
  items: z.array(lineSchema),
  /** The captured amount. */
  amount: moneySchema,
  /** Refunded so far, in minor units. */
  refunded_minor: z.int(),
  /** How often PayPal had cancelled a reversal of the payment at the last change. */
  reinstated: z.optional(z.int()),
  /** ISO 8601, UTC; absent until shipped. */
  shipped_at: z.optional(z.string()),
  /** ISO 8601, UTC. */
  created_at: z.string(),
});
/** An order without its buyer. */
export type Order = z.infer<typeof orderSchema>;
