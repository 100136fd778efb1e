import * as z from 'zod/mini';
import { pathSegmentOf } from '../shared/path-segment.ts';
import { INVARIANTS, type Violation, violationSchema } from './checks/violation.ts';

/** The stored record of a violation, in the operations table. */
export const findingSchema = z.extend(violationSchema, {
  id: z.string(),
  /** ISO 8601, UTC: the first check that found it. */
  first_seen: z.string(),
  /** ISO 8601, UTC: the last check that found it. */
  last_seen: z.string(),
  /** ISO 8601, UTC; absent while it is open. */
  closed_at: z.optional(z.string()),
});
export type Finding = z.infer<typeof findingSchema>;

/** With the invariant's number, as stored and as sent between functions. */
export type StoredFinding = z.input<typeof findingSchema>;

export const toStoredFinding = (finding: Finding): StoredFinding => ({
  ...finding,
  invariant: INVARIANTS[finding.invariant].number,
});

/** The id of a violation's finding: one per invariant and subject, such as `4:MUG~2FBLUE` for the SKU `MUG/BLUE`. */
export const findingIdOf = ({ invariant, subject }: Pick<Violation, 'invariant' | 'subject'>): string =>
  `${INVARIANTS[invariant].number}:${pathSegmentOf(subject)}`;

/** DynamoDB's limit for a sort key, in bytes; ids are ASCII. */
const MAX_ID_LENGTH = 1024;

/** Whether `findingIdOf` can return it. */
export const isFindingId = (text: string): boolean =>
  text.length <= MAX_ID_LENGTH && /^\d{1,2}:[\w.!~*'()-]+$/.test(text);
