import * as z from 'zod/mini';
import { invalidRequest } from '../shared/http/problem.ts';

/** A time, normalised to the format that sorts with stored ones. */
const time = z.pipe(
  z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/, {
      error: 'must be a time such as 2026-03-01T12:00:00Z',
      abort: true,
    }),
    z.refine(isTime, 'must be a valid time'),
  ),
  z.transform((text) => new Date(text).toISOString()),
);

/** `Date` parses February 30 as March 2. */
function isTime(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === text.slice(0, 19);
}

export const period = { from: z.optional(time), to: z.optional(time) };

/** @throws Problem `invalid-request` for a period that ends before it starts, which DynamoDB would reject. */
export function checkPeriod({
  from,
  to,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalidRequest([{ field: 'to', detail: 'must not be before from' }]);
}

export const cursor = z.optional(
  z.string().check(z.regex(/^[A-Za-z0-9_-]{1,6000}$/, 'must be the next_cursor of a page')),
);

/** Pagination. */
export const page = {
  limit: z._default(
    z.pipe(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')), z.transform(Number)),
    50,
  ),
  cursor,
};

/** An opaque pagination cursor; null after the last page. */
export const encodeCursor = (position: object | undefined): string | null =>
  position ? Buffer.from(JSON.stringify(position)).toString('base64url') : null;

/** @throws Problem `invalid-request` when the cursor was not issued for this list. */
export function decodeCursor<Schema extends z.core.$ZodType>(schema: Schema, cursor: string): z.output<Schema> {
  const { data, success } = z.safeParse(schema, jsonOf(cursor));
  if (!success) throw invalidRequest([{ field: 'cursor', detail: 'must be the next_cursor of a page of this list' }]);
  return data;
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
