/* Generated from docs/openapi.yaml by `npm run api-types`: the requests and responses of the API. */

export type SessionId = string;
export type PaymentId = string;
export type OrderId = string;
export type PayPalOrderId = string;
export type Time = string;
/**
 * `open` → `payment_pending` → `payment_completed` | `payment_failed` | `expired`. A late payment completes even
 * a failed or expired session if the stock is still available.
 */
export type SessionStatus = 'open' | 'payment_pending' | 'payment_completed' | 'payment_failed' | 'expired';
/**
 * `created`: the buyer is at PayPal · `approved`: the payment can be captured · `capture_pending`: the bank has
 * not confirmed yet, as with an eCheck; nothing ships · `captured`: the money was received ·
 * `partially_refunded`, `refunded`: part or all of it was refunded · `reversed`: PayPal took the money back ·
 * `review`: the captured amount differs from the requested one; the shop decides · `cancelled`: the buyer
 * cancelled · `failed`: the capture was declined · `expired`: the buyer did not approve in time.
 */
export type PaymentStatus =
  | 'created'
  | 'approved'
  | 'capture_pending'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'reversed'
  | 'review'
  | 'cancelled'
  | 'expired'
  | 'failed';
/**
 * `confirmed` → `shipped`; `refunded` once the whole amount was refunded.
 */
export type OrderStatus = 'confirmed' | 'shipped' | 'refunded';
/**
 * PayPal's id of the event.
 */
export type EventId = string;
export type EventType = string;
export type PayPalCaptureId = string;
/**
 * The invariant's number and the id of the affected item; in a SKU, characters that a path cannot contain are written as `~2F`.
 */
export type FindingId = string;
/**
 * Pass as `cursor` to get the next page; null on the last page.
 */
export type NextCursor = string | null;
/**
 * `received`: stored, not yet processed · `accepted`: processed · `ignored`: irrelevant to the shop · `parked`:
 * genuine, but cannot be applied; needs review by an operator.
 */
export type EventStatus = 'received' | 'accepted' | 'ignored' | 'parked';
export type WebhookEventDetail = WebhookEvent & {
  /**
   * The raw body; treat it as untrusted text. Null once erased, and for callers that may not see buyers' data.
   */
  body: string | null;
  /**
   * PayPal's transmission ids of the deliveries.
   */
  transmissions: string[];
  /**
   * The executions of the event's payment.
   */
  executions: Execution[];
  /**
   * The timeline of event and payment.
   */
  timeline: Moment[];
};
export type OperatorPayment = Payment & {
  /**
   * The captured amount; null before the capture.
   */
  captured: Money | null;
  refunded: Money;
  capture_id: PayPalCaptureId | null;
  /**
   * Refunds that PayPal named by id. A pending one prevents shipping.
   */
  refunds: {
    refund_id: string;
    status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
    amount: Money | null;
  }[];
  /**
   * Further captures of the same PayPal order, which are to be refunded.
   */
  extra_captures: {
    capture_id: PayPalCaptureId;
    amount: Money;
    refunded: Money;
  }[];
  /**
   * Settlements that are not recorded as succeeded.
   */
  open_settlements: string[];
  disputes: Dispute[];
  /**
   * @minItems 1
   */
  history: Move[];
};
export type OperatorOrder = Order & {
  /**
   * Null until the order is shipped.
   */
  shipped_at: Time | null;
  /**
   * The disputes of its payment; check them before you ship.
   */
  disputes: Dispute[];
};
export type Scope =
  | 'checkout:write'
  | 'products:write'
  | 'orders:read'
  | 'orders:write'
  | 'payments:write'
  | 'events:read'
  | 'webhooks:write';
export type CreatedApiKey = ApiKey & {
  /**
   * The key itself, which is not stored and not shown again.
   */
  key: string;
};
/**
 * Username or password is invalid; the response does not reveal which.
 */
export type WrongCredentials = Problem & {
  type?: '/problems/wrong-credentials';
  title?: 'Invalid credentials';
  status?: 401;
};
/**
 * The password is correct, and its owner must change it. Repeat the request with `new_password`.
 */
export type NewPasswordRequired = Problem & {
  type?: '/problems/new-password-required';
  title?: 'New password required';
  status?: 401;
};
/**
 * The password is correct, and the operator has no authenticator app yet. Repeat the request with `session` and the app's `code`.
 */
export type TotpSetupRequired = Problem & {
  type?: '/problems/totp-setup-required';
  title?: 'Authenticator app required';
  status?: 401;
  /**
   * For the authenticator app, as a QR code; `secret` is what can be typed instead.
   */
  otpauth_url: string;
  session: string;
};
/**
 * The password is correct. Repeat the request with the authenticator app's `code`.
 */
