import * as z from 'zod/mini';
import type { StoredFinding } from './finding.ts';

const time = z.iso.datetime({ offset: true });

/** Input of the function `consistency`, which writes findings and nothing else. */
export const requestSchema = z.union([
  /** Runs the check. */
  z.strictObject({
    /** ISO 8601: the time that grace periods count from. @default now */
    as_of: z.optional(time),
  }),
  /** Rechecks one finding, before its repair. The name is sent between functions, which deploy one after the other. */
  z.strictObject({ look_again: z.string() }),
]);
export type ConsistencyRequest = z.infer<typeof requestSchema>;

export type ConsistencyResponse =
  | {
      /** Purchases, products, events, executions and refunds checked by this run. */
      readonly checked: number;
      /** Open findings. */
      readonly findings: number;
      /** Whether the scan reached the end; otherwise the next run continues it. */
      readonly finished: boolean;
    }
  /** The finding after its recheck; null when there is none. */
  | { readonly finding: StoredFinding | null };
