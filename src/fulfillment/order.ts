import * as z from 'zod/mini';
import { lineSchema } from '../checkout/session.ts';
import { orderIdSchema, paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { moneySchema } from '../shared/money.ts';

/**
 * `confirmed` → `shipped`; `refunded` once all money went back. `void` stands where an order would be whose money went back before
 * it was made: nobody is shown it, and none can be made in its place.
 */
export const ORDER_STATUSES = ['confirmed', 'shipped', 'refunded', 'void'] as const;

/** An order as it lies in the orders table, in the part `order`. */
export const orderSchema = z.object({
  order_id: orderIdSchema,
  payment_id: paymentIdSchema,
  checkout_session_id: sessionIdSchema,
  status: z.enum(ORDER_STATUSES),
  items: z.array(lineSchema),
  /** What was captured for it. */
  amount: moneySchema,
  /** What has been given back so far, in minor units. */
  refunded_minor: z.int(),
  /** ISO 8601, UTC; absent until the warehouse has sent it. */
  shipped_at: z.optional(z.string()),
  /** ISO 8601, UTC. */
  created_at: z.string(),
});
/** An order, without who bought. */
export type Order = z.infer<typeof orderSchema>;
