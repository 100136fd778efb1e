import * as z from 'zod/mini';
import { invalidRequest } from '../shared/http/problem.ts';

/** Where a page ends, as a text that says nothing to whoever sends it back for the next one; null when there is none. */
export const encodeCursor = (position: object | undefined): string | null =>
  position ? Buffer.from(JSON.stringify(position)).toString('base64url') : null;

/**
 * Reads a cursor that came back.
 * @throws Problem `invalid-request` when it is none of ours.
 */
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
