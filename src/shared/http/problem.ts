/** What can go wrong with a request, by the last part of the problem's `type`; each with its title and HTTP status. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not as described'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This cannot be done here'],
  'unknown-product': [404, 'There is no such product'],
  'unknown-session': [404, 'There is no such checkout session'],
  'unknown-payment': [404, 'There is no such payment'],
  'unknown-order': [404, 'There is no such order'],
  'unknown-event': [404, 'There is no such webhook event'],
  'unknown-finding': [404, 'There is no such finding'],
  'out-of-stock': [409, 'There is not enough stock'],
  'session-over': [409, 'The checkout session is over'],
  'not-approved': [409, 'The buyer has not approved the payment at PayPal'],
  'payment-declined': [409, 'PayPal declined the payment'],
  'already-captured': [409, 'The money has been captured already'],
  'wrong-token': [403, 'The token does not belong to this payment'],
  'request-in-progress': [409, 'The same request is being worked on'],
  'idempotency-key-reused': [422, 'The idempotency key was used for another request'],
  'body-too-large': [413, 'The body is too large'],
  'wrong-credentials': [401, 'The credentials are not right'],
  'not-signed-in': [401, 'Nobody is signed in'],
  'not-an-operator': [403, 'Only operators may do this'],
  'nothing-to-refund': [409, 'There is no money to give back'],
  'refund-refused': [409, 'PayPal refused the refund'],
  'not-under-review': [409, 'The payment is not under review'],
  'event-erased': [409, 'The event was erased'],
  'not-repairable': [409, 'Nothing repairs this by itself'],
  'not-shippable': [409, 'The order cannot be shipped'],
  'bad-signature': [401, 'The delivery is not signed by PayPal for this webhook'],
  'try-again': [503, 'Passing trouble'],
  'paypal-unavailable': [502, 'PayPal does not answer'],
  'internal-error': [500, 'Something went wrong here'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

/** The last part of a problem's `type`. */
export type ProblemType = keyof typeof PROBLEMS;

/** An answer that tells what was wrong with a request: https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  /** `detail` says what to do next; `fields` are members of the answer beside the standard ones. */
  constructor(
    type: ProblemType,
    detail: string,
    fields: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.type = type;
    this.status = PROBLEMS[type][0];
    this.fields = fields;
  }

  /** The answer's body. */
  body(): Record<string, unknown> {
    return {
      type: `/problems/${this.type}`,
      title: PROBLEMS[this.type][1],
      status: this.status,
      detail: this.message,
      ...this.fields,
    };
  }
}

/** What is wrong with one field of a request; `field` is empty for the whole. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** A request that is not as described. */
export const invalidRequest = (errors: readonly FieldError[], options?: ErrorOptions): Problem =>
  new Problem(
    'invalid-request',
    errors.map(({ field, detail }) => `${field || 'body'}: ${detail}`).join('; '),
    { errors },
    options,
  );
