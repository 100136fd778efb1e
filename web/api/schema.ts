/* Made from docs/openapi.yaml by `npm run api-types`: what the API takes and answers. */

export type SessionId = string;
export type PaymentId = string;
export type OrderId = string;
export type PayPalOrderId = string;
export type Time = string;
/**
 * `open` → `payment_pending` → `payment_completed` | `payment_failed` | `expired`. Late money completes even a session that had
 * failed or expired, if the stock is still to be had.
 */
export type SessionStatus = 'open' | 'payment_pending' | 'payment_completed' | 'payment_failed' | 'expired';
/**
 * `created`: the buyer is at PayPal · `approved`: the money can be taken · `capture_pending`: it is on its way, as with an e-check; nothing
 * ships yet · `captured`: it has come · `partially_refunded`, `refunded`: so much of it went back · `reversed`: PayPal took it back ·
 * `review`: another amount came than was asked; the shop looks at it · `cancelled`: the buyer gave up · `failed`: the bank said no ·
 * `expired`: the buyer did nothing.
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
 * `confirmed` → `shipped`; `refunded` once all money went back.
 */
export type OrderStatus = 'confirmed' | 'shipped' | 'refunded';
/**
 * PayPal's name for an event.
 */
export type EventId = string;
export type EventType = string;
export type PayPalCaptureId = string;
/**
 * The invariant's number and the id of what breaks it; of a SKU, what cannot stand in a path is written as `~2F`.
 */
export type FindingId = string;
/**
 * Send it as `cursor` for the next page; null when there is none.
 */
export type NextCursor = string | null;
/**
 * `received`: stored, not finished yet · `accepted`: handled · `ignored`: of no interest to the shop · `parked`: genuine, but it could not
 * be settled; somebody should look.
 */
export type EventStatus = 'received' | 'accepted' | 'ignored' | 'parked';
export type WebhookEventDetail = WebhookEvent & {
  /**
   * As it came: text, not to be trusted. Null once it was erased.
   */
  body: string | null;
  /**
   * PayPal's ids of the deliveries.
   */
  transmissions: string[];
  /**
   * The settlements of the payment that it is about.
   */
  executions: Execution[];
  /**
   * What happened to event and payment.
   */
  timeline: Moment[];
};
export type OperatorPayment = Payment & {
  /**
   * Null until money has come.
   */
  captured: Money | null;
  refunded: Money;
  capture_id: PayPalCaptureId | null;
  /**
   * What is not known to be done.
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
   * Null until it was sent.
   */
  shipped_at: Time | null;
  /**
   * Those of its payment: look before you ship.
   */
  disputes: Dispute[];
};
/**
 * Username, password or refresh token are not right; which of them, nobody is told.
 */
export type WrongCredentials = Problem & {
  type?: '/problems/wrong-credentials';
  title?: 'The credentials are not right';
  status?: 401;
};
/**
 * Sign in, or refresh.
 */
export type NotSignedIn = Problem & {
  type?: '/problems/not-signed-in';
  title?: 'Nobody is signed in';
  status?: 401;
};
/**
 * Only the group `operators` may do this.
 */
export type NotAnOperator = Problem & {
  type?: '/problems/not-an-operator';
  title?: 'Only operators may do this';
  status?: 403;
};
/**
 * There is no event of that id, or not any more.
 */
export type UnknownEvent = Problem & {
  type?: '/problems/unknown-event';
  title?: 'There is no such webhook event';
  status?: 404;
};
/**
 * There is no finding of that id, or not any more.
 */
export type UnknownFinding = Problem & {
  type?: '/problems/unknown-finding';
  title?: 'There is no such finding';
  status?: 404;
};
/**
 * What the event said was erased, so it cannot be handled again.
 */
export type EventErased = Problem & {
  type?: '/problems/event-erased';
  title?: 'The event was erased';
  status?: 409;
};
/**
 * A person must decide.
 */