export type CodeRequired = Problem & {
  type?: '/problems/code-required';
  title?: 'Code required';
  status?: 401;
};
/**
 * The password is correct, and the code is not or no longer valid.
 */
export type WrongCode = Problem & {
  type?: '/problems/wrong-code';
  title?: 'Invalid code';
  status?: 401;
};
/**
 * Signing in, refreshing and signing out are refused to pages of another origin.
 */
export type ForeignOrigin = Problem & {
  type?: '/problems/foreign-origin';
  title?: 'Foreign origin refused';
  status?: 403;
};
/**
 * The bearer token is missing, invalid or expired, its session has ended, or the API key is unknown, revoked or of
 * another stage.
 */
export type NotSignedIn = Problem & {
  type?: '/problems/not-signed-in';
  title?: 'Authentication required';
  status?: 401;
};
/**
 * The user is in none of the groups `viewer`, `operator` and `admin`.
 */
export type NotAnOperator = Problem & {
  type?: '/problems/not-an-operator';
  title?: 'Operator access required';
  status?: 403;
};
/**
 * The operation requires an operator with this role or one above it.
 */
export type RoleRequired = Problem & {
  type?: '/problems/role-required';
  title?: 'Role required';
  status?: 403;
  role: 'viewer' | 'operator' | 'admin';
};
/**
 * The operation requires an API key with this scope.
 */
export type ScopeRequired = Problem & {
  type?: '/problems/scope-required';
  title?: 'Scope required';
  status?: 403;
  scope: Scope;
};
/**
 * The refund would exceed what the caller may refund on one day (UTC) in the currency. An operator with the role
 * `admin` has no limit.
 */
export type RefundLimit = Problem & {
  type?: '/problems/refund-limit';
  title?: 'Refund limit reached';
  status?: 403;
  limit: Money;
  left: Money;
};
/**
 * A request with an API key has an `Origin` header, as browsers send it. The key is no secret any more.
 */
export type SecretKeyInBrowser = Problem & {
  type?: '/problems/secret-key-in-browser';
  title?: 'Secret key sent by a browser';
  status?: 400;
};
/**
 * No API key has this id.
 */
export type UnknownApiKey = Problem & {
  type?: '/problems/unknown-api-key';
  title?: 'API key not found';
  status?: 404;
};
/**
 * The request came to the HTTP API directly. Use the URL of the shop.
 */
export type NotThroughFrontDoor = Problem & {
  type?: '/problems/not-through-front-door';
  title?: 'Direct access refused';
  status?: 403;
};
/**
 * No event has this id, or it has expired.
 */
export type UnknownEvent = Problem & {
  type?: '/problems/unknown-event';
  title?: 'Webhook event not found';
  status?: 404;
};
/**
 * No open finding has this id.
 */
export type UnknownFinding = Problem & {
  type?: '/problems/unknown-finding';
  title?: 'Finding not found';
  status?: 404;
};
/**
 * The event's body was erased, so it cannot be replayed.
 */
export type EventErased = Problem & {
  type?: '/problems/event-erased';
  title?: 'Webhook event erased';
  status?: 409;
};
/**
 * The finding requires manual review.
 */
export type NotRepairable = Problem & {
  type?: '/problems/not-repairable';
  title?: 'Manual review required';
  status?: 409;
};
/**
 * The payment was not captured, or the whole amount was already refunded.
 */
export type NothingToRefund = Problem & {
  type?: '/problems/nothing-to-refund';
  title?: 'Nothing to refund';
  status?: 409;
};
/**
 * PayPal rejected the refund; `issue` has the reason.
 */
export type RefundRefused = Problem & {
  type?: '/problems/refund-refused';
  title?: 'Refund rejected by PayPal';
  status?: 409;
  /**
   * PayPal’s error code, such as `REFUND_AMOUNT_EXCEEDED`.
   */
  issue: string;
};
/**
 * Only a payment under review can be accepted.
 */
export type NotUnderReview = Problem & {
  type?: '/problems/not-under-review';
  title?: 'Payment not under review';
  status?: 409;
};
/**
 * The order's payment does not keep its money, or a refund of it is pending at PayPal; `detail` has the reason.
 */
export type NotShippable = Problem & {
  type?: '/problems/not-shippable';
  title?: 'Order cannot be shipped';
  status?: 409;
};
/**
 * @minItems 1
 */
export type FieldErrors = {
  /**
   * The path of the field, such as `items.0.quantity`; empty for the whole body.
   */
  field: string;
  detail: string;
}[];
/**
 * The request does not match this document.
 */
