import * as z from 'zod/mini';
import { paymentIdSchema } from '../shared/ids.ts';
import { daysBefore } from './days.ts';
import { currenciesSchema } from './statement.ts';

/** A day that is being read. Times are ISO 8601, UTC. */
const readingSchema = z.object({
  day: z.string(),
  /** The pages of this period come next; absent once all are read. */
  list: z.optional(z.object({ from: z.string(), to: z.string(), page: z.int() })),
  /** Sums of the pages that were read. */
  currencies: currenciesSchema,
  /** PayPal's list was complete up to this time. */
  read_until: z.string(),
  /** The payment that was compared last. */
  after: z.optional(paymentIdSchema),
});
export type Reading = z.infer<typeof readingSchema>;

/** The stored cursor of the job `ledger`. */
const cursorSchema = z.object({
  /** The first day that was never read to its end. */
  next: z.string(),
  /** Earlier days to read once more: PayPal listed a transaction late. */
  again: z._default(z.array(z.string()), []),
  reading: z.optional(readingSchema),
  not_permitted: z.optional(z.literal(true)),
});
export type LedgerCursor = z.infer<typeof cursorSchema>;

/** A new shop has none; an older one wants a month of statements. */
const INITIAL_DAYS = 31;

export const ledgerCursorFrom = (cursor: string | undefined, now: Date): LedgerCursor =>
  cursor === undefined ? { next: daysBefore(now, INITIAL_DAYS), again: [] } : z.parse(cursorSchema, JSON.parse(cursor));
