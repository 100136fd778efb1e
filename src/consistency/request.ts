import * as z from 'zod/mini';
import type { StoredFinding } from './finding.ts';

const time = z.iso.datetime({ offset: true });

/** What the function `consistency` is asked. It changes nothing in the books, only what is known of them. */
export const requestSchema = z.union([
  /** To check the books, by the schedule or an operator; answered with `{checked, findings, finished}`. */
  z.strictObject({
    /** ISO 8601: the time against which grace is measured. @default now */
    as_of: z.optional(time),
  }),
  /** To look again at what one finding is about, before it is repaired; answered with `{finding}` as it is by now, null if there is none. */
  z.strictObject({ recheck: z.string() }),
]);
/** A check of the books, or a second look at a finding. */
export type ConsistencyRequest = z.infer<typeof requestSchema>;

/** What it answers. */
export type ConsistencyResponse =
  | {
      /** How many purchases, events, executions and refunds were looked at. */
      readonly checked: number;
      /** How many findings hold now. */
      readonly findings: number;
      /** Whether it came to the end of the books; if not, the next check goes on where this one stopped. */
      readonly finished: boolean;
    }
  | { readonly finding: StoredFinding | null };
