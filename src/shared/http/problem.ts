/** Problems by the last part of their `type`. */
export const PROBLEMS = {
  'invalid-request': [400, 'Invalid request'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'unknown-product': [404, 'Product not found'],
  'unknown-session': [404, 'Checkout session not found'],
  'unknown-payment': [404, 'Payment not found'],
  'unknown-order': [404, 'Order not found'],
  'unknown-event': [404, 'Webhook event not found'],
  'unknown-finding': [404, 'Finding not found'],
  'unknown-api-key': [404, 'API key not found'],
  'out-of-stock': [409, 'Out of stock'],
  'not-payable': [409, 'Items cannot be paid for'],
  'payment-begun': [409, 'Payment already begun'],
  'payment-decided': [409, 'Payment cannot be cancelled'],
  'session-over': [409, 'Checkout session closed'],
  'not-approved': [409, 'Payment not approved'],
  'payment-declined': [409, 'Payment declined'],
  'payment-refused': [409, 'Payment refused'],
  'already-captured': [409, 'Payment already captured'],
  'wrong-token': [403, 'Token does not match the payment'],
  'request-in-progress': [409, 'Request in progress'],
  'idempotency-key-reused': [422, 'Idempotency key reused'],
  'body-too-large': [413, 'Request body too large'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'wrong-credentials': [401, 'Invalid credentials'],
  'new-password-required': [401, 'New password required'],
  'totp-setup-required': [401, 'Authenticator app required'],
  'code-required': [401, 'Code required'],
  'wrong-code': [401, 'Invalid code'],
  'not-signed-in': [401, 'Authentication required'],
  'not-an-operator': [403, 'Operator access required'],
  'role-required': [403, 'Role required'],
  'scope-required': [403, 'Scope required'],
  'refund-limit': [403, 'Refund limit reached'],
  'secret-key-in-browser': [400, 'Secret key sent by a browser'],
  'foreign-origin': [403, 'Foreign origin refused'],
  'not-through-front-door': [403, 'Direct access refused'],
  'nothing-to-refund': [409, 'Nothing to refund'],
  'refund-refused': [409, 'Refund rejected by PayPal'],
  'not-under-review': [409, 'Payment not under review'],
  'event-erased': [409, 'Webhook event erased'],
  'not-repairable': [409, 'Manual review required'],
  'not-shippable': [409, 'Order cannot be shipped'],
  'bad-signature': [401, 'Invalid webhook signature'],
  'try-again': [503, 'Temporarily unavailable'],
  'paypal-unavailable': [502, 'PayPal unavailable'],
  'internal-error': [500, 'Internal error'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemType = keyof typeof PROBLEMS;

/** An error response: https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  /** `detail` is what the caller can do; `fields` are extension members of the response. */
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

/** `field` is empty for the whole body. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

export const invalidRequest = (errors: readonly FieldError[], options?: ErrorOptions): Problem =>
  new Problem(
    'invalid-request',
    errors.map(({ field, detail }) => `${field || 'body'}: ${detail}`).join('; '),
    { errors },
    options,
  );
