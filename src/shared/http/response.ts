import type { Problem } from './problem.ts';

/** Before serialisation. */
export interface HttpResponse {
  readonly status: number;
  /** A string is sent as it is; it needs a `content-type`. Undefined for no body. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

/** As API Gateway takes it from a function. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly cookies?: string[];
}

/** Not cacheable by default: responses are one shopper's, or change at any time. */
export const toResult = ({ status, body, headers, cookies }: HttpResponse): HttpResult => ({
  statusCode: status,
  headers: {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    'cache-control': 'no-store',
    ...headers,
  },
  body: typeof body === 'string' ? body : (JSON.stringify(body) ?? ''),
  ...(cookies && { cookies: [...cookies] }),
});

export const problemResponse = (problem: Problem): HttpResponse => ({
  status: problem.status,
  body: problem.body(),
  headers: { 'content-type': 'application/problem+json', ...(problem.status === 503 && { 'retry-after': '5' }) },
});
