import type { ContentfulStatusCode } from 'hono/utils/http-status';
import ISSUES from './paypal-issues.json' with { type: 'json' };

/**
 * An operation whose issues PayPal's OpenAPI files list. paypal-issues.json is taken from those files (Apache-2.0,
 * Copyright 2023 PayPal); a test compares the two.
 */
export type Operation = keyof typeof ISSUES;

const OPERATIONS: readonly (readonly [Operation, method: string, path: RegExp])[] = [
  ['orders.create', 'POST', /^\/v2\/checkout\/orders$/],
  ['orders.get', 'GET', /^\/v2\/checkout\/orders\/[^/]+$/],
  ['orders.patch', 'PATCH', /^\/v2\/checkout\/orders\/[^/]+$/],
  ['orders.authorize', 'POST', /^\/v2\/checkout\/orders\/[^/]+\/authorize$/],
  ['orders.capture', 'POST', /^\/v2\/checkout\/orders\/[^/]+\/capture$/],
  ['captures.get', 'GET', /^\/v2\/payments\/captures\/[^/]+$/],
  ['captures.refund', 'POST', /^\/v2\/payments\/captures\/[^/]+\/refund$/],
  ['refunds.get', 'GET', /^\/v2\/payments\/refunds\/[^/]+$/],
];

/** The operation of a request; undefined when PayPal lists no issues for it. */
export const operationOf = (method: string, path: string): Operation | undefined =>
  OPERATIONS.find(([, ownMethod, pattern]) => ownMethod === method && pattern.test(path))?.[0];

/** One entry of an error's `details`. */
export interface ErrorDetail {
  readonly issue: string;
  readonly description?: string | undefined;
  readonly field?: string | undefined;
  readonly value?: string | undefined;
  readonly location?: 'body' | 'path' | 'query' | undefined;
}

/** A HATEOAS link of a PayPal response. */
export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
}

/** PayPal's name and message for a status: the enums of `error_4xx` in its OpenAPI files. */
const ERRORS: Readonly<Record<number, readonly [name: string, message: string]>> = {
  400: ['INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  401: [
    'AUTHENTICATION_FAILURE',
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  ],
  403: ['NOT_AUTHORIZED', 'Authorization failed due to insufficient permissions.'],
  404: ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'],
  409: ['RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', "The server does not support the request payload's media type."],
  422: [
    'UNPROCESSABLE_ENTITY',
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  ],
  429: ['RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'],
  503: ['SERVICE_UNAVAILABLE', 'Service Unavailable.'],
};
const INTERNAL: readonly [name: string, message: string] = [
  'INTERNAL_SERVER_ERROR',
  'An internal server error occurred.',
];

/** An error response of PayPal. Thrown anywhere; the server adds the debug id and sends it. */
export class PayPalError extends Error {
  override readonly name = 'PayPalError';
  readonly status: ContentfulStatusCode;
  /** The response body without `debug_id`. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`${status} ${body.name}`);
    this.status = status as ContentfulStatusCode;
    this.body = body;
  }
}

/** PayPal's error for an HTTP status; 500 and statuses that its OpenAPI files do not list are INTERNAL_SERVER_ERROR. */
export function errorForStatus(
  status: number,
  details?: readonly ErrorDetail[],
  links: readonly Link[] = [],
): PayPalError {
  const [name, message] = ERRORS[status] ?? INTERNAL;
  return new PayPalError(status, { name, ...(details && { details }), message, links });
}

/** The HTTP status of an issue; undefined when PayPal does not list it for the operation. */
export const statusOf = (operation: Operation, issue: string): number | undefined =>
  knownIssues(operation)[issue]?.status;

/**
 * The error for issues of one status, with PayPal's descriptions.
 * @throws RangeError when PayPal does not list the issue for the operation: a bug of the simulator.
 */
export function issueError(
  operation: Operation,
  details: readonly ErrorDetail[],
  moreLinks: readonly Link[] = [],
): PayPalError {
  const [first] = details;
  const status = first && statusOf(operation, first.issue);
  if (!first || !status) throw new RangeError(`PayPal lists no issue ${first?.issue} for ${operation}`);
  const described = details.map(({ issue, ...where }) => ({
    ...where,
    issue,
    description: knownIssues(operation)[issue]?.description,
  }));
  return errorForStatus(status, described, [informationLink(operation, first.issue), ...moreLinks]);
}

/** The error for an order, capture or refund that does not exist or has expired. */
export const notFound = (operation: Operation): PayPalError =>
  issueError(operation, [{ issue: 'INVALID_RESOURCE_ID' }]);

/** An error of the older webhooks API, whose error bodies differ. */
export function webhooksError(status: number, name: string, message: string, details: readonly ErrorDetail[] = []) {
  return new PayPalError(status, { name, details, message });
}

const knownIssues = (operation: Operation): Record<string, { status: number; description?: string }> =>
  ISSUES[operation];

function informationLink(operation: Operation, issue: string): Link {
  const api = operation.startsWith('orders.') ? 'orders' : 'payments';
  const href = `https://developer.paypal.com/api/rest/reference/${api}/v2/errors/#${issue}`;
  return { href, rel: 'information_link', method: 'GET' };
}
