import * as z from 'zod/mini';
import type { PayPalTransaction } from '../paypal/transactions.ts';
import { paymentIdSchema } from '../shared/ids.ts';
import { moneySchema } from '../shared/money.ts';

const LINE_TYPES = ['payment', 'refund', 'reversal', 'fee'] as const;
type LineType = (typeof LINE_TYPES)[number];

/** A transaction of PayPal's ledger that belongs to a payment; never changed once stored. */
export const ledgerLineSchema = z.object({
  payment_id: paymentIdSchema,
  transaction_id: z.string(),
  type: z.enum(LINE_TYPES),
  /** Absent when PayPal does not name it. */
  capture_id: z.optional(z.string()),
  /** Signed as seen by the shop: refunds are negative. */
  amount: moneySchema,
  /** Negative, unless PayPal returns a fee. */
  fee: z.optional(moneySchema),
  /** ISO 8601, UTC. */
  at: z.string(),
});
export type LedgerLine = z.infer<typeof ledgerLineSchema>;

/**
 * The transactions that say who owns the money. Not among them are holds (T1110, T1111, T15xx, T21xx), which do not,
 * currency conversions and transfers to a bank.
 * https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
 */
function typeOf(code: string): LineType | undefined {
  if (code.startsWith('T00')) return 'payment';
  if (code.startsWith('T01')) return 'fee';
  return OTHER_CODES[code];
}

const OTHER_CODES: Readonly<Record<string, LineType>> = {
  /** Refund, initiated by the merchant. */
  T1107: 'refund',
  /** Payment reversal, initiated by PayPal. */
  T1106: 'reversal',
  /** Fee reversal, fee refund. */
  T1108: 'fee',
  T1109: 'fee',
  /** Chargeback, its reversal, its reimbursement. */
  T1201: 'reversal',
  T1202: 'reversal',
  T1205: 'reversal',
};

/** Denied and pending transactions move no money. */
const MOVED: ReadonlySet<string> = new Set(['S', 'V']);

/** A transaction as a line, before its payment is known; undefined when it moves no money of a payment. */
export function lineOf(transaction: PayPalTransaction): Omit<LedgerLine, 'payment_id'> | undefined {
  const { id, code, status, reference_id, amount, fee, at } = transaction;
  const type = typeOf(code);
  if (!type || !MOVED.has(status)) return undefined;
  const capture_id = type === 'payment' ? id : reference_id;
  return { transaction_id: id, type, ...(capture_id && { capture_id }), amount, ...(fee && { fee }), at };
}
