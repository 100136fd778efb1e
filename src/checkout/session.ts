import * as z from 'zod/mini';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { moneySchema } from '../shared/money.ts';
import { PAYMENT_STATUSES } from '../shared/settlement.ts';

/** One product of a checkout session, with its price frozen. */
export const lineSchema = z.object({ sku: z.string(), name: z.string(), quantity: z.int(), unit_price: moneySchema });
export type Line = z.infer<typeof lineSchema>;

/** An item of the checkout sessions table. */
export const sessionSchema = z.object({
  checkout_session_id: sessionIdSchema,
  status: z.enum(['open', 'payment_pending', 'payment_completed', 'payment_failed', 'expired']),
  items: z.array(lineSchema),
  amount: moneySchema,
  /** ISO 8601, UTC: until then the stock is held, and the payment that has begun may be approved. */
  expires_at: z.string(),
  payment_id: z.nullable(paymentIdSchema),
  payment_status: z.nullable(z.enum(PAYMENT_STATUSES)),
  /** How often PayPal had cancelled a reversal of the payment at the last change. */
  reinstated: z.optional(z.int()),
  created_at: z.string(),
});
export type Session = z.infer<typeof sessionSchema>;
