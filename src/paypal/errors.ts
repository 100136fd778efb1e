/*
 * Every trouble with PayPal is classified once, here and in `transport.ts`. The names are literals, because a bundler may
 * rename a class, and workflows and metrics go by them.
 */

/** What kept PayPal's answer from us. All of it may pass. */
export type UnavailableReason =
  /** No complete answer within the time for a call. The deed may be done: repeat it under the same request id. */
  | 'timeout'
  /** No connection, or it broke. The deed may be done: repeat it under the same request id. */
  | 'connection'
  /** 5xx. */
  | 'server-error'
  /** 429. */
  | 'rate-limited'
  /** PayPal is still busy with an earlier request of ours for the same thing. */
  | 'in-progress'
  /** A redirect, too long, not JSON, or not of the form that PayPal documents: perhaps not PayPal at all. */
  | 'unexpected-answer';

interface CallContext {
  /** The name of the client's function, or `token`. */
  readonly operation: string;
  readonly status?: number | undefined;
  readonly debugId?: string | undefined;
}

/** Passing trouble: the same call, with the same request id, may well succeed later. */
export class PayPalUnavailable extends Error {
  override readonly name = 'PayPalUnavailable';
  readonly reason: UnavailableReason;
  readonly operation: string;
  /** HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** How long PayPal asks to be left alone, if it does. */
  readonly retryAfterSeconds: number | undefined;
  /** PayPal's `paypal-debug-id`, which its support asks for. */
  readonly debugId: string | undefined;

  constructor(
    reason: UnavailableReason,
    about: CallContext & { retryAfterSeconds?: number | undefined; cause?: unknown },
  ) {
    const status = about.status === undefined ? '' : `, status ${about.status}`;
    super(`PayPal gave no answer to ${about.operation}: ${reason}${status}`, { cause: about.cause });
    this.reason = reason;
    this.operation = about.operation;
    this.status = about.status;
    this.retryAfterSeconds = about.retryAfterSeconds;
    this.debugId = about.debugId;
  }
}

/**
 * PayPal's last word on a request: no repetition mends it.
 * Names and issues: https://developer.paypal.com/api/rest/responses/
 */
export class PayPalRefused extends Error {
  override readonly name = 'PayPalRefused';
  readonly operation: string;
  /** HTTP status: 4xx. */
  readonly status: number;
  /** PayPal's name for the error, such as `UNPROCESSABLE_ENTITY`. */
  readonly error: string;
  /** What exactly is wrong, such as `INSTRUMENT_DECLINED`; the name of the error when PayPal gives no details. */
  readonly issue: string;
  /** The field of our request that PayPal objects to, as a JSON pointer. Never its value. */
  readonly field: string | undefined;
  readonly debugId: string | undefined;

  constructor(
    about: CallContext & { status: number; error: string; issue?: string | undefined; field?: string | undefined },
  ) {
    const issue = about.issue ?? about.error;
    super(
      `PayPal refused ${about.operation}: ${issue}${about.field ? ` (${about.field})` : ''}, status ${about.status}`,
    );
    this.operation = about.operation;
    this.status = about.status;
    this.error = about.error;
    this.issue = issue;
    this.field = about.field;
    this.debugId = about.debugId;
  }
}

/** Client id or secret are wrong, or PayPal refused even a new token: somebody must look at the configuration. */
export class PayPalUnauthorized extends Error {
  override readonly name = 'PayPalUnauthorized';
  readonly operation: string;
  readonly status: number;
  /** PayPal's word for it, such as `invalid_client`. */
  readonly issue: string;
  readonly debugId: string | undefined;

  constructor(refusal: PayPalRefused) {
    super(`PayPal does not know us: ${refusal.issue} on ${refusal.operation}, status ${refusal.status}`, {
      cause: refusal,
    });
    this.operation = refusal.operation;
    this.status = refusal.status;
    this.issue = refusal.issue;
    this.debugId = refusal.debugId;
  }
}

/** A body that PayPal is said to have sent is not what it should be. It says where and how, never what stands there. */
export class MalformedPayPalBody extends Error {
  override readonly name = 'MalformedPayPalBody';
  /** What it should have been, such as `capture`. */
  readonly expected: string;
  /** Where it is wrong, such as `purchase_units.0.amount.value`; empty for the whole. */
  readonly path: string;

  constructor(expected: string, path: string, problem: string, options?: ErrorOptions) {
    super(`not a PayPal ${expected}: ${path && `${path}: `}${problem}`, options);
    this.expected = expected;
    this.path = path;
  }
}
