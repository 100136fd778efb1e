import * as z from 'zod/mini';
import { sessionIdSchema } from '../shared/ids.ts';

/** Pieces of one product. */
const reservedItemSchema = z.object({ sku: z.string(), quantity: z.int() });
/** So many pieces of one product. */
export type ReservedItem = z.infer<typeof reservedItemSchema>;

/**
 * The stock of one checkout session: `held` → `committed` when it is paid, `released` when it is not; `released` → `committed` for
 * money that comes late; `returned` once the money was given back, and then nothing more.
 */
const RESERVATION_STATUSES = ['held', 'committed', 'released', 'returned'] as const;
/** What the stock of a checkout session can be. */
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** A reservation as it lies in its table. */
export const reservationSchema = z.object({
  checkout_session_id: sessionIdSchema,
  status: z.enum(RESERVATION_STATUSES),
  items: z.array(reservedItemSchema),
  /** ISO 8601, UTC: how long the stock is held for a session without payment. */
  expires_at: z.string(),
});
/** The stock of one checkout session. */
export type Reservation = z.infer<typeof reservationSchema>;