export type NotRepairable = Problem & {
  type?: '/problems/not-repairable';
  title?: 'Nothing repairs this by itself';
  status?: 409;
};
/**
 * No money has come, or it has all gone back.
 */
export type NothingToRefund = Problem & {
  type?: '/problems/nothing-to-refund';
  title?: 'There is no money to give back';
  status?: 409;
};
/**
 * PayPal would not.
 */
export type RefundRefused = Problem & {
  type?: '/problems/refund-refused';
  title?: 'PayPal refused the refund';
  status?: 409;
  /**
   * PayPal’s name for the reason, such as `REFUND_AMOUNT_EXCEEDED`.
   */
  issue: string;
};
/**
 * There is nothing to accept.
 */
export type NotUnderReview = Problem & {
  type?: '/problems/not-under-review';
  title?: 'The payment is not under review';
  status?: 409;
};
/**
 * Its money went back.
 */
export type NotShippable = Problem & {
  type?: '/problems/not-shippable';
  title?: 'The order cannot be shipped';
  status?: 409;
};
/**
 * @minItems 1
 */
export type FieldErrors = {
  /**
   * Such as `items.0.quantity`; empty for the whole body.
   */
  field: string;
  detail: string;
}[];
/**
 * The request is not as described here.
 */
export type InvalidRequest = Problem & {
  type?: '/problems/invalid-request';
  title?: 'The request is not as described';
  status?: 400;
  errors: FieldErrors;
};
/**
 * The delivery is not believed to be PayPal's.
 */
export type BadSignature = Problem & {
  type?: '/problems/bad-signature';
  title?: 'The delivery is not signed by PayPal for this webhook';
  status?: 401;
  reason:
    | 'algorithm'
    | 'certificate-url'
    | 'certificate-unknown'
    | 'certificate-name'
    | 'certificate-validity'
    | 'certificate-key'
    | 'signature';
};
/**
 * Whoever cancels must know the token that PayPal added to the cancel link.
 */
export type WrongToken = Problem & {
  type?: '/problems/wrong-token';
  title?: 'The token does not belong to this payment';
  status?: 403;
};
/**
 * There is no such path.
 */
export type NotFound = Problem & {
  type?: '/problems/not-found';
  title?: 'There is nothing here';
  status?: 404;
};
/**
 * The shop does not sell it; `skus` names all that it does not know.
 */
export type UnknownProduct = Problem & {
  type?: '/problems/unknown-product';
  title?: 'There is no such product';
  status?: 404;
  /**
   * @minItems 1
   */
  skus: string[];
};
/**
 * There is no session of that id.
 */
export type UnknownSession = Problem & {
  type?: '/problems/unknown-session';
  title?: 'There is no such checkout session';
  status?: 404;
};
/**
 * There is no payment of that name.
 */
export type UnknownPayment = Problem & {
  type?: '/problems/unknown-payment';
  title?: 'There is no such payment';
  status?: 404;
};
/**
 * There is no order of that id: none yet, or none any more.
 */
export type UnknownOrder = Problem & {
  type?: '/problems/unknown-order';
  title?: 'There is no such order';
  status?: 404;
};
/**
 * The path is there, but takes other methods.
 */
export type MethodNotAllowed = Problem & {
  type?: '/problems/method-not-allowed';
  title?: 'This cannot be done here';
  status?: 405;
};
/**
 * Nothing is held; `items` names the products of which there are too few.
 */