export type InvalidRequest = Problem & {
  type?: '/problems/invalid-request';
  title?: 'Invalid request';
  status?: 400;
  errors: FieldErrors;
};
/**
 * The delivery could not be verified as PayPal's.
 */
export type BadSignature = Problem & {
  type?: '/problems/bad-signature';
  title?: 'Invalid webhook signature';
  status?: 401;
  reason:
    | 'algorithm'
    | 'certificate-url'
    | 'certificate-unknown'
    | 'certificate-name'
    | 'certificate-validity'
    | 'certificate-key'
    | 'signature'
    | 'too-old';
};
/**
 * Cancelling requires the token that PayPal appended to the cancel link.
 */
export type WrongToken = Problem & {
  type?: '/problems/wrong-token';
  title?: 'Token does not match the payment';
  status?: 403;
};
/**
 * The path does not exist.
 */
export type NotFound = Problem & {
  type?: '/problems/not-found';
  title?: 'Not found';
  status?: 404;
};
/**
 * The shop does not sell these products; `skus` lists the unknown ones.
 */
export type UnknownProduct = Problem & {
  type?: '/problems/unknown-product';
  title?: 'Product not found';
  status?: 404;
  /**
   * @minItems 1
   */
  skus: string[];
};
/**
 * No session has this id.
 */
export type UnknownSession = Problem & {
  type?: '/problems/unknown-session';
  title?: 'Checkout session not found';
  status?: 404;
};
/**
 * No payment has this id.
 */
export type UnknownPayment = Problem & {
  type?: '/problems/unknown-payment';
  title?: 'Payment not found';
  status?: 404;
};
/**
 * No order has this id: it was not created yet, or no longer exists.
 */
export type UnknownOrder = Problem & {
  type?: '/problems/unknown-order';
  title?: 'Order not found';
  status?: 404;
};
/**
 * The path exists but supports other methods.
 */
export type MethodNotAllowed = Problem & {
  type?: '/problems/method-not-allowed';
  title?: 'Method not allowed';
  status?: 405;
};
/**
 * Nothing was reserved; `items` lists the products with insufficient stock.
 */
export type OutOfStock = Problem & {
  type?: '/problems/out-of-stock';
  title?: 'Out of stock';
  status?: 409;
  /**
   * @minItems 1
   */
  items: {
    sku: string;
    requested: number;
    available: number;
  }[];
};
/**
 * PayPal does not take these items, so they could not be paid for; nothing was reserved. `items` lists each
 * problem, with `sku` null when it is about the sum. The shop must correct these products.
 */
export type NotPayable = Problem & {
  type?: '/problems/not-payable';
  title?: 'Items cannot be paid for';
  status?: 409;
  /**
   * @minItems 1
   */
  items: {
    sku: string | null;
    /**
     * Of the product, such as `name` or `unit_price`, or `amount`.
     */
    field: string;
    /**
     * What is allowed.
     */
    detail: string;
  }[];
};
/**
 * The payment of the session was begun. Its cancellation gives the stock back.
 */
export type PaymentBegun = Problem & {
  type?: '/problems/payment-begun';
  title?: 'Payment already begun';
  status?: 409;
  payment_id: PaymentId;
  session_status: SessionStatus;
};
/**
 * The money of the session to be replaced has arrived, or is on its way.
 */
export type PaymentDecided = Problem & {
  type?: '/problems/payment-decided';
  title?: 'Payment cannot be cancelled';
  status?: 409;
  payment_id: PaymentId;
};
/**
 * The session was paid, was cancelled or has expired. A new purchase needs a new session.
 */
export type SessionOver = Problem & {
  type?: '/problems/session-over';
  title?: 'Checkout session closed';
  status?: 409;
  session_status: SessionStatus;
};
/**
 * The buyer has not approved the payment. Redirect the buyer to `approve_url`.
 */
export type NotApproved = Problem & {
  type?: '/problems/not-approved';
  title?: 'Payment not approved';
  status?: 409;
  /**
   * Absent if the PayPal order does not exist yet; begin the payment again.
   */
  approve_url?: string;
};
/**
 * PayPal declined the buyer's funding source. At `approve_url`, the buyer can choose another one.
 */
export type PaymentDeclined = Problem & {
  type?: '/problems/payment-declined';
  title?: 'Payment declined';
  status?: 409;
  approve_url: string;
  /**
   * PayPal’s error code, such as `INSTRUMENT_DECLINED`.
   */
  issue: string;
};
/**
 * PayPal refused the capture because of the merchant's account or of the shop's request. Nothing was charged, and
 * another payment method would not help. The shop has been informed; its items stay reserved until the session
 * expires.
 */
