import * as z from 'zod/mini';
import { invalidRequest } from '../shared/http/problem.ts';

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
