/*
 * Imported by ops/ and by the admin pages: keep it free of the AWS SDK, of zod and of Node's types. That is why it
 * names the readers instead of importing them. A name without a reader in read-event.ts does not compile.
 */

/**
 * The PayPal event types that this shop handles, by PayPal's names: who reads each, and whether the webhook subscribes
 * to it. Any other type is ignored. https://developer.paypal.com/api/rest/webhooks/event-names/
 */
export const EVENT_TYPES = {
  'CHECKOUT.ORDER.APPROVED': { reader: 'order', subscribe: true },
  'CHECKOUT.ORDER.COMPLETED': { reader: 'order', subscribe: true },
  // Not in PayPal's list, so a webhook cannot subscribe to them.
  'CHECKOUT.ORDER.CANCELLED': { reader: 'cancellation', subscribe: false },
  'CHECKOUT.ORDER.VOIDED': { reader: 'cancellation', subscribe: false },
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': { reader: 'cancellation', subscribe: true },
  'PAYMENT.CAPTURE.COMPLETED': { reader: 'capture', subscribe: true },
  'PAYMENT.CAPTURE.PENDING': { reader: 'capture', subscribe: true },
  'PAYMENT.CAPTURE.DENIED': { reader: 'capture', subscribe: true },
  'PAYMENT.CAPTURE.DECLINED': { reader: 'capture', subscribe: true },
  'PAYMENT.CAPTURE.REFUNDED': { reader: 'refund', subscribe: true },
  'PAYMENT.CAPTURE.REVERSED': { reader: 'reversal', subscribe: true },
  'CUSTOMER.DISPUTE.CREATED': { reader: 'dispute', subscribe: true },
  'CUSTOMER.DISPUTE.UPDATED': { reader: 'dispute', subscribe: true },
  'CUSTOMER.DISPUTE.RESOLVED': { reader: 'dispute', subscribe: true },
} as const satisfies Readonly<Record<string, { readonly reader: string; readonly subscribe: boolean }>>;

export type EventType = keyof typeof EVENT_TYPES;
export type ReaderName = (typeof EVENT_TYPES)[EventType]['reader'];

export const SUBSCRIBED_EVENT_TYPES = (Object.keys(EVENT_TYPES) as EventType[]).filter(
  (type) => EVENT_TYPES[type].subscribe,
);
