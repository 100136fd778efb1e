import { type Evidence, evidenceOfCapture, evidenceOfOrder, evidenceOfRefund } from '../payments/evidence.ts';
import type { Dispute } from '../payments/payment.ts';
import { captureFrom, disputeFrom, orderFrom, refundFrom, timeOf } from '../paypal/schema.ts';
import type { PayPalEvent } from './event.ts';
import { EVENT_TYPES, type EventType, type ReaderName } from './event-types.ts';

/** The ids by which an event references its payment. */
export interface EventLinks {
  /** PayPal's order id. */
  readonly orderId?: string | undefined;
  readonly captureId?: string | undefined;
  /** The `custom_id` that the shop gave the order: the payment's id. */
  readonly customId?: string | undefined;
}

export type EventReading =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'dispute'; readonly links: EventLinks; readonly disputeId: string; readonly dispute: Dispute }
  /** `facts` is empty when the event is inconclusive: the order is then fetched from PayPal. */
  | { readonly kind: 'facts'; readonly links: EventLinks; readonly facts: readonly Evidence[] };

type Reader = (resource: PayPalEvent['resource'], context: Pick<Evidence, 'source' | 'time'>) => EventReading;

/**
 * By the names that `EVENT_TYPES` uses. Each throws MalformedPayPalBody for a resource that is not as PayPal documents.
 */
const READERS: Readonly<Record<ReaderName, Reader>> = {
  order(resource, context) {
    const order = orderFrom(resource);
    return {
      kind: 'facts',
      links: { orderId: order.id, customId: order.custom_id },
      facts: evidenceOfOrder(order, context),
    };
  },

  cancellation(resource, context) {
    const links = orderLinks(resource);
    return { kind: 'facts', links, facts: [{ ...context, kind: 'cancelled', paypalOrderId: links.orderId }] };
  },

  capture(resource, context) {
    const capture = captureFrom(resource);
    const links = { orderId: capture.order_id, captureId: capture.id, customId: capture.custom_id };
    return { kind: 'facts', links, facts: evidenceOfCapture(capture, context) };
  },

  refund(resource, context) {
    return { kind: 'facts', links: refundLinks(resource), facts: evidenceOfRefund(refundFrom(resource), context) };
  },

  reversal(resource, context) {
    const { amount, total_refunded: total = amount } = refundFrom(resource);
    const links = refundLinks(resource);
    const { captureId } = links;
    return { kind: 'facts', links, facts: captureId ? [{ ...context, kind: 'reversed', captureId, total }] : [] };
  },

  dispute(resource) {
    const { id: disputeId, capture_id: captureId, status, updated_at } = disputeFrom(resource);
    return { kind: 'dispute', links: { captureId }, disputeId, dispute: { status, updated_at } };
  },
};

/**
 * Reads an event. Its resource is the evidence, not its type: a snapshot that may be ahead of the type.
 * @throws MalformedPayPalBody when the resource is not as PayPal documents for such an event.
 */
export function readEvent({ id, event_type, create_time, resource }: PayPalEvent): EventReading {
  if (!isHandled(event_type)) return { kind: 'ignored' };
  const context = { source: `webhook ${id}`, time: timeOf({ create_time }) };
  return READERS[EVENT_TYPES[event_type].reader](resource, context);
}

const isHandled = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** PAYMENT-APPROVAL.REVERSED has `order_id` where the others have `id`. */
function orderLinks(resource: PayPalEvent['resource']): EventLinks {
  const [unit] = Array.isArray(resource.purchase_units) ? resource.purchase_units : [];
  return {
    orderId: text(resource.order_id) ?? text(resource.id),
    customId: text(resource.custom_id) ?? text(unit?.custom_id),
  };
}

const refundLinks = (resource: PayPalEvent['resource']): EventLinks => ({
  captureId: refundFrom(resource).capture_id,
  customId: text(resource.custom_id),
});
