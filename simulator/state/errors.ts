import type { ContentfulStatusCode } from 'hono/utils/http-status';
import ISSUES from './paypal-issues.json' with { type: 'json' };

// paypal-issues.json: the issues and their texts from PayPal's OpenAPI files (Apache-2.0, Copyright 2023 PayPal), held to them by a test.
/** A call whose issues PayPal's OpenAPI files list. */
export type Operation = keyof typeof ISSUES;

/** One thing that is wrong with a call, and where. */
export interface ErrorDetail {
  readonly issue: string;
  readonly description?: string | undefined;
  readonly field?: string | undefined;
  readonly value?: string | undefined;
  readonly location?: 'body' | 'path' | 'query' | undefined;
}

/** A link of PayPal's answers. */
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

/** An error that PayPal answers: thrown wherever it is found, answered by the server with a debug id. */
export class PayPalError extends Error {
  override readonly name = 'PayPalError';
  /** HTTP status. */
  readonly status: ContentfulStatusCode;
  /** All of the answer but `debug_id`. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`${status} ${body.name}`);
    this.status = status as ContentfulStatusCode;
    this.body = body;
  }
}

/** PayPal's error for a status, as its OpenAPI files have it; 500 and what they do not know is INTERNAL_SERVER_ERROR. */
export function errorForStatus(
  status: number,
  details?: readonly ErrorDetail[],
  links: readonly Link[] = [],
): PayPalError {
  const [name, message] = ERRORS[status] ?? INTERNAL;
  return new PayPalError(status, { name, ...(details && { details }), message, links });
}

/** The status that PayPal's list for a call gives an issue; undefined when the list does not have it. */
export const statusOf = (operation: Operation, issue: string): number | undefined =>
  knownIssues(operation)[issue]?.status;

/**
 * The error for issues of one status, with PayPal's texts for them.
 * @throws RangeError when PayPal's list for the call has no such issue: then the simulator is wrong.
 */
export function issueError(
  operation: Operation,
  details: readonly ErrorDetail[],
  moreLinks: readonly Link[] = [],
): PayPalError {
  const [first] = details;
  const status = first && statusOf(operation, first.issue);
  if (!first || !status) throw new RangeError(`PayPal's list for ${operation} has no ${first?.issue}`);
  const described = details.map(({ issue, ...where }) => ({
    ...where,
    issue,
    description: knownIssues(operation)[issue]?.description,
  }));
  return errorForStatus(status, described, [informationLink(operation, first.issue), ...moreLinks]);
}

/** The error for an order, capture or refund that is not there, or not any more. */
export const notFound = (operation: Operation): PayPalError =>
  issueError(operation, [{ issue: 'INVALID_RESOURCE_ID' }]);

/** An error of the older webhooks API, whose bodies have their own form. */
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
