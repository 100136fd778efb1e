import * as z from 'zod/mini';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';
import { moneySchema } from '../shared/money.ts';
import { PAYMENT_STATUSES } from '../shared/settlement.ts';

/** What a shopper buys of one product, with the price as it was when the session was opened. */
export const lineSchema = z.object({ sku: z.string(), name: z.string(), quantity: z.int(), unit_price: moneySchema });
/** One product of a purchase. */
export type Line = z.infer<typeof lineSchema>;

/** A checkout session as it lies in its table. */
export const sessionSchema = z.object({
  checkout_session_id: sessionIdSchema,
  status: z.enum(['open', 'payment_pending', 'payment_completed', 'payment_failed', 'expired']),
  items: z.array(lineSchema),
  amount: moneySchema,
  /** ISO 8601, UTC: until then the stock is held. */
  expires_at: z.string(),
  payment_id: z.nullable(paymentIdSchema),
  payment_status: z.nullable(z.enum(PAYMENT_STATUSES)),
  created_at: z.string(),
});
/** A checkout session. */
export type Session = z.infer<typeof sessionSchema>;