export type PaymentRefused = Problem & {
  type?: '/problems/payment-refused';
  title?: 'Payment refused';
  status?: 409;
  /**
   * PayPal’s error code, such as `PERMISSION_DENIED`.
   */
  issue: string;
};
/**
 * A captured payment cannot be cancelled; the shop can refund it.
 */
export type AlreadyCaptured = Problem & {
  type?: '/problems/already-captured';
  title?: 'Payment already captured';
  status?: 409;
};
/**
 * The first request with this `Idempotency-Key` is still in progress. Retry in a moment.
 */
export type RequestInProgress = Problem & {
  type?: '/problems/request-in-progress';
  title?: 'Request in progress';
  status?: 409;
};
/**
 * The body exceeds 64 KiB, or 256 KiB for a webhook.
 */
export type BodyTooLarge = Problem & {
  type?: '/problems/body-too-large';
  title?: 'Request body too large';
  status?: 413;
};
/**
 * A body needs the content type `application/json`, with or without parameters. A request without a body needs
 * none.
 */
export type UnsupportedMediaType = Problem & {
  type?: '/problems/unsupported-media-type';
  title?: 'Unsupported media type';
  status?: 415;
};
/**
 * A new request needs a new `Idempotency-Key`.
 */
export type IdempotencyKeyReused = Problem & {
  type?: '/problems/idempotency-key-reused';
  title?: 'Idempotency key reused';
  status?: 422;
};
/**
 * Retry the request; if it fails again, contact the shop.
 */
export type InternalError = Problem & {
  type?: '/problems/internal-error';
  title?: 'Internal error';
  status?: 500;
};
/**
 * Retry the request; PayPal does not repeat what it has already done.
 */
export type PayPalUnavailable = Problem & {
  type?: '/problems/paypal-unavailable';
  title?: 'PayPal unavailable';
  status?: 502;
};
/**
 * Retry the request after the number of seconds in `retry-after`.
 */
export type TryAgain = Problem & {
  type?: '/problems/try-again';
  title?: 'Temporarily unavailable';
  status?: 503;
};

export interface Schemas {
  [k: string]: unknown;
}
export interface Money {
  /**
   * ISO 4217 code.
   */
  currency_code: string;
  /**
   * Two decimals; none for HUF, JPY and TWD.
   */
  value: string;
}
export interface SignedMoney {
  /**
   * ISO 4217 code.
   */
  currency_code: string;
  /**
   * Two decimals; none for HUF, JPY and TWD.
   */
  value: string;
}
export interface Product {
  sku: string;
  name: string;
  unit_price: Money;
  /**
   * Quantity that can be bought now.
   */
  available: number;
  /**
   * The largest quantity in one checkout session.
   */
  max_per_order: number;
}
/**
 * A quantity of one product, at the price when the session was created.
 */
export interface Line {
  sku: string;
  name: string;
  quantity: number;
  unit_price: Money;
}
export interface CheckoutRequest {
  /**
   * Each product at most once and in a quantity up to its `max_per_order`, all in one currency.
   *
   * @minItems 1
   * @maxItems 20
   */
  items: {
    sku: string;
    quantity: number;
  }[];
  /**
   * The id of the session that this one replaces, and which is closed.
   */
  replaces?: string;
}
export interface PaymentRequest {
  /**
   * An id in another format than a session id returns 404.
   */
  checkout_session_id: string;
}
export interface EmptyRequest {}
export interface CancelRequest {
  /**
   * The value that PayPal appended to the return link.
   */
  token: string;
}
export interface CheckoutSession {
  checkout_session_id: SessionId;
  status: SessionStatus;
  /**
   * @minItems 1
   */
  items: Line[];
  amount: Money;
  expires_at: Time;
  /**
   * Null until a payment is begun.
   */
  payment_id: PaymentId | null;
  /**
   * Null until a payment is begun, then `created` until it is decided. See the payment for details.
   */
  payment_status: PaymentStatus | null;
}
export interface Payment {
  payment_id: PaymentId;
  checkout_session_id: SessionId;
  status: PaymentStatus;
  amount: Money;
  /**
   * Null until the PayPal order exists.
   */
  paypal_order_id: PayPalOrderId | null;
  /**
   * The URL to redirect the buyer to. Null until the PayPal order exists.
   */
  approve_url: string | null;
  /**
   * Null until the order is created, shortly after the capture.
   */
  order: OrderInPayment | null;
  /**
   * True once the payment is decided and its settlement has succeeded: a `captured` payment has its order, a
   * `cancelled` one has released its stock. Stop polling then.
   *
   */
  settled: boolean;
  updated_at: Time;
}
export interface OrderInPayment {
  order_id: OrderId;
  status: OrderStatus;
  /**
   * @minItems 1
   */
  items: Line[];
  amount: Money;
}
export interface Order {
  order_id: OrderId;
  payment_id: PaymentId;
  checkout_session_id: SessionId;
  status: OrderStatus;
  /**
   * @minItems 1
   */
  items: Line[];
  amount: Money;
  refunded: Money;
  created_at: Time;
}
export interface Health {
  status: 'ok';
  /**
   * The deployed version of settle-once.
   */
  version: string;
}
export interface StageSettings {
  stage: string;
  settings: {
    /**
     * The key of `--context`.
     */
    name: string;
    /**
     * Null for none.
     */
    value: string | null;
    /**
     * Whether a deployment has set it and later ones keep it; otherwise it is the default.
     */
    kept: boolean;
  }[];
}
/**
 * The fields that the shop reads; there are more. PayPal documents none as required. A genuine event is stored
 * whatever its form, as long as it has an id.
 */
