import { isChallenged, loadChallengedPage } from './challenge.ts';
import type { Problem } from './schema.ts';

/** A problem document that the API returned, https://www.rfc-editor.org/rfc/rfc9457 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.problem = problem;
  }

  /**
   * The document with the fields of its type, or undefined: `problem.as<OutOfStock>('/problems/out-of-stock')?.items`.
   */
  as<Document extends Problem>(type: NonNullable<Document['type']>): Document | undefined {
    return this.problem.type.endsWith(type) ? (this.problem as Document) : undefined;
  }
}

/** Whether a retry would fail the same. 429 and 5xx are transient. */
export const isPermanent = (error: unknown): boolean => error instanceof ApiProblem && error.status < 429;

/**
 * How far the API's clock is ahead of the browser's, in milliseconds; up to 1 s too high, because `Date` headers have
 * whole seconds.
 */
let clockOffsetMs = 0;

/** `Date.now()` by the API's clock: the browser's may be wrong. */
export const serverNow = (): number => Date.now() + clockOffsetMs;

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;

  readonly headers?: Readonly<Record<string, string>>;

  /** @default application/json - any other response is returned as text */
  readonly accept?: string;

  readonly signal?: AbortSignal | undefined;

  /** @default 30,000 - just above the API's own limit of 29 s */
  readonly timeoutMs?: number;
}

/**
 * Calls the shop's API, such as `call<Payment>('GET', '/payments/pay_…')`.
 * @throws ApiProblem for an error response, TypeError when the API is unreachable, DOMException `TimeoutError` on
 * timeout, and the signal's reason when it is aborted.
 */
export async function call<Body>(method: string, path: `/${string}`, options: CallOptions = {}): Promise<Body> {
  const { body, headers, accept = 'application/json', signal, timeoutMs = 30_000 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      accept: `${accept}, application/problem+json`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (isChallenged(response)) return loadChallengedPage();
  const serverTime = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(serverTime)) clockOffsetMs = serverTime + 1000 - Date.now();
  if (response.status === 204) return undefined as Body;
  if (accept !== 'application/json' && response.ok && response.headers.get('content-type')?.startsWith(accept))
    return (await response.text()) as Body;
  const content: unknown = await response.json().catch((error) => {
    // Not JSON: the status alone makes the problem.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  if (!response.ok || content === undefined) throw new ApiProblem(toProblem(content, response.status));
  return content as Body;
}

/** API Gateway's own errors have only a `message`; a proxy's may have any body. */
function toProblem(content: unknown, status: number): Problem {
  const { type, title, detail, message, ...fields }: Record<string, unknown> =
    typeof content === 'object' && content !== null ? { ...content } : {};
  return {
    ...fields,
    type: String(type ?? 'about:blank'),
    title: String(title ?? `Unexpected response: HTTP ${status}`),
    status,
    detail: String(detail ?? message ?? ''),
  };
}
