/*
 * Errors of PayPal calls are classified once, in `transport.ts`. The names are literals: a bundler may rename a class,
 * and callers match errors by name.
 */

/** Why a call got no usable response. All are transient. */
export type UnavailableReason =
  /** No complete response in time. PayPal may have executed the request: retry with the same request id. */
  | 'timeout'
  /** No connection, or it broke. PayPal may have executed the request: retry with the same request id. */
  | 'connection'
  /** 5xx. */
  | 'server-error'
  /** 429. */
  | 'rate-limited'
  /** PayPal is still processing an earlier request for the same resource. */
  | 'in-progress'
  /** A redirect, too large, not JSON, or not as PayPal documents: possibly a proxy. */
  | 'unexpected-answer';

interface CallContext {
  /** The name of the client's function, or `token`. */
  readonly operation: string;
  readonly status?: number | undefined;
  readonly debugId?: string | undefined;
}

/** A transient error: retry the call with the same request id. */
export class PayPalUnavailable extends Error {
  override readonly name = 'PayPalUnavailable';
  readonly reason: UnavailableReason;
  readonly operation: string;
  /** HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** From PayPal's `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  /** The `paypal-debug-id`, which PayPal's support requests. */
  readonly debugId: string | undefined;

  constructor(
    reason: UnavailableReason,
    about: CallContext & { retryAfterSeconds?: number | undefined; cause?: unknown },
  ) {
    const status = about.status === undefined ? '' : `, status ${about.status}`;
    super(`no usable response from PayPal to ${about.operation}: ${reason}${status}`, { cause: about.cause });
    this.reason = reason;
    this.operation = about.operation;
    this.status = about.status;
    this.retryAfterSeconds = about.retryAfterSeconds;
    this.debugId = about.debugId;
  }
}

/**
 * PayPal rejected a request for good: do not retry.
 * Names and issues: https://developer.paypal.com/api/rest/responses/
 */
export class PayPalRefused extends Error {
  override readonly name = 'PayPalRefused';
  readonly operation: string;
  /** HTTP status: 4xx. */
  readonly status: number;
  /** PayPal's name for the error, such as `UNPROCESSABLE_ENTITY`. */
  readonly error: string;
  /** Such as `INSTRUMENT_DECLINED`; equals `error` when PayPal gives no details. */
  readonly issue: string;
  /** JSON pointer to the rejected field of the request. Never its value. */
  readonly field: string | undefined;
  readonly debugId: string | undefined;

  constructor(
    about: CallContext & { status: number; error: string; issue?: string | undefined; field?: string | undefined },
  ) {
    const issue = about.issue ?? about.error;
    super(
      `PayPal rejected ${about.operation}: ${issue}${about.field ? ` (${about.field})` : ''}, status ${about.status}`,
    );
    this.operation = about.operation;
    this.status = about.status;
    this.error = about.error;
    this.issue = issue;
    this.field = about.field;
    this.debugId = about.debugId;
  }
}

/** PayPal answered 404 about an order that it cannot have deleted yet: the answer is not believed. */
export const orderNotFound = (operation: 'getOrder' | 'captureOrder'): PayPalUnavailable =>
  new PayPalUnavailable('unexpected-answer', { operation, status: 404 });

/**
 * For a request about a resource that an event names: PayPal answers 403 for one of another account. Wrong credentials
 * are a PayPalUnauthorized.
 */
export function refusedAsUnknown(error: unknown): undefined {
  if (!(error instanceof PayPalRefused)) throw error;
}

/** Wrong client id or secret, or PayPal rejected a new token: an operator must fix the configuration. */
export class PayPalUnauthorized extends Error {
  override readonly name = 'PayPalUnauthorized';
  readonly operation: string;
  readonly status: number;
  /** Such as `invalid_client`. */
  readonly issue: string;
  readonly debugId: string | undefined;

  constructor(rejection: PayPalRefused) {
    super(`PayPal rejected the credentials: ${rejection.issue} on ${rejection.operation}, status ${rejection.status}`, {
      cause: rejection,
    });
    this.operation = rejection.operation;
    this.status = rejection.status;
    this.issue = rejection.issue;
    this.debugId = rejection.debugId;
  }
}

/** A body is not as PayPal documents. The message has the path and the problem, never the value. */
export class MalformedPayPalBody extends Error {
  override readonly name = 'MalformedPayPalBody';
  /** Such as `capture`. */
  readonly expected: string;
  /** Such as `purchase_units.0.amount.value`; empty for the whole body. */
  readonly path: string;

  constructor(expected: string, path: string, problem: string, options?: ErrorOptions) {
    super(`not a PayPal ${expected}: ${path && `${path}: `}${problem}`, options);
    this.expected = expected;
    this.path = path;
  }
}
