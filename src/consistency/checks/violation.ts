import * as z from 'zod/mini';
import { countersSchema } from '../../inventory/product.ts';
import { paymentIdSchema, sessionIdSchema } from '../../shared/ids.ts';

/** The rules over stored data, as the findings page shows them. Data in flight is exempt. */
export const INVARIANTS = {
  order_or_refund: { number: 1, rule: 'each captured payment has exactly one order or one full refund' },
  order_matches_payment: {
    number: 2,
    rule: 'each order has a captured payment, a checkout session and committed stock, with equal items and amounts',
  },
  session_follows_payment: { number: 3, rule: 'each checkout session reports the status of its payment' },
  stock_counters: {
    number: 4,
    rule: 'per SKU: available + reserved + sold = stocked, none negative; reserved = held, sold = committed',
  },
  reservation_released: { number: 5, rule: 'no stock is reserved for a purchase that has ended' },
  session_matches_order: {
    number: 6,
    rule: 'no completed session lacks an order, no failed or expired session has one',
  },
  captured_amount: {
    number: 7,
    rule: 'each captured amount equals the session amount, is under review or was accepted',
  },
  refunds_match_paypal: { number: 8, rule: 'recorded captures and refunds equal those at PayPal' },
  events_finished: { number: 9, rule: 'no webhook event stays unprocessed' },
  failures_listed: { number: 10, rule: 'each failed settlement is listed as failed or was repaired' },
  ledger_matches_paypal: {
    number: 11,
    rule: 'PayPal’s ledger and the payments have the same captures, refunds and reversals',
  },
} as const satisfies Readonly<Record<string, { readonly number: number; readonly rule: string }>>;

export type Invariant = keyof typeof INVARIANTS;
export type InvariantNumber = (typeof INVARIANTS)[Invariant]['number'];

export const INVARIANT_KEYS = Object.keys(INVARIANTS) as readonly Invariant[];
export const INVARIANT_NUMBERS: readonly InvariantNumber[] = INVARIANT_KEYS.map((key) => INVARIANTS[key].number);

const KEYS_BY_NUMBER = new Map(INVARIANT_KEYS.map((key) => [INVARIANTS[key].number, key]));

/** Code compares keys; the number is stored, sent and used as metric dimension. */
const invariantSchema = z.pipe(
  z.literal(INVARIANT_NUMBERS),
  z.transform((number) => invariantOf(number)),
);

export function invariantOf(number: InvariantNumber): Invariant {
  const key = KEYS_BY_NUMBER.get(number);
  if (!key) throw new Error(`unknown invariant ${number}`);
  return key;
}

/** The action that repairs a violation. */
const repairSchema = z.discriminatedUnion('kind', [
  /** Reruns a settlement; its steps are idempotent. `settlement` is the last part of its execution's name. */
  z.object({ kind: z.literal('settle'), payment_id: paymentIdSchema, settlement: z.string() }),
  /** Reads the order at PayPal and applies it as evidence. */
  z.object({ kind: z.literal('ask_paypal'), payment_id: paymentIdSchema }),
  /** Refunds in full. */
  z.object({ kind: z.literal('refund'), payment_id: paymentIdSchema }),
  /** Refunds a further capture of the payment's order in full. */
  z.object({ kind: z.literal('refund_capture'), payment_id: paymentIdSchema, capture_id: z.string() }),
  /** Releases the reservation of a session without a payment. */
  z.object({ kind: z.literal('release_stock'), checkout_session_id: sessionIdSchema }),
  /** Sets a product's counters to `counted`, if they are still `seen`. */
  z.object({ kind: z.literal('correct_stock'), sku: z.string(), seen: countersSchema, counted: countersSchema }),
  /** Adds `by` to a product's counters, once. `drift` names the last change that it makes up for. */
  z.object({ kind: z.literal('offset_stock'), sku: z.string(), by: countersSchema, drift: z.string() }),
  z.object({ kind: z.literal('replay_event'), event_id: z.string() }),
]);
export type Repair = z.infer<typeof repairSchema>;

/** One breach of an invariant by one subject. */
export const violationSchema = z.object({
  invariant: invariantSchema,
  /** An id: of the payment, else of the session or order; a SKU, a webhook event, an execution. */
  subject: z.string(),
  /** Shown to operators. */
  what: z.string(),
  /** Null where manual review is required. */
  repair: z.nullable(repairSchema),
});
export type Violation = z.infer<typeof violationSchema>;
