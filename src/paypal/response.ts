import * as z from 'zod/mini';
import { MalformedPayPalBody, type UnavailableReason } from './errors.ts';

/** Twenty times an order with 100 items. */
const MAX_BYTES = 1024 * 1024;

/** Statuses that are transient errors regardless of the body: https://developer.paypal.com/api/rest/responses/ */
export function unavailableReasonOf(status: number): UnavailableReason | undefined {
  if (status >= 500) return 'server-error';
  if (status === 429) return 'rate-limited';
  if (status === 409) return 'in-progress'; // PREVIOUS_REQUEST_IN_PROGRESS
  return status >= 300 && status < 400 ? 'unexpected-answer' : undefined;
}

/** `Retry-After`, a number of seconds or a date, in seconds from `now`. */
export function retryAfter({ headers }: Response, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds));
}

/** Reads at most that many bytes. @returns undefined when there are more. */
export async function readBytes({ body }: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a body of at most 1 MiB.
 * @throws MalformedPayPalBody when it is larger, and what fetch throws.
 */
export async function bodyOf(response: Response): Promise<string> {
  const isTooLong = Number(response.headers.get('content-length')) > MAX_BYTES;
  if (isTooLong) await response.body?.cancel();
  // Counted as well: content-length may be missing, or that of the compressed body.
  const bytes = isTooLong ? undefined : await readBytes(response, MAX_BYTES);
  if (!bytes) throw new MalformedPayPalBody('response', '', `exceeds ${MAX_BYTES} bytes`);
  return bytes.toString('utf8');
}

/**
 * @throws MalformedPayPalBody without the SyntaxError as its cause, because that quotes the text.
 */
export function jsonFrom(text: string): unknown {
  const json = jsonOrUndefined(text);
  if (json === undefined) throw new MalformedPayPalBody('response', '', 'not JSON');
  return json;
}

/** @throws MalformedPayPalBody */
export function readAs<Schema extends z.core.$ZodType>(
  expected: string,
  schema: Schema,
  wire: unknown,
): z.output<Schema> {
  const { data, error } = z.safeParse(schema, wire);
  if (!error) return data;
  const [issue] = error.issues;
  throw new MalformedPayPalBody(expected, issue?.path.join('.') ?? '', issue?.code ?? 'invalid', { cause: error });
}

/**
 * What is null, or of a type that PayPal does not document, counts as missing: PayPal's OpenAPI documents require next
 * to nothing, and real bodies have null for what is missing.
 */
export const lenient = <Schema extends z.core.$ZodType>(schema: Schema) => z.catch(z.optional(schema), undefined);

export const text = lenient(z.string());

/** The same for the items of a list. */
export const listOf = <Schema extends z.core.$ZodType>(schema: Schema) =>
  z.pipe(
    z.catch(z.array(lenient(schema)), []),
    z.transform((items) => items.filter((item) => item !== undefined)),
  );

const token = z.object({
  access_token: z.string().check(z.regex(/^[\x21-\x7e]+$/)),
  // Nine hours for a new one; less for one that PayPal had already issued to another client of the app.
  expires_in: z.number().check(z.positive()),
});

/**
 * https://developer.paypal.com/api/rest/authentication/
 * @throws MalformedPayPalBody
 */
export const tokenFrom = (wire: unknown): z.infer<typeof token> => readAs('token', token, wire);

// OAuth names its errors in `error`, the rest of PayPal in `name`.
const problem = z.object({
  name: text,
  error: text,
  debug_id: text,
  details: listOf(z.object({ issue: text, field: text })),
});

export interface PayPalError {
  readonly error: string;
  readonly issue: string | undefined;
  readonly field: string | undefined;
  readonly debugId: string | undefined;
}

/**
 * https://developer.paypal.com/api/rest/responses/
 * A rejection decides about money, so it counts only with PayPal's error name: a 404 may come from a proxy. Only a 401
 * counts without, or an invalid token would stay cached.
 * @throws MalformedPayPalBody
 */
export function problemFrom(body: string, status: number): PayPalError {
  const { data } = z.safeParse(problem, jsonOrUndefined(body));
  const error = data?.name ?? data?.error ?? (status === 401 ? 'UNAUTHORIZED' : undefined);
  if (!error) throw new MalformedPayPalBody('error', 'name', 'missing');
  const detail = data?.details[0];
  return { error, issue: detail?.issue, field: detail?.field, debugId: data?.debug_id };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
