import type { Money } from '../../src/shared/money.ts';
import type { OrderRequest, Shipping } from './order-schema.ts';

/** `pending` is an e-check: its capture stays pending for days. `declined` is a card that is declined at capture. */
export type Funding = 'instant' | 'pending' | 'declined';

interface Approval {
  readonly at: Date;
  readonly funding: Funding;
  /** Captured instead of the amount of the first purchase unit. */
  readonly captureAmount?: Money | undefined;
}

/** Who pays, as PayPal knows it from the approval on. */
export interface OrderBuyer {
  readonly payer: {
    readonly name: { readonly given_name: string; readonly surname: string };
    readonly email_address: string;
    readonly payer_id: string;
    readonly address: { readonly country_code: string };
  };
  /** Chosen at PayPal. @default - the buyer's usual address, or the shop's with SET_PROVIDED_ADDRESS */
  readonly shipping: Shipping | undefined;
}

export interface Order {
  readonly id: string;
  request: OrderRequest;
  readonly createTime: Date;
  updateTime: Date;
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  approval?: Approval;
  buyer: OrderBuyer;
  /** One per purchase unit, in the same sequence, then further ones; empty before the capture. */
  captures: readonly Capture[];
  /** Expired by the control API, regardless of time. */
  expired: boolean;
}

/** The capture of one purchase unit. */
export interface Capture {
  readonly id: string;
  readonly order: Order;
  /** Position of its purchase unit in the order. */
  readonly unitIndex: number;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly amount: Money;
  readonly createTime: Date;
  updateTime: Date;
  status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly refunds: Refund[];
  /** The status of the shop's next refunds. @default - that of all captures */
  refundStatus?: RefundStatus;
}

export const REFUND_STATUSES = ['PENDING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** A refund by the shop or, as a reversal, by PayPal. */
export interface Refund {
  readonly id: string;
  readonly capture: Capture;
  readonly amount: Money;
  /** Sum of the capture's completed refunds when this one got its status. */
  total: Money;
  status: RefundStatus;
  readonly reversal: boolean;
  /** The transaction by which PayPal took a reversal back; its refund is CANCELLED. */
  cancellation?: { readonly id: string; readonly at: Date };
  readonly noteToPayer?: string | undefined;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly createTime: Date;
  updateTime: Date;
}

/** Enums of PayPal's OpenAPI file for disputes. */
export const DISPUTE_STATUSES = [
  'OPEN',
  'WAITING_FOR_BUYER_RESPONSE',
  'WAITING_FOR_SELLER_RESPONSE',
  'UNDER_REVIEW',
  'RESOLVED',
  'OTHER',
] as const;
export const DISPUTE_STAGES = ['INQUIRY', 'CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION'] as const;
export const OUTCOME_CODES = [
  'RESOLVED_BUYER_FAVOUR',
  'RESOLVED_SELLER_FAVOUR',
  'RESOLVED_WITH_PAYOUT',
  'CANCELED_BY_BUYER',
  'ACCEPTED',
  'DENIED',
  'NONE',
] as const;

/** A dispute about one transaction or several. */
export interface Dispute {
  readonly id: string;
  readonly createTime: Date;
  updateTime: Date;
  /** The merchant's ids: of captures, or of transactions that the simulator does not know. */
  readonly transactions: readonly { readonly sellerId: string; readonly buyerId: string }[];
  /** @default - the sum of its captures */
  readonly amount?: Money | undefined;
  /** Paths of optional fields that PayPal leaves out, such as `disputed_transactions.0.seller`. */
  readonly omitted: readonly string[];
  status: (typeof DISPUTE_STATUSES)[number];
  stage: (typeof DISPUTE_STAGES)[number];
  outcome?: { readonly code: (typeof OUTCOME_CODES)[number]; readonly refunded?: Money | undefined };
}

export interface Webhook {
  readonly id: string;
  url: string;
  /** Names of event types, or `*`. */
  eventTypes: readonly string[];
}

/** An event, delivered or not. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly createTime: Date;
  /** Serialised once, so that every delivery has the same bytes. */
  readonly body: Buffer;
  /** Deliveries of one order are sequential. */
  readonly orderId: string;
  /** The ids that `GET /v1/notifications/webhooks-events?transaction_id=` matches. */
  readonly transactionIds: readonly string[];
}

/** A request with a PayPal-Request-Id, and its response once it has succeeded. */
export type StoredRequest =
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly at: Date; readonly body: string };

/** Settings of `PUT /_sim/reporting`. */
export interface ReportingSettings {
  /** Age at which a transaction appears; "a maximum of three hours" at PayPal. */
  readonly delay_ms: number;
  /** The app lacks the permission for Transaction Search. */
  readonly denied: boolean;
  /** A query that finds more is rejected with RESULTSET_TOO_LARGE. */
  readonly max_results: number;
}

/**
 * Spellings of the event list's `next` link. PayPal's reference has a slash before the query (`slash`) and in places
 * `&amp;` in it (`escaped`); its SDKs' test data has `notfications` (`misspelt`).
 */
export const NEXT_LINKS = ['slash', 'plain', 'escaped', 'misspelt', 'other-host', 'broken', 'null'] as const;

/** Settings of `PUT /_sim/event-list`. */
export interface EventListSettings {
  readonly next: (typeof NEXT_LINKS)[number];
  /** The page whose link is spelled so, from 1; null for every page. */
  readonly page: number | null;
}

/** A rule of `PUT /_sim/shapes`: what PayPal leaves out or sends as null. */
export interface ShapeRule {
  /** The resource of events, whole events, or the bodies of responses. */
  readonly match: 'events' | 'envelopes' | 'answers';
  /** Within these, such as `purchase_units.0.payments`; `*` stands for every member. */
  readonly path: string;
  readonly as: 'null' | 'omit';
  /** Events of this type only. */
  readonly event_type?: string | undefined;
  /** Responses of this path only; `*` matches one segment. */
  readonly url?: string | undefined;
}

/** Settings of the control API that change PayPal's answers. */
interface Settings {
  /** The status of the shop's refunds. */
  refundStatus: RefundStatus;
  reporting: ReportingSettings;
  eventList: EventListSettings;
  shapes: readonly ShapeRule[];
}

const DEFAULT_SETTINGS: Settings = {
  refundStatus: 'COMPLETED',
  // PayPal's maximum of 10,000 is known from its users' reports only.
  reporting: { delay_ms: 0, denied: false, max_results: 10_000 },
  eventList: { next: 'slash', page: null },
  shapes: [],
};

/** In memory only; a restart begins empty. */
export interface State extends Settings {
  readonly orders: Map<string, Order>;
  readonly captures: Map<string, Capture>;
  readonly refunds: Map<string, Refund>;
  readonly disputes: Map<string, Dispute>;
  readonly webhooks: Map<string, Webhook>;
  /** Oldest first. */
  readonly events: Map<string, WebhookEvent>;
  readonly requests: Map<string, StoredRequest>;
}

export const emptyState = (): State => ({
  orders: new Map(),
  captures: new Map(),
  refunds: new Map(),
  disputes: new Map(),
  webhooks: new Map(),
  events: new Map(),
  requests: new Map(),
  ...DEFAULT_SETTINGS,
});

/** Empties the state and resets its settings; webhooks stay. */
export function clearState(state: State): void {
  const { orders, captures, refunds, disputes, events, requests } = state;
  for (const map of [orders, captures, refunds, disputes, events, requests]) map.clear();
  clearSettings(state);
}

/** Resets the settings of the control API's `PUT` requests. */
export function clearSettings(state: State): void {
  Object.assign(state, DEFAULT_SETTINGS);
}
