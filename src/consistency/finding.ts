import * as z from 'zod/mini';
import { countersSchema } from '../inventory/product.ts';
import { paymentIdSchema, sessionIdSchema } from '../shared/ids.ts';

/** What must hold of the shop's books at any time, but for what is in flight. */
export const INVARIANTS = {
  order_or_refund: { number: 1, rule: 'each captured payment has exactly one order, or one full refund' },
  order_matches_payment: {
    number: 2,
    rule: 'each order has a captured payment, a session and stock, with the same items, quantities and amounts',
  },
  session_follows_payment: { number: 3, rule: 'what a session says of its payment is what the payment is' },
  stock_counters: {
    number: 4,
    rule: 'of each product available + reserved + sold = stocked, none negative, reserved = all that is held, sold = all that is committed',
  },
  reservation_released: { number: 5, rule: 'no stock is kept for a purchase that is over' },
  session_matches_order: { number: 6, rule: 'no session is complete without an order, nor given up with one' },
  captured_amount: {
    number: 7,
    rule: 'what was captured is what the session asked for, or under review, or accepted',
  },
  refunds_match_paypal: { number: 8, rule: 'the refunds that are known are those at PayPal' },
  events_finished: { number: 9, rule: 'no webhook event is unfinished for long' },
  failures_listed: {
    number: 10,
    rule: 'each settlement that failed is on the list of failed ones, or was repaired',
  },
} as const satisfies Readonly<Record<string, { readonly number: number; readonly rule: string }>>;

export type Invariant = keyof typeof INVARIANTS;
export type InvariantNumber = (typeof INVARIANTS)[Invariant]['number'];

/** In order. */
export const INVARIANT_KEYS = Object.keys(INVARIANTS) as readonly Invariant[];
export const INVARIANT_NUMBERS: readonly InvariantNumber[] = INVARIANT_KEYS.map((key) => INVARIANTS[key].number);

const KEYS_BY_NUMBER = new Map(INVARIANT_KEYS.map((key) => [INVARIANTS[key].number, key]));

/** Code compares keys; the number is what is stored, sent and measured. */
const invariantCodec = z.codec(z.literal(INVARIANT_NUMBERS), z.enum(INVARIANT_KEYS), {
  decode: (number) => invariantOf(number),
  encode: (invariant) => INVARIANTS[invariant].number,
});

export function invariantOf(number: InvariantNumber): Invariant {
  const key = KEYS_BY_NUMBER.get(number);
  if (!key) throw new Error(`unknown invariant ${number}`);
  return key;
}

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
  invariant: invariantCodec,
  /** The id of what it is about: a payment, a session or order without one, a SKU, a webhook event, an execution. */
  subject: z.string(),
  /** In words. */
  what: z.string(),
  /** Null where the ordinary ways do not mend it, and a person must look. */
  repair: z.nullable(repairSchema),
});
/** One broken invariant of one subject. */
export type Violation = z.infer<typeof violationSchema>;

/** A violation for as long as it lasts, as it lies in the operations table. */
export const findingSchema = z.extend(violationSchema, {
  id: z.string(),
  /** ISO 8601, UTC: the time of the check that saw it first. */
  first_seen: z.string(),
  /** ISO 8601, UTC: the time of the check that saw it last. */
  last_seen: z.string(),
  /** ISO 8601, UTC: when it held no more; absent as long as it holds. */
  closed_at: z.optional(z.string()),
});
/** A violation, and since when it is known. */
export type Finding = z.infer<typeof findingSchema>;

/** A finding as it is stored, and sent between functions: with the invariant's number. */
export type StoredFinding = z.input<typeof findingSchema>;

export const toStoredFinding = (finding: Finding): StoredFinding => z.encode(findingSchema, finding);

/**
 * Names the finding of a violation: a subject has one for each invariant. The name is part of a path, which gateways decode before they
 * read it; so what has a meaning there, such as the slash in the SKU `MUG/BLUE`, is written as `~2F`.
 */
export const findingIdOf = ({ invariant, subject }: Pick<Violation, 'invariant' | 'subject'>): string =>
  `${INVARIANTS[invariant].number}:${encodeURIComponent(subject).replaceAll('~', '%7E').replaceAll('%', '~')}`;
