import * as z from 'zod/mini';
import type { Repaired } from './repair-finding.ts';

const time = z.iso.datetime({ offset: true });

/** What the function `consistency` is asked: to check the books, by the schedule or an operator, or to repair a finding. */
export const requestSchema = z.union([
  z.strictObject({
    repair: z.object({
      finding_id: z.string(),
      /** Only says what would be done. */
      dry_run: z.boolean(),
      /** Goes into the histories of what is changed, such as `operator ada`. */
      by: z.string(),
    }),
  }),
  z.strictObject({
    /** ISO 8601: the time against which grace is measured. @default now */
    as_of: z.optional(time),
  }),
]);
export type ConsistencyRequest = z.infer<typeof requestSchema>;

/** What one check of the books has come to. */
export interface CheckSummary {
  /** How many purchases, products, events and executions were looked at. */
  readonly checked: number;
  /** How many findings hold now. */
  readonly findings: number;
  /** Whether it came to the end of the books; if not, the next check goes on where this one stopped. */
  readonly finished: boolean;
}

/** What it answers. */
export type ConsistencyAnswer = CheckSummary | Repaired;
