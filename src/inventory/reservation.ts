import * as z from 'zod/mini';
import { type SessionId, sessionIdSchema } from '../shared/ids.ts';

const reservedItemSchema = z.object({ sku: z.string(), quantity: z.int() });
export type ReservedItem = z.infer<typeof reservedItemSchema>;

/**
 * `held` → `committed` when the session is paid, or `released` when it is not; `released` → `held` or `committed` for a
 * late payment; `returned` after a full refund before shipping, and `committed` again when PayPal cancelled the reversal
 * that returned it.
 */
const RESERVATION_STATUSES = ['held', 'committed', 'released', 'returned'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

const counterSchema = z.enum(['available', 'reserved', 'sold']);

/** A move that has begun: its status and counters are final only once it ends. */
const pendingMoveSchema = z.object({
  to: z.enum(RESERVATION_STATUSES),
  /** Absent when no items move. */
  counters: z.optional(z.tuple([counterSchema, counterSchema])),
  /** Those that move, where the others go to another reservation. @default all */
  items: z.optional(z.array(reservedItemSchema)),
  reinstated: z.optional(z.int()),
  /** ISO 8601, UTC. */
  begun_at: z.string(),
  /** Another caller than the one that began it has worked on it. */
  helped: z.optional(z.literal(true)),
  /** A product has too few items: those already moved go back. */
  reverting: z.optional(z.literal(true)),
});

/** An item of the reservations table: the stock of one checkout session. */
export const reservationSchema = z.object({
  checkout_session_id: sessionIdSchema,
  status: z.enum(RESERVATION_STATUSES),
  items: z.array(reservedItemSchema),
  /** ISO 8601, UTC: until then the stock is held for a session without payment. */
  expires_at: z.string(),
  /** The `reinstated` of the latest settlement that had one. */
  reinstated: z.optional(z.int()),
  /** The id of the latest move, pending or not. */
  last_move: z.optional(z.string()),
  pending: z.optional(pendingMoveSchema),
  /** ISO 8601, UTC. Until then a write of one of its moves may still arrive, so products keep their marks. */
  marks_until: z.optional(z.string()),
});
export type Reservation = z.infer<typeof reservationSchema>;

export interface MovingReservation extends Reservation {
  readonly last_move: string;
  readonly pending: NonNullable<Reservation['pending']>;
}
export const isMoving = (reservation: Reservation): reservation is MovingReservation =>
  reservation.pending !== undefined && reservation.last_move !== undefined;

/** A move's id is its mark on each product that it has changed. A move that went back leaves this one as well. */
export const moveIdOf = (id: SessionId, random: string) => `${id}/${random}`;
export const revertMarkOf = (moveId: string) => `${moveId}/reverted`;
export const sessionOfMark = (mark: string): SessionId => sessionIdSchema.parse(mark.split('/')[0]);

/** Whether no write of the mark's move can arrive any more, so that its product can forget the mark. */
export function isMarkObsolete(mark: string, reservation: Reservation | undefined, now: Date): boolean {
  if (!reservation) return true;
  const { pending, last_move, marks_until } = reservation;
  if (pending && last_move && [last_move, revertMarkOf(last_move)].includes(mark)) return false;
  return marks_until === undefined || marks_until <= now.toISOString();
}
