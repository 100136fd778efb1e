import * as z from 'zod/mini';
import type { LedgerLine } from './ledger-line.ts';

/** In minor units. What went back and what PayPal kept are positive. */
const sumsSchema = z.object({
  gross: z.int(),
  refunds: z.int(),
  reversals: z.int(),
  fees: z.int(),
  /** Number of transactions. */
  count: z.int(),
});
export type StatementSums = z.infer<typeof sumsSchema>;

/** By currency. */
export const currenciesSchema = z.record(z.string(), sumsSchema);
export type StatementCurrencies = z.infer<typeof currenciesSchema>;

/** The shop's transactions of one UTC day at PayPal. */
export const statementSchema = z.object({
  /** Such as `2026-11-29`. */
  day: z.string(),
  currencies: currenciesSchema,
  /** ISO 8601, UTC: PayPal's list was complete up to this time, at most the end of the day. */
  read_until: z.string(),
});
export type Statement = z.infer<typeof statementSchema>;

export const netOf = ({ gross, refunds, reversals, fees }: StatementSums): number => gross - refunds - reversals - fees;

const NOTHING: StatementSums = { gross: 0, refunds: 0, reversals: 0, fees: 0, count: 0 };

export function addToStatement(currencies: StatementCurrencies, lines: readonly LedgerLine[]): StatementCurrencies {
  const sums = new Map(Object.entries(currencies));
  const add = (currency: string, more: Partial<StatementSums>) => {
    const sum = { ...(sums.get(currency) ?? NOTHING) };
    for (const field of FIELDS) sum[field] += more[field] ?? 0;
    sums.set(currency, sum);
  };
  for (const { type, amount, fee } of lines) {
    add(amount.currency, { ...PARTS[type](amount.minor), count: 1 });
    if (fee) add(fee.currency, { fees: 0 - fee.minor });
  }
  return Object.fromEntries(sums);
}

const FIELDS = ['gross', 'refunds', 'reversals', 'fees', 'count'] as const;

const PARTS: Readonly<Record<LedgerLine['type'], (minor: number) => Partial<StatementSums>>> = {
  payment: (minor) => ({ gross: minor }),
  refund: (minor) => ({ refunds: 0 - minor }),
  reversal: (minor) => ({ reversals: 0 - minor }),
  fee: (minor) => ({ fees: 0 - minor }),
};
