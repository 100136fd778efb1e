import type { Link } from './errors.ts';
import { newEventId } from './ids.ts';
import type { Webhook, WebhookEvent } from './state.ts';

/** An event without id and time. */
export interface EventDraft {
  readonly type: string;
  readonly summary: string;
  readonly resource: object;
  /** Deliveries of one order are sequential. */
  readonly orderId: string;
  /** The ids that `GET /v1/notifications/webhooks-events?transaction_id=` matches. */
  readonly transactionIds: readonly string[];
}

interface EventType {
  readonly name: string;
  readonly description: string;
}

/** Event types of orders, payments and disputes: https://developer.paypal.com/api/rest/webhooks/event-names/ */
export const EVENT_TYPES: readonly EventType[] = [
  { name: 'CHECKOUT.ORDER.APPROVED', description: 'An order has been approved by buyer.' },
  { name: 'CHECKOUT.ORDER.COMPLETED', description: 'A checkout order is processed.' },
  { name: 'CHECKOUT.ORDER.PROCESSED', description: "A buyer's order is being processed." },
  { name: 'CHECKOUT.PAYMENT-APPROVAL.REVERSED', description: 'A payment has been reversed after approval.' },
  { name: 'PAYMENT.AUTHORIZATION.CREATED', description: 'A payment authorization was created.' },
  { name: 'PAYMENT.AUTHORIZATION.VOIDED', description: 'A payment authorization was voided.' },
  { name: 'PAYMENT.CAPTURE.COMPLETED', description: 'A payment capture completes.' },
  { name: 'PAYMENT.CAPTURE.DECLINED', description: 'A payment capture is declined.' },
  { name: 'PAYMENT.CAPTURE.DENIED', description: 'A payment capture is denied.' },
  { name: 'PAYMENT.CAPTURE.PENDING', description: 'The state of a payment capture changes to pending.' },
  { name: 'PAYMENT.CAPTURE.REFUNDED', description: 'A merchant refunds a payment capture.' },
  { name: 'PAYMENT.CAPTURE.REVERSED', description: 'PayPal reverses a payment capture.' },
  { name: 'CUSTOMER.DISPUTE.CREATED', description: 'A dispute is created.' },
  { name: 'CUSTOMER.DISPUTE.UPDATED', description: 'A dispute is updated.' },
  { name: 'CUSTOMER.DISPUTE.RESOLVED', description: 'A dispute is resolved.' },
  { name: 'PAYMENT.REFUND.FAILED', description: 'A refund fails.' },
  { name: 'PAYMENT.REFUND.PENDING', description: 'A refund is pending.' },
];

/**
 * Resource type by prefix of the event type; the first match wins. CHECKOUT.PAYMENT-APPROVAL.REVERSED has none, as in
 * PayPal's sample: https://developer.paypal.com/payment-methods/uncaptured-payments.md
 */
const RESOURCES: readonly (readonly [prefix: string, kind: { resource_type?: string; resource_version?: string }])[] = [
  ['CHECKOUT.ORDER.', { resource_type: 'checkout-order', resource_version: '2.0' }],
  ['PAYMENT.CAPTURE.REFUNDED', { resource_type: 'refund', resource_version: '2.0' }],
  ['PAYMENT.CAPTURE.REVERSED', { resource_type: 'refund', resource_version: '2.0' }],
  ['PAYMENT.CAPTURE.', { resource_type: 'capture', resource_version: '2.0' }],
  ['PAYMENT.REFUND.', { resource_type: 'refund', resource_version: '2.0' }],
  ['PAYMENT.AUTHORIZATION.', { resource_type: 'authorization', resource_version: '2.0' }],
  ['CUSTOMER.DISPUTE.', { resource_type: 'dispute' }],
];

function eventBody(
  origin: string,
  id: string,
  createTime: Date,
  { type, summary, resource }: Pick<EventDraft, 'type' | 'summary' | 'resource'>,
) {
  const self = `${origin}/v1/notifications/webhooks-events/${id}`;
  const links: Link[] = [
    { href: self, rel: 'self', method: 'GET' },
    { href: `${self}/resend`, rel: 'resend', method: 'POST' },
  ];
  return {
    id,
    event_version: '1.0',
    create_time: createTime.toISOString(),
    ...RESOURCES.find(([prefix]) => type.startsWith(prefix))?.[1],
    event_type: type,
    summary,
    resource,
    links,
  };
}

/** Serialises the body immediately: it is a snapshot of the resource. */
export function createEvent(origin: string, now: Date, draft: EventDraft, id = newEventId()): WebhookEvent {
  return {
    id,
    type: draft.type,
    createTime: now,
    body: Buffer.from(JSON.stringify(eventBody(origin, id, now, draft))),
    orderId: draft.orderId,
    transactionIds: draft.transactionIds,
  };
}

export const isSubscribed = ({ eventTypes }: Webhook, { type }: WebhookEvent): boolean =>
  eventTypes.includes('*') || eventTypes.includes(type);
