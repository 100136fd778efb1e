import * as z from 'zod/mini';
import { sessionIdSchema } from '../shared/ids.ts';

const reservedItemSchema = z.object({ sku: z.string(), quantity: z.int() });
export type ReservedItem = z.infer<typeof reservedItemSchema>;

/**
 * `held` → `committed` when the session is paid, or `released` when it is not; `released` → `held` or `committed` for a
 * late payment; `returned` after a full refund before shipping, and `committed` again when PayPal cancelled the reversal
 * that returned it.
 */
const RESERVATION_STATUSES = ['held', 'committed', 'released', 'returned'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** An item of the reservations table: the stock of one checkout session. */
export const reservationSchema = z.object({
  checkout_session_id: sessionIdSchema,
  status: z.enum(RESERVATION_STATUSES),
  items: z.array(reservedItemSchema),
  /** ISO 8601, UTC: until then the stock is held for a session without payment. */
  expires_at: z.string(),
  /** The `reinstated` of the latest settlement that had one. */
  reinstated: z.optional(z.int()),
});
export type Reservation = z.infer<typeof reservationSchema>;
