import type { Money } from '../../src/shared/money.ts';
import type { OrderRequest } from './order-schema.ts';

/** How the buyer pays: at once, by e-check (the capture is pending for days), or with a card that will be declined. */
export type Funding = 'instant' | 'pending' | 'declined';

/** The buyer's click on "pay". */
interface Approval {
  readonly at: Date;
  readonly funding: Funding;
  /** What a wrong capture will take in place of the order's amount; only of the first purchase unit. */
  readonly captureAmount?: Money | undefined;
}

/** A PayPal order. */
export interface Order {
  readonly id: string;
  readonly request: OrderRequest;
  readonly createTime: Date;
  updateTime: Date;
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  approval?: Approval;
  /** One per purchase unit, in their order; empty before the capture. */
  captures: readonly Capture[];
  /** Ended by the control API, not by time. */
  expired: boolean;
}

/** Money taken for one purchase unit. */
export interface Capture {
  readonly id: string;
  readonly order: Order;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly amount: Money;
  readonly createTime: Date;
  updateTime: Date;
  status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly refunds: Refund[];
  dispute?: Dispute;
}

/** Money given back, by the shop or, as a reversal, by PayPal. */
export interface Refund {
  readonly id: string;
  readonly capture: Capture;
  readonly amount: Money;
  /** All refunds of the capture up to this one. */
  readonly total: Money;
  readonly reversal: boolean;
  readonly noteToPayer?: string | undefined;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly createTime: Date;
}

/** A buyer's complaint about a capture. */
export interface Dispute {
  readonly id: string;
  readonly createTime: Date;
  updateTime: Date;
  status: 'OPEN' | 'RESOLVED';
}

/** A registered webhook. */
export interface Webhook {
  readonly id: string;
  url: string;
  /** Names of event types, or `*`. */
  eventTypes: readonly string[];
}

/** An event that happened, whether or not it was delivered. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly createTime: Date;
  /** The bytes of every delivery: written once, so that a retry carries the same. */
  readonly body: Buffer;
  /** Deliveries of one order go out one after the other. */
  readonly orderId: string;
  /** The ids by which the list of events finds it. */
  readonly transactionIds: readonly string[];
}

/** What is remembered of a call with a PayPal-Request-Id. */
export type StoredRequest =
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly at: Date; readonly body: string };

/** All that the simulator knows; in memory only. */
export interface State {
  readonly orders: Map<string, Order>;
  readonly captures: Map<string, Capture>;
  readonly refunds: Map<string, Refund>;
  readonly webhooks: Map<string, Webhook>;
  /** In the order in which they happened. */
  readonly events: Map<string, WebhookEvent>;
  readonly requests: Map<string, StoredRequest>;
}

/** A simulator that nothing has happened in. */
export const emptyState = (): State => ({
  orders: new Map(),
  captures: new Map(),
  refunds: new Map(),
  webhooks: new Map(),
  events: new Map(),
  requests: new Map(),
});