export interface PayPalEvent {
  id: string;
  /**
   * A type that the shop does not handle, or none, is `ignored`.
   */
  event_type?: {
    [k: string]: unknown;
  };
  /**
   * The order, capture, refund or dispute that the event describes. When it cannot be read, the shop asks PayPal
   * about the payment that it names, or parks the event.
   *
   */
  resource?: {
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
export interface EventReceipt {
  /**
   * `accepted`: processed · `duplicate`: already processed · `ignored`: irrelevant to the shop · `parked`:
   * genuine, but cannot be applied, such as an event for an unknown order; an operator reviews it.
   *
   */
  status: 'accepted' | 'duplicate' | 'ignored' | 'parked';
}
export interface SignInRequest {
  username: string;
  password: string;
  /**
   * Replaces a password that its owner must change; anywhere else it is rejected.
   */
  new_password?: string;
  /**
   * The current code of the authenticator app.
   */
  code?: string;
  /**
   * Of `totp-setup-required`, with the first code.
   */
  session?: string;
}
export interface SignOutRequest {
  /**
   * True to end all sessions of the operator. Defaults to false.
   */
  everywhere?: boolean;
}
export interface SignedIn {
  /**
   * Send it as `Authorization: Bearer …`.
   */
  access_token: string;
  token_type: 'Bearer';
  /**
   * Lifetime of the access token in seconds.
   */
  expires_in: number;
}
export interface ReasonRequest {
  /**
   * The reason, for the audit log.
   */
  reason: string;
}
export interface CheckRequest {
  /**
   * The reason, for the audit log.
   */
  reason?: string;
}
export interface DryRunRequest {
  /**
   * True to return the effect without applying it. Defaults to false.
   */
  dry_run?: boolean;
  /**
   * The reason, for the audit log.
   */
  reason: string;
}
export interface RefundRequest {
  /**
   * Defaults to the remaining amount.
   */
  amount?: {
    /**
     * The payment's currency.
     */
    currency_code: string;
    value: string;
  };
  /**
   * The reason, for the audit log.
   */
  reason: string;
}
export interface WebhookEvent {
  event_id: EventId;
  event_type: EventType;
  status: EventStatus;
  /**
   * Why the event is parked; null otherwise.
   */
  reason: string | null;
  /**
   * The payment that the event belongs to; null while unknown.
   */
  payment_id: PaymentId | null;
  received_at: Time;
  last_received_at: Time;
  /**
   * The time when it was processed; null until then.
   */
  finished_at: Time | null;
  /**
   * The times of its replays.
   */
  replayed_at: Time[];
  /**
   * The time when its body was erased to remove the buyer's data; null otherwise.
   */
  erased_at: Time | null;
  /**
   * The number of deliveries; 0 for an event fetched from PayPal's list.
   */
  deliveries: number;
}
export interface WebhookEvents {
  events: WebhookEvent[];
  next_cursor: NextCursor;
}
/**
 * One entry of a timeline.
 */
export interface Moment {
  at: Time;
  /**
   * `payment`: a payment's status changed · `event`: a webhook event was received · `execution`: a settlement
   * started or ended · `operator`: an operator took an action · `order`: the order was created or shipped.
   *
   */
  kind: 'payment' | 'event' | 'execution' | 'operator' | 'order';
  /**
   * A short text.
   */
  what: string;
  /**
   * The source, such as `webhook WH-…` or `operator ada`; empty if obvious.
   */
  by: string;
}
/**
 * One execution of the payment-settlement workflow.
 */
export interface Execution {
  /**
   * Its name in Step Functions.
   */
  name: string;
  /**
   * The settlement, such as `captured`.
   */
  settlement: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /**
   * The number of redrives.
   */
  redrives: number;
  started_at: Time | null;
  stopped_at: Time | null;
}
/**
 * The result of a replay or of its dry run.
 */
export interface Replayed {
  event_id: EventId;
  dry_run: boolean;
  /**
   * The event's status afterwards.
   */
  status: 'accepted' | 'ignored' | 'parked';
  /**
   * Why the event is parked.
   */
  reason: string | null;
  payment_id: PaymentId | null;
  /**
   * Whether the replay changes anything. An event that was already applied does not.
   */
  changed: boolean;
  /**
   * The changes that would be made; null unless it is a dry run.
   */
  changes: Change[] | null;
  /**
   * Whether the changes depend on PayPal's current state, fetched just now; null unless it is a dry run.
   */
  asked_paypal: boolean | null;
}
/**
 * One change that a dry run predicts.
 */
export interface Change {
  payment_id: PaymentId;
  from: PaymentStatus;
  to: PaymentStatus;
  /**
   * The evidence that would change it, or `dispute`.
   */
  because: string;
  /**
   * The execution that would be started.
   */
  settlement: string | null;
}
export interface ReplayManyRequest {
  /**
   * Selects the events; at least one property is required.
   */
  filter: {
    status?: 'received' | 'accepted' | 'ignored' | 'parked';
    type?: string;
    payment_id?: string;
    from?: string;
    to?: string;
  };
  /**
   * True to return only the number of matching events.
   */
  dry_run: boolean;
  /**
   * The reason, for the audit log.
   */
  reason: string;
  /**
   * The `next_cursor` of the previous batch.
   */
  cursor?: string;
}
export interface CountedEvents {
  dry_run: true;
  /**
   * The number of events that a replay would include.
   */
  matching: number;
  /**
   * True if there are more events than were counted.
   */
  more: boolean;
}
export interface ReplayedMany {
  dry_run: false;
  replayed: number;
  /**
   * The number of replayed events that changed something.
   */
  changed: number;
  /**
   * Events that cannot be replayed because their body was erased.
   */
  erased: EventId[];
  /**
   * Events whose replay failed; the batch ends soon after the first of them.
   */
  failed: {
    event_id: EventId;
    /**
     * The error's name, such as `PayPalUnavailable`.
     */
    error: string;
  }[];
  next_cursor: NextCursor;
}
export interface FailedSettlement {
  payment_id: PaymentId;
  /**
   * The failed settlement, such as `captured`.
   */
  settlement: string;
  /**
   * The latest failed execution.
   */
  execution: string;
  /**
   * The number of its redrives at that time.
   */
  redrives: number;
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /**
   * The error name in Step Functions.
   */
  error: string | null;
  /**
   * The error message.
   */
  cause: string | null;
  /**
   * The steps that failed, such as `CommitStock`.
   */
  failed_steps: string[];
  failed_at: Time;
  last_failed_at: Time;
}
export interface FailedSettlements {
  settlements: FailedSettlement[];
  next_cursor: NextCursor;
}
export interface RetryAllRequest {
  /**
   * True to return only the number of failed settlements.
   */
  dry_run?: boolean;
  /**
   * The reason, for the audit log.
   */
  reason: string;
  /**
   * The size of the batch.
   */
  limit?: number;
  /**
   * The `next_cursor` of the previous batch.
   */
  cursor?: string;
}
export interface CountedSettlements {
  dry_run: true;
  /**
   * The number of settlements that would be retried.
   */
  matching: number;
  /**
   * True if there may be more than were counted.
   */
  more: boolean;
}
export interface RetriedAll {
  dry_run: false;
  /**
   * The settlements that run again, or had already succeeded.
   */
  retried: number;
  /**
   * Settlements whose retry failed; they stay on the list.
   */
  failed: {
    payment_id: PaymentId;
    /**
     * The failed settlement, such as `captured`.
     */
    settlement: string;
    /**
     * The error's name, such as `ThrottlingException`.
     */
    error: string;
  }[];
  next_cursor: NextCursor;
}
export interface ReleaseHeldRequest {
  sku: string;
  /**
   * The reason, for the audit log.
   */
  reason: string;
}
export interface ReleasedHeld {
  released: {
    /**
     * The sessions that were closed.
     */
    sessions: number;
    /**
     * The items of the product that are available again.
     */
    pieces: number;
  };
  /**
   * Whether another call may find more sessions.
   */
  remaining: boolean;
}
export interface RetryRequest {
  /**
   * The settlement to retry, such as `captured`. Defaults to all open settlements.
   */
  settlement?: string;
  /**
   * The reason, for the audit log.
   */
  reason: string;
}
export interface Retried {
  payment_id: PaymentId;
  /**
   * The payment's open settlements; empty if there are none.
   */
  settlements: {
    settlement: string;
    /**
     * `redriven`: resumed at the failed step · `restarted`: runs in a new execution · `started`: had never
     * been started · `running`: was already running · `succeeded`: had already succeeded, and is now
     * recorded.
     *
     */
    outcome: 'redriven' | 'restarted' | 'started' | 'running' | 'succeeded';
    /**
     * The name of the execution.
     */
    execution: string;
  }[];
}
/**
 * One change of a payment's status.
 */
export interface Move {
  at: Time;
  status: PaymentStatus;
  /**
   * The evidence that caused the change.
   */
  evidence: string;
  /**
   * The source of the evidence.
   */
  source: string;
  /**
   * The settlement that the change requested, such as `captured`.
   */
  settlement: string | null;
  /**
   * The time when the webhook event with the evidence was received.
   */
  heard_at: string | null;
  /**
   * Why PayPal rejected a capture, such as `INSTRUMENT_DECLINED`.
   */
  issue: string | null;
}
export interface Dispute {
  dispute_id: string;
  /**
   * PayPal's status of the dispute.
   */
  status: string;
  updated_at: Time;
}
export interface Reservation {
  status: 'held' | 'committed' | 'released' | 'returned';
  items: {
    sku: string;
    quantity: number;
  }[];
  expires_at: Time;
}
/**
 * The buyer's personal data, as provided by PayPal.
 */
export interface Buyer {
  name?: string;
  email?: string;
  ship_to?: {
    name?: string;
    address_line_1?: string;
    address_line_2?: string;
    /**
     * City, town or village.
     */
    admin_area_2?: string;
    /**
     * State, province or county.
     */
    admin_area_1?: string;
    postal_code?: string;
    country_code?: string;
  };
}
/**
 * The order's current state at PayPal.
 */
export interface PayPalView {
  asked_at: Time;
  /**
   * Null if PayPal no longer has the order or it was never created.
   */
  order: PayPalOrder | null;
}
export interface PayPalOrder {
  paypal_order_id: PayPalOrderId;
  /**
   * PayPal's status of the order.
   */
  status: string;
  amount: Money | null;
  captures: {
    capture_id: PayPalCaptureId;
    status: string;
    /**
     * PayPal's reason for a pending or declined capture, such as `ECHECK`.
     */
    reason: string | null;
    amount: Money;
  }[];
  refunds: {
    refund_id: string;
    status: string;
    amount: Money;
  }[];
}
export interface PaymentStory {
  payment: OperatorPayment;
  session: CheckoutSession | null;
  reservation: Reservation | null;
  order: OperatorOrder | null;
  /**
   * Null if unknown, erased, or not for the caller: it takes the role `operator` or the scope `orders:read`.
   */
  buyer: Buyer | null;
  /**
   * The 50 newest events.
   */
  events: WebhookEvent[];
  executions: Execution[];
  failed_settlements: FailedSettlement[];
  findings: Finding[];
  /**
   * Everything above in chronological order, oldest first.
   */
  timeline: Moment[];
  /**
   * Null unless requested.
   */
  paypal: PayPalView | null;
}
/**
 * One violation of an invariant.
 */
export interface Finding {
  finding_id: FindingId;
  /**
   * The number of the invariant.
   */
  invariant: number;
  /**
   * The id of the affected item.
   */
  subject: string;
  /**
   * A description of the violation.
   */
  what: string;
  /**
   * The available repair; null if it requires manual review.
   */
  repair: {
    kind:
      | 'settle'
      | 'ask_paypal'
      | 'refund'
      | 'refund_capture'
      | 'release_stock'
      | 'correct_stock'
      | 'offset_stock'
      | 'replay_event';
    [k: string]: unknown;
  } | null;
  first_seen: Time;
  last_seen: Time;
}
export interface ConsistencyRun {
  started_at: Time;
  /**
   * The end of the last complete scan; null before the first one.
   */
  finished_at: Time | null;
  /**
   * The counts of that scan, such as `purchases`, `products` and `payments.captured`.
   */
  figures: {
    [k: string]: number;
  };
}
export interface BooksChecked {
  /**
   * The number of purchases, products, events, executions and refunds checked.
   */
  checked: number;
  /**
   * The number of open findings.
   */
  findings: number;
  /**
   * False if the next run continues where this one stopped.
   */
  finished: boolean;
}
export interface Consistency {
  /**
   * Null before the first run.
   */
  last_run: ConsistencyRun | null;
  findings: Finding[];
  next_cursor: NextCursor;
}
export interface Repaired {
  finding_id: FindingId;
  dry_run: boolean;
  /**
   * `would_repair`: dry run only · `repaired`: the repair was done or started; the next check closes the
   * finding if it helped · `holds_no_more`: already resolved; the finding is closed.
   *
   */
  outcome: 'would_repair' | 'repaired' | 'holds_no_more';
  /**
   * A description of the repair.
   */
  what: string;
}
export interface HealthLine {
  /**
   * The dependency, such as `table payments`, `queue dead letters` or `PayPal token`.
   */
  name: string;
  /**
   * `attention`: works, but needs review · `failing`: the shop cannot operate.
   */
  status: 'ok' | 'attention' | 'failing';
  /**
   * A short explanation.
   */
  detail: string;
  /**
   * Of the check `stock held without payment`: the products, with the items that unpaid sessions hold.
   *
   * @minItems 1
   */
  held?: {
    sku: string;
    quantity: number;
  }[];
  /**
   * Duration of the check in milliseconds.
   */
  took_ms: number;
}
export interface DeepHealth {
  /**
   * The worst status of all checks.
   */
  status: 'ok' | 'attention' | 'failing';
  version: string;
  at: Time;
  /**
   * @minItems 1
   */
  checks: HealthLine[];
}
/**
 * How many of a service's workflow steps succeeded, and how many failed after all retries.
 */
export interface StepFigures {
  succeeded: number;
  failed: number;
  /**
   * From 0 to 1; null if no step ran.
   */
  success_rate: number | null;
}
export interface ServiceFigures {
  checkout: StepFigures;
  inventory: StepFigures;
  fulfillment: StepFigures;
}
export interface Latency {
  count: number;
  /**
   * Null if nothing was measured.
   */
  average_ms: number | null;
  max_ms: number | null;
}
export interface Latencies {
  webhook_to_status: Latency;
  capture_to_order: Latency;
}
export interface ShopMetrics {
  from: Time;
  to: Time;
  services: ServiceFigures;
  latencies: Latencies;
  /**
   * Every hour of the period, including empty ones.
   */
  hours: {
    hour: Time;
    /**
     * The number of succeeded settlements.
     */
    settled: number;
    /**
     * The number of failed settlements.
     */
    failed: number;
    services: ServiceFigures;
    latencies: Latencies;
  }[];
  /**
   * The number of payments by status at the last complete scan of the consistency check; null before the first one.
   */
  payments: {
    counted_at: Time;
    by_status: {
      [k: string]: number;
    };
  } | null;
}
export interface ApiKeyRequest {
  /**
   * What the key is for.
   */
  name: string;
  /**
   * @minItems 1
   * @maxItems 7
   */
  scopes: Scope[];
  /**
   * Major units that the key may refund per day and currency; the stage's by default.
   */
  refund_limit?: number;
}
export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  /**
   * Null for the stage's.
   */
  refund_limit: number | null;
  created_at: Time;
  created_by: string;
  /**
   * Recorded at most once an hour.
   */
  last_used_at: Time | null;
  revoked_at: Time | null;
}
export interface ApiKeys {
  api_keys: ApiKey[];
}
export interface AuditEntry {
  id: string;
  at: Time;
  /**
   * The operator's username, `api-key:` and a key's id, or a command.
   */
  who: string;
  /**
   * The action, such as `refund`.
   */
  what: string;
  /**
   * The id of the resource the action was taken on.
   */
  target: string;
  why: string;
  /**
   * Further parameters of the action.
   */
  details: {
    [k: string]: unknown;
  };
}
export interface AuditEntries {
  entries: AuditEntry[];
  next_cursor: NextCursor;
}
/**
 * The shop's transactions of one UTC day and currency at PayPal. `net` is `gross` less `refunds`, `reversals` and
 * `fees`.
 */
export interface Statement {
  day: string;
  currency: string;
  gross: SignedMoney;
  refunds: SignedMoney;
  reversals: SignedMoney;
  fees: SignedMoney;
  net: SignedMoney;
  /**
   * The number of transactions.
   */
  count: number;
  /**
   * Whether PayPal had listed the whole day when it was read.
   */
  complete: boolean;
}
export interface Statements {
  statements: Statement[];
  /**
   * Until when PayPal's ledger was read; null before the first reading.
   */
  read_until: Time | null;
}
/**
 * The fields of every problem: https://www.rfc-editor.org/rfc/rfc9457
 */
export interface Problem {
  /**
   * The problem type; stable.
   */
  type: string;
  /**
   * A short summary, the same for all problems of the type.
   */
  title: string;
  status: number;
  /**
   * An explanation of this occurrence and what to do next.
   */
  detail: string;
}
/**
 * A response that API Gateway creates itself.
 */
export interface GatewayMessage {
  message: string;
}
