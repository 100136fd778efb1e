import type { Problem } from './schema.ts';

/** What the API answers instead of what was asked for: a problem document, https://www.rfc-editor.org/rfc/rfc9457 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.problem = problem;
  }

  /** The document with its own fields, if it is of that type: `problem.as<OutOfStock>('/problems/out-of-stock')?.items`. */
  as<Document extends Problem>(type: NonNullable<Document['type']>): Document | undefined {
    return this.problem.type.endsWith(type) ? (this.problem as Document) : undefined;
  }
}

/** By how much the API's clock is ahead of this browser's, in milliseconds: at most a second too much, as answers tell whole seconds only. */
let ahead = 0;

/** The API's time, in milliseconds as `Date.now()`: what the shop says of times goes by it, and a browser's clock may be wrong. */
export const serverNow = (): number => Date.now() + ahead;

/** How a call is made. */
export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;

  readonly headers?: Readonly<Record<string, string>>;

  /** Ends the call before it is answered. */
  readonly signal?: AbortSignal | undefined;

  /** @default 30,000 - a little more than the API takes at most */
  readonly timeoutMs?: number;
}

/**
 * Calls the shop's API, such as `call<Payment>('GET', '/payments/pay_…')`.
 * @throws ApiProblem when it answers with a problem, TypeError when it cannot be reached, DOMException `TimeoutError` when it does not
 * answer in time, and whatever aborted the signal.
 */
export async function call<Answer>(method: string, path: `/${string}`, options: CallOptions = {}): Promise<Answer> {
  const { body, headers, signal, timeoutMs = 30_000 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  const answeredAt = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(answeredAt)) ahead = answeredAt + 1000 - Date.now();
  const content: unknown = await answer.json().catch((error) => {
    // Not JSON: then what counts is the status.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  if (!answer.ok || content === undefined) throw new ApiProblem(problemIn(content, answer.status));
  return content as Answer;
}

/** API Gateway's own answers have a `message` alone, and a broken one may be anything. */
function problemIn(content: unknown, status: number): Problem {
  const { type, title, detail, message, ...fields }: Record<string, unknown> =
    typeof content === 'object' && content !== null ? { ...content } : {};
  return {
    ...fields,
    type: String(type ?? 'about:blank'),
    title: String(title ?? `The shop answered ${status}`),
    status,
    detail: String(detail ?? message ?? ''),
  };
}
