import * as z from 'zod/mini';

const time = z.iso.datetime({ offset: true });

/**
 * What the function `consistency` is asked: to check the books, by the schedule or an operator, which it answers with
 * `{checked, findings, finished}`, or to repair a finding, which it answers with a `Repaired`.
 */
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
