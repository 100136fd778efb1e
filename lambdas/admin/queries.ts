import * as z from 'zod/mini';

/** A time as callers send it, made one that sorts among those in the tables. */
export const time = z.pipe(
  z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/, {
      error: 'must be a time such as 2026-03-01T12:00:00Z',
      abort: true,
    }),
    z.refine(isTime, 'there is no such time'),
  ),
  z.transform((text) => new Date(text).toISOString()),
);

/** JavaScript takes February 30th for March 2nd. */
function isTime(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === text.slice(0, 19);
}

/** What every list takes. */
export const page = {
  limit: z._default(
    z.pipe(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')), z.transform(Number)),
    50,
  ),
  cursor: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,512}$/, 'must be the next_cursor of a page'))),
};

/** What lists of things that happened take. */
export const period = { from: z.optional(time), to: z.optional(time) };
