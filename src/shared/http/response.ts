import type { Problem } from './problem.ts';

/** What an HTTP call is answered, before it is written as text. */
export interface HttpResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer as API Gateway takes it from a function. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An answer as API Gateway wants it. Nothing here may be kept by a cache: it is one shopper's, or changes at any time. */
export const toResult = ({ status, body, headers }: HttpResponse): HttpResult => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

/** A problem as an answer. */
export const problemResponse = (problem: Problem): HttpResponse => ({
  status: problem.status,
  body: problem.body(),
  headers: { 'content-type': 'application/problem+json', ...(problem.status === 503 && { 'retry-after': '5' }) },
});
