import * as z from 'zod/mini';
import { countersSchema } from '../inventory/product.ts';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';

/** What must hold of the shop's books at any time, but for what is in flight. */
export const INVARIANTS = {
  1: 'each captured payment has exactly one order, or one full refund',
  2: 'each order has a captured payment, a session and stock, with the same items, quantities and amounts',
  3: 'what a session says of its payment is what the payment is',
  4: 'of each product available + reserved + sold = stocked, none negative, reserved = all that is held, sold = all that is committed',
  5: 'no stock is kept for a purchase that is over',
  6: 'no session is complete without an order, nor given up with one',
  7: 'what was captured is what the session asked for, or under review, or accepted',
  8: 'the refunds that are known are those at PayPal',
  9: 'no webhook event is unfinished for long',
  10: 'each settlement that failed is on the list of failed ones, or was repaired',
} as const;

/** The number of an invariant. */
export type Invariant = keyof typeof INVARIANTS;

/** All of them, in order. */
export const INVARIANT_NUMBERS = Object.keys(INVARIANTS).map(Number) as readonly Invariant[];

/** What would mend a broken invariant: always something that the shop does anyway, never a write of its own. */
const repairSchema = z.discriminatedUnion('kind', [
  /** Runs a settlement once more; its steps do only what is not done yet. `settlement` is the last part of its execution's name. */
  z.object({ kind: z.literal('settle'), payment_id: paymentIdSchema, settlement: z.string() }),
  /** Asks PayPal about the payment, and settles on the answer. */
  z.object({ kind: z.literal('ask_paypal'), payment_id: paymentIdSchema }),
  /** Gives all the money back. */
  z.object({ kind: z.literal('refund'), payment_id: paymentIdSchema }),
  /** Gives back to the shelf what a session without a payment holds. */
  z.object({ kind: z.literal('release_stock'), checkout_session_id: sessionIdSchema }),
  /** Corrects a product's counters to what was counted, if they still are what was seen. */
  z.object({ kind: z.literal('correct_stock'), sku: z.string(), seen: countersSchema, counted: countersSchema }),
  /** Settles once more what a webhook event says. */
  z.object({ kind: z.literal('replay_event'), event_id: z.string() }),
]);
/** One way to mend a broken invariant. */
export type Repair = z.infer<typeof repairSchema>;

/** One broken invariant of one subject, as a check has just seen it. */
const violationSchema = z.object({
  invariant: z.literal(INVARIANT_NUMBERS),
  /** The id of what it is about: a payment, a session or order without one, a SKU, a webhook event, an execution. */
  subject: z.string(),
  /** In words. */
  what: z.string(),
  /** Null where the ordinary ways do not mend it, and a person must look. */
  repair: z.nullable(repairSchema),
});
/** One broken invariant of one subject. */
export type Violation = z.infer<typeof violationSchema>;

/** A mistake for as long as it lasts, as it lies in the operations table. */
export const findingSchema = z.extend(violationSchema, {
  id: z.string(),
  /** ISO 8601, UTC: the time of the check that saw it first. */
  first_seen: z.string(),
  /** ISO 8601, UTC: the time of the check that saw it last. */
  last_seen: z.string(),
  /** ISO 8601, UTC: when it held no more; absent as long as it holds. */
  closed_at: z.optional(z.string()),
});
/** A mistake, and since when it is known. */
export type Finding = z.infer<typeof findingSchema>;

/**
 * Names the finding of a mistake: a subject has one for each invariant. The name is part of a path, which gateways decode before they
 * read it; so what has a meaning there, such as the slash in the SKU `MUG/BLUE`, is written as `~2F`.
 */
export const findingIdOf = ({ invariant, subject }: Pick<Violation, 'invariant' | 'subject'>): string =>
  `${invariant}:${encodeURIComponent(subject).replaceAll('~', '%7E').replaceAll('%', '~')}`;
