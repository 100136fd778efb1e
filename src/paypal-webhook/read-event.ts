import { type Evidence, evidenceOfCapture, evidenceOfOrder } from '../payments/evidence.ts';
import type { Dispute } from '../payments/payment.ts';
import { captureFrom, disputeFrom, orderFrom, refundFrom } from '../paypal/schema.ts';
import type { PayPalEvent } from './event.ts';

/** How an event names the payment that it is about; the more of them, the surer. */
export interface EventLinks {
  /** PayPal's order. */
  readonly orderId?: string | undefined;
  readonly captureId?: string | undefined;
  /** What we gave PayPal to remember: the payment's id. */
  readonly customId?: string | undefined;
}

/** What an event says. */
export type EventReading =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'dispute'; readonly links: EventLinks; readonly disputeId: string; readonly dispute: Dispute }
  /** `facts` is empty where the event does not say enough: then PayPal must be asked. */
  | { readonly kind: 'facts'; readonly links: EventLinks; readonly facts: readonly Evidence[] };

/**
 * Reads an event. What the resource says counts, not the event's name: it is a snapshot that may be ahead of the name.
 * @throws MalformedPayPalBody when the resource is not what PayPal documents for such an event.
 */
export function readEvent({ id, event_type, resource }: PayPalEvent): EventReading {
  const source = `webhook ${id}`;
  switch (event_type) {
    case 'CHECKOUT.ORDER.APPROVED':
    case 'CHECKOUT.ORDER.COMPLETED': {
      const order = orderFrom(resource);
      return {
        kind: 'facts',
        links: { orderId: order.id, customId: order.custom_id },
        facts: evidenceOfOrder(order, { source }),
      };
    }
    case 'CHECKOUT.ORDER.CANCELLED':
    case 'CHECKOUT.ORDER.VOIDED':
    case 'CHECKOUT.PAYMENT-APPROVAL.REVERSED': {
      const links = linksOfOrder(resource);
      return { kind: 'facts', links, facts: [{ kind: 'cancelled', source, paypalOrderId: links.orderId }] };
    }
    case 'PAYMENT.CAPTURE.COMPLETED':
    case 'PAYMENT.CAPTURE.PENDING':
    case 'PAYMENT.CAPTURE.DENIED':
    case 'PAYMENT.CAPTURE.DECLINED': {
      const capture = captureFrom(resource);
      const links = { orderId: capture.order_id, captureId: capture.id, customId: capture.custom_id };
      return { kind: 'facts', links, facts: evidenceOfCapture(capture, { source }) };
    }
    case 'PAYMENT.CAPTURE.REFUNDED':
    case 'PAYMENT.CAPTURE.REVERSED': {
      const refund = refundFrom(resource);
      const captureId = refund.capture_id;
      const links = { captureId, customId: text(resource.custom_id) };
      if (!captureId) return { kind: 'facts', links, facts: [] };
      if (event_type === 'PAYMENT.CAPTURE.REVERSED')
        return { kind: 'facts', links, facts: [{ kind: 'reversed', source, captureId }] };
      return {
        kind: 'facts',
        links,
        facts: refund.total_refunded ? [{ kind: 'refunded', source, captureId, total: refund.total_refunded }] : [],
      };
    }
    case 'CUSTOMER.DISPUTE.CREATED':
    case 'CUSTOMER.DISPUTE.UPDATED':
    case 'CUSTOMER.DISPUTE.RESOLVED': {
      const { id: disputeId, capture_id: captureId, status, updated_at } = disputeFrom(resource);
      return { kind: 'dispute', links: { captureId }, disputeId, dispute: { status, updated_at } };
    }
    default:
      return { kind: 'ignored' };
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** PAYMENT-APPROVAL.REVERSED has `order_id` where the others have `id`. */
function linksOfOrder(resource: PayPalEvent['resource']): EventLinks {
  const [unit] = Array.isArray(resource.purchase_units) ? resource.purchase_units : [];
  return {
    orderId: text(resource.order_id) ?? text(resource.id),
    customId: text(resource.custom_id) ?? text(unit?.custom_id),
  };
}
