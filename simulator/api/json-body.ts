import type { Context } from 'hono';
import { errorForStatus } from '../state/errors.ts';
import { parseJson } from '../state/json.ts';

/**
 * Reads the JSON body of a request to the Orders or Payments API; an empty body is `{}`.
 * @throws PayPalError 415 for another content type, 400 for malformed JSON
 */
export async function jsonBody(c: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw errorForStatus(415);
  const text = await c.req.text();
  const body = text === '' ? {} : parseJson(text);
  if (body !== undefined) return body;
  const description = 'The request JSON is not well formed.';
  throw errorForStatus(400, [{ issue: 'MALFORMED_REQUEST_JSON', description, location: 'body' }]);
}

/** Whether to return the full resource; PayPal's default is `return=minimal`. */
export const wantsRepresentation = (c: Context): boolean => c.req.header('prefer') === 'return=representation';