export type OutOfStock = Problem & {
  type?: '/problems/out-of-stock';
  title?: 'There is not enough stock';
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
 * It has been paid, given up, or has run out. A new purchase needs a new session.
 */
export type SessionOver = Problem & {
  type?: '/problems/session-over';
  title?: 'The checkout session is over';
  status?: 409;
  session_status: SessionStatus;
};
/**
 * The buyer has not approved, so nothing can be captured. Send the buyer to `approve_url`.
 */
export type NotApproved = Problem & {
  type?: '/problems/not-approved';
  title?: 'The buyer has not approved the payment at PayPal';
  status?: 409;
  /**
   * Missing when PayPal's order has not been made yet; then begin the payment once more.
   */
  approve_url?: string;
};
/**
 * PayPal did not take the buyer's card or account. Back at `approve_url`, the buyer may choose another one.
 */
export type PaymentDeclined = Problem & {
  type?: '/problems/payment-declined';
  title?: 'PayPal declined the payment';
  status?: 409;
  approve_url: string;
  /**
   * PayPal’s name for the reason, such as `INSTRUMENT_DECLINED`.
   */
  issue: string;
};
/**
 * Money has come. It can be refunded by the shop, but the payment cannot be cancelled.
 */
export type AlreadyCaptured = Problem & {
  type?: '/problems/already-captured';
  title?: 'The money has been captured already';
  status?: 409;
};
/**
 * The first request with this `Idempotency-Key` is not finished. Wait a moment and repeat.
 */
export type RequestInProgress = Problem & {
  type?: '/problems/request-in-progress';
  title?: 'The same request is being worked on';
  status?: 409;
};
/**
 * More than 64 KiB, or 256 KiB for a webhook.
 */
export type BodyTooLarge = Problem & {
  type?: '/problems/body-too-large';
  title?: 'The body is too large';
  status?: 413;
};
/**
 * A new request needs a new `Idempotency-Key`.
 */
export type IdempotencyKeyReused = Problem & {
  type?: '/problems/idempotency-key-reused';
  title?: 'The idempotency key was used for another request';
  status?: 422;
};
/**
 * Repeat the request; if it fails again, tell the shop.
 */
export type InternalError = Problem & {
  type?: '/problems/internal-error';
  title?: 'Something went wrong here';
  status?: 500;
};
/**
 * Repeat the request; what PayPal has done already, it does not do again.
 */
export type PayPalUnavailable = Problem & {
  type?: '/problems/paypal-unavailable';
  title?: 'PayPal does not answer';
  status?: 502;
};
/**
 * Repeat the request after the seconds that `retry-after` says.
 */
export type TryAgain = Problem & {
  type?: '/problems/try-again';
  title?: 'Passing trouble';
  status?: 503;
};

export interface Schemas {
  [k: string]: unknown;
}
export interface Money {
  /**
   * ISO 4217.
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
   * Pieces that can be bought now.
   */
  available: number;
}
/**
 * So many pieces of one product, at the price of the moment when the session was opened.
 */
export interface Line {
  sku: string;
  name: string;
  quantity: number;
  unit_price: Money;
}
export interface CheckoutRequest {
  /**
   * Each product at most once; all prices in one currency.
   *
   * @minItems 1
   * @maxItems 50
   */
  items: {
    sku: string;
    quantity: number;
  }[];
}
export interface PaymentRequest {
  /**
   * An id of another form than a session’s answers 404.
   */
  checkout_session_id: string;
}
export interface CaptureRequest {}
export interface CancelRequest {
  /**
   * As PayPal added it to the link that leads back.
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
   * Null until a payment is begun; then `created` until it is decided: the payment itself tells more.
   */
  payment_status: PaymentStatus | null;
}
export interface Payment {
  payment_id: PaymentId;
  checkout_session_id: SessionId;
  status: PaymentStatus;
  amount: Money;
  /**
   * Null while PayPal has not answered yet.
   */
  paypal_order_id: PayPalOrderId | null;
  /**
   * Where to send the buyer. Null while PayPal has not answered yet.
   */
  approve_url: string | null;
  /**
   * Null until there is one, a moment after the capture.
   */
  order: OrderInPayment | null;
  /**
   * True once the payment is decided and all that had to follow from it is done: with `captured` the order is there, with `cancelled`
   * the stock is free again. Then there is no need to poll on.
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
   * The version of settle-once that runs.
   */
  version: string;
}
/**
 * What every PayPal event has; there is more in it.
 */
export interface PayPalEvent {
  id: string;
  event_type: string;
  /**
   * The order, capture or refund that the event is about.
   */
  resource: {};
  [k: string]: unknown;
}
export interface EventReceipt {
  /**
   * `accepted`: handled · `duplicate`: had been handled before · `ignored`: of no interest to the shop · `parked`: genuine but
   * hopeless, such as one for an order that the shop does not know; an operator is shown it.
   *
   */
  status: 'accepted' | 'duplicate' | 'ignored' | 'parked';
}
export interface SignInRequest {
  username: string;
  password: string;
}
export interface RefreshRequest {
  refresh_token: string;
}
export interface SignedIn {
  /**
   * To be sent as `Authorization: Bearer …`.
   */
  access_token: string;
  token_type: 'Bearer';
  /**
   * Seconds for which the access token is taken.
   */
  expires_in: number;
  /**
   * For the next access token; keep it no longer than the tab is open.
   */
  refresh_token: string;
}
export interface ReasonRequest {
  /**
   * Why, for the audit.
   */
  reason: string;
}
export interface CheckRequest {
  /**
   * Why, for the audit.
   */
  reason?: string;
}
export interface DryRunRequest {
  /**
   * True to be told only. False when absent.
   */
  dry_run?: boolean;
  /**
   * Why, for the audit.
   */
  reason: string;
}
export interface RefundRequest {
  /**
   * All that is left when absent.
   */
  amount?: {
    /**
     * That of the payment.
     */
    currency_code: string;
    value: string;
  };
  /**
   * Why, for the audit.
   */
  reason: string;
}
export interface WebhookEvent {
  event_id: EventId;
  event_type: EventType;
  status: EventStatus;
  /**
   * Why it is parked; null for all others.
   */
  reason: string | null;
  /**
   * What it is about; null while that is not known.
   */
  payment_id: PaymentId | null;
  received_at: Time;
  last_received_at: Time;
  /**
   * When it was handled; null while it is not.
   */
  finished_at: Time | null;
  /**
   * When operators had it handled again.
   */
  replayed_at: Time[];
  /**
   * When its body was erased for its buyer's sake; null while it is there.
   */
  erased_at: Time | null;
  /**
   * How often PayPal sent it; 0 when it never came and was found in PayPal's list.
   */
  deliveries: number;
}
export interface WebhookEvents {
  events: WebhookEvent[];
  next_cursor: NextCursor;
}
/**
 * One thing that happened.
 */
export interface Moment {
  at: Time;
  /**
   * `payment`: the payment moved · `event`: PayPal sent an event · `execution`: a settlement started or ended · `operator`: an operator
   * did something · `order`: the order was made or shipped.
   *
   */
  kind: 'payment' | 'event' | 'execution' | 'operator' | 'order';
  /**
   * In words.
   */
  what: string;
  /**
   * Where it came from, such as `webhook WH-…` or `operator ada`; empty where that goes without saying.
   */
  by: string;
}
/**
 * One run of the settlement workflow.
 */
export interface Execution {
  /**
   * Its name at Step Functions.
   */
  name: string;
  /**
   * What it is about, such as `captured`.
   */
  settlement: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /**
   * How often it went on from where it had failed.
   */
  redrives: number;
  started_at: Time | null;
  stopped_at: Time | null;
}
/**
 * What became of an event that was handled again, or would.
 */
export interface Replayed {
  event_id: EventId;
  dry_run: boolean;
  /**
   * What the event is then.
   */
  status: 'accepted' | 'ignored' | 'parked';
  /**
   * Why it is parked.
   */
  reason: string | null;
  payment_id: PaymentId | null;
  /**
   * Whether it changes anything. What was settled before does not.
   */
  changed: boolean;
  /**
   * What would change; null when it was done.
   */
  changes: Change[] | null;
  /**
   * Whether what would change hangs on what PayPal said just now; null when it was done.
   */
  asked_paypal: boolean | null;
}
/**
 * One change that would be made.
 */
export interface Change {
  payment_id: PaymentId;
  from: PaymentStatus;
  to: PaymentStatus;
  /**
   * The fact that would change it, or `dispute`.
   */
  because: string;
  /**
   * The execution that would be started for it.
   */
  settlement: string | null;
}
export interface ReplayManyRequest {
  /**
   * Which events; at least one of these.
   */
  filter: {
    status?: 'received' | 'accepted' | 'ignored' | 'parked';
    type?: string;
    payment_id?: string;
    from?: string;
    to?: string;
  };
  /**
   * True to be told how many there are.
   */
  dry_run: boolean;
  /**
   * Why, for the audit.
   */
  reason: string;
  /**
   * The `next_cursor` of the batch before.
   */
  cursor?: string;
}
export interface CountedEvents {
  dry_run: true;
  /**
   * How many events a replay would be about.
   */
  matching: number;
  /**
   * True when there are more than were counted.
   */
  more: boolean;
}
export interface ReplayedMany {
  dry_run: false;
  replayed: number;
  /**
   * Of them, those that changed something.
   */
  changed: number;
  /**
   * Those that could not be replayed.
   */
  erased: EventId[];
  /**
   * Those whose replay met trouble; soon after the first of them, the batch ends.
   */
  failed: {
    event_id: EventId;
    /**
     * The trouble's name, such as `PayPalUnavailable`.
     */
    error: string;
  }[];
  next_cursor: NextCursor;
}
export interface FailedSettlement {
  payment_id: PaymentId;
  /**
   * What could not be done, such as `captured`.
   */
  settlement: string;
  /**
   * The latest try that failed.
   */
  execution: string;
  /**
   * How often that had been redriven by then.
   */
  redrives: number;
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /**
   * Step Functions' name for the error.
   */
  error: string | null;
  /**
   * The error in words.
   */
  cause: string | null;
  /**
   * Such as `CommitStock`.
   */
  failed_steps: string[];
  failed_at: Time;
  last_failed_at: Time;
}
export interface FailedSettlements {
  settlements: FailedSettlement[];
  next_cursor: NextCursor;
}
export interface RetryRequest {
  /**
   * Only this one, such as `captured`; all that are open when absent.
   */
  settlement?: string;
  /**
   * Why, for the audit.
   */
  reason: string;
}
export interface Retried {
  payment_id: PaymentId;
  /**
   * What was open; nothing when all is done.
   */
  settlements: {
    settlement: string;
    /**
     * `redriven`: it goes on where it stopped · `restarted`: it runs anew · `started`: it had never been started · `running`: it is
     * under way already · `succeeded`: it was done, and the news had been lost.
     *
     */
    outcome: 'redriven' | 'restarted' | 'started' | 'running' | 'succeeded';
    /**
     * The name of the execution that does it, or did.
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
   * The fact that moved it.
   */
  evidence: string;
  /**
   * Where the fact came from.
   */
  source: string;
  /**
   * What the other services were asked to do about it, such as `captured`.
   */
  settlement: string | null;
  /**
   * When the webhook came that told of it.
   */
  heard_at: string | null;
}
export interface Dispute {
  dispute_id: string;
  /**
   * PayPal's word for it.
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
 * Who bought, as PayPal told it. Personal data.
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
 * What PayPal itself says now.
 */
export interface PayPalView {
  asked_at: Time;
  /**
   * Null when PayPal knows the order no more, or there never was one.
   */
  order: PayPalOrder | null;
}
export interface PayPalOrder {
  paypal_order_id: PayPalOrderId;
  /**
   * PayPal's word for it.
   */
  status: string;
  amount: Money | null;
  captures: {
    capture_id: PayPalCaptureId;
    status: string;
    /**
     * Why it is pending or declined, such as `ECHECK`.
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
   * Null when nobody knows, or it was erased.
   */
  buyer: Buyer | null;
  /**
   * The 50 newest.
   */
  events: WebhookEvent[];
  executions: Execution[];
  failed_settlements: FailedSettlement[];
  findings: Finding[];
  /**
   * All of it in one line, oldest first.
   */
  timeline: Moment[];
  /**
   * Null unless it was asked for.
   */
  paypal: PayPalView | null;
}
/**
 * One broken invariant.
 */
export interface Finding {
  finding_id: FindingId;
  /**
   * The number of what must hold.
   */
  invariant: number;
  /**
   * The id of what breaks it.
   */
  subject: string;
  /**
   * What is wrong, in a sentence.
   */
  what: string;
  /**
   * What would mend it; null where a person must.
   */
  repair: {
    kind: 'settle' | 'ask_paypal' | 'refund' | 'release_stock' | 'correct_stock' | 'replay_event';
    [k: string]: unknown;
  } | null;
  first_seen: Time;
  last_seen: Time;
}
export interface ConsistencyRun {
  started_at: Time;
  /**
   * When one came to the end of the books last; null before that.
   */
  finished_at: Time | null;
  /**
   * What that one counted, such as `purchases`, `products` and `payments.captured`.
   */
  figures: {
    [k: string]: number;
  };
}
export interface BooksChecked {
  /**
   * How many purchases, products, events, executions and refunds were looked at.
   */
  checked: number;
  /**
   * How many findings hold now.
   */
  findings: number;
  /**
   * False when the next check goes on where this one stopped.
   */
  finished: boolean;
}
export interface Consistency {
  /**
   * Null before the first one.
   */
  last_run: ConsistencyRun | null;
  findings: Finding[];
  next_cursor: NextCursor;
}
export interface Repaired {
  finding_id: FindingId;
  dry_run: boolean;
  /**
   * `would_repair`: it was only tried · `repaired`: it was done, or has begun; the next check closes the finding if it helped ·
   * `holds_no_more`: somebody was faster, and the finding is closed.
   *
   */
  outcome: 'would_repair' | 'repaired' | 'holds_no_more';
  /**
   * What was done or would be, in a sentence.
   */
  what: string;
}
export interface HealthLine {
  /**
   * Such as `table payments`, `queue dead letters` or `PayPal token`.
   */
  name: string;
  /**
   * `attention`: it works, but somebody should look · `failing`: the shop cannot do its work.
   */
  status: 'ok' | 'attention' | 'failing';
  /**
   * In words.
   */
  detail: string;
  /**
   * Milliseconds.
   */
  took_ms: number;
}
export interface DeepHealth {
  /**
   * The worst of all lines.
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
 * How often a service's steps of a settlement were done, and how often they failed for good.
 */
export interface StepFigures {
  succeeded: number;
  failed: number;
  /**
   * Between 0 and 1; null when nothing was done.
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
   * Null when there was nothing to measure.
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
   * Every hour in turn, those in which nothing happened too.
   */
  hours: {
    hour: Time;
    /**
     * Settlements that were done.
     */
    settled: number;
    /**
     * Settlements that failed.
     */
    failed: number;
    services: ServiceFigures;
    latencies: Latencies;
  }[];
  /**
   * How many payments there are, by status, when the books were checked last; null before the first time.
   */
  payments: {
    counted_at: Time;
    by_status: {
      [k: string]: number;
    };
  } | null;
}
export interface AuditEntry {
  id: string;
  at: Time;
  /**
   * The operator's username.
   */
  who: string;
  /**
   * Such as `refund`.
   */
  what: string;
  /**
   * The id of what it was done to.
   */
  target: string;
  why: string;
  /**
   * What else was asked for.
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
 * What all problems have: https://www.rfc-editor.org/rfc/rfc9457
 */
export interface Problem {
  /**
   * What is wrong; it does not change.
   */
  type: string;
  /**
   * The same in words, for all problems of the type.
   */
  title: string;
  status: number;
  /**
   * What to do next.
   */
  detail: string;
}
/**
 * What API Gateway says by itself.
 */
export interface GatewayMessage {
  message: string;
}
