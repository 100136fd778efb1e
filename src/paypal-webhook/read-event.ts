import {
  type Evidence,
  evidenceOfCapture,
  evidenceOfOrder,
  evidenceOfRefund,
  isFailedRefund,
} from '../payments/evidence.ts';
import type { Dispute } from '../payments/payment.ts';
import { MalformedPayPalBody } from '../paypal/errors.ts';
import {
  captureFrom,
  disputeFrom,
  isoTime,
  linksFrom,
  orderFrom,
  type PayPalCapture,
  type PayPalLinks,
  refundFrom,
} from '../paypal/schema.ts';
import { isPaymentId, type PaymentId } from '../shared/ids.ts';
import type { PayPalEvent } from './event.ts';
import { EVENT_TYPES, type EventType, type ReaderName } from './event-types.ts';

export type EventReading =
  | { readonly kind: 'ignored'; readonly links: PayPalLinks }
  | {
      readonly kind: 'dispute';
      /** Undefined when the event does not name it. */
      readonly disputeId: string | undefined;
      readonly dispute: Dispute;
      /** Undefined while it lasts. What became of the money is in the captures. */
      readonly end: { readonly sellerLost: boolean } | undefined;
      readonly transactions: readonly PayPalLinks[];
    }
  /** `facts` is empty when the event is unreadable or inconclusive: the order is then fetched from PayPal. */
  | { readonly kind: 'facts'; readonly links: PayPalLinks; readonly facts: readonly Evidence[] };

type Reader = (resource: PayPalEvent['resource'], context: Pick<Evidence, 'source' | 'time'>) => readonly Evidence[];

/**
 * By the names that `EVENT_TYPES` uses. Each throws MalformedPayPalBody for a resource that is not as PayPal documents.
 */
const READERS: Readonly<Record<Exclude<ReaderName, 'dispute'>, Reader>> = {
  order(resource, context) {
    const order = orderFrom(resource);
    return order.incomplete ? [] : evidenceOfOrder(order, context);
  },

  cancellation(resource, context) {
    const [paypalOrderId] = linksFrom(resource, 'order').orderIds;
    return paypalOrderId ? [{ ...context, kind: 'cancelled', paypalOrderId }] : [];
  },

  capture(resource, context) {
    const capture = captureFrom(resource);
    return evidenceOfCapture(capture, context).map((fact) =>
      fact.kind === 'captured' && isOld(capture, context) ? { ...fact, again: true } : fact,
    );
  },

  refund: (resource, context) => evidenceOfRefund(refundFrom(resource), context),

  reversal(resource, context) {
    const { capture_id: captureId, status, total_refunded: total } = refundFrom(resource);
    return captureId && total && !isFailedRefund(status) ? [{ ...context, kind: 'reversed', captureId, total }] : [];
  },
};

/** PayPal creates the event of a capture some seconds after the capture: recorded ones, up to 35 s. */
const ANNOUNCED_WITHIN_MS = 60_000;

const isOld = ({ created_at = '' }: PayPalCapture, { time = '' }: Pick<Evidence, 'time'>): boolean =>
  Date.parse(time) - Date.parse(created_at) > ANNOUNCED_WITHIN_MS;

/** What the id of a resource stands for. PAYMENT-APPROVAL.REVERSED has `order_id` where the other orders have `id`. */
const ID_OF: Readonly<Record<ReaderName, Parameters<typeof linksFrom>[1]>> = {
  order: 'order',
  cancellation: 'order',
  capture: 'capture',
  refund: 'neither',
  reversal: 'neither',
  dispute: 'neither',
};

/** Reads an event. Its resource is the evidence, not its type: a snapshot that may be ahead of the type. */
export function readEvent(event: PayPalEvent): EventReading {
  const { id, event_type, create_time, resource } = event;
  if (!isHandled(event_type)) return { kind: 'ignored', links: linksOf(event) };
  const { reader } = EVENT_TYPES[event_type];
  if (reader === 'dispute') return readDispute(event);
  const context = { source: `webhook ${id}`, time: isoTime(create_time) };
  return { kind: 'facts', links: linksOf(event), facts: factsOf(READERS[reader], resource, context) };
}

/** The ids by which an event names its payment. */
const linksOf = ({ event_type, resource }: PayPalEvent): PayPalLinks =>
  linksFrom(resource, isHandled(event_type) ? ID_OF[EVENT_TYPES[event_type].reader] : 'either');

/** The payment that an event names, whether or not the payment exists. */
export const namedPaymentId = (event: PayPalEvent): PaymentId | undefined => linksOf(event).customIds.find(isPaymentId);

function factsOf(read: Reader, ...[resource, context]: Parameters<Reader>): readonly Evidence[] {
  try {
    return read(resource, context);
  } catch (error) {
    if (error instanceof MalformedPayPalBody) return [];
    throw error;
  }
}

/** https://developer.paypal.com/docs/api/customer-disputes/v1/#definition-dispute_outcome */
const SELLER_LOST: ReadonlySet<string> = new Set(['RESOLVED_BUYER_FAVOUR', 'ACCEPTED']);

/** PayPal documents no field of a dispute as required: the event has a time and a type instead. */
function readDispute({ event_type, create_time, resource }: PayPalEvent): EventReading {
  const { id, status, created_at, updated_at, outcome, transactions } = disputeFrom(resource);
  const isOver = status === 'RESOLVED' || event_type === 'CUSTOMER.DISPUTE.RESOLVED';
  return {
    kind: 'dispute',
    disputeId: id,
    dispute: {
      status: status || (isOver ? 'RESOLVED' : 'OPEN'),
      // Without any time it is older than whatever is known.
      updated_at: updated_at ?? isoTime(create_time) ?? created_at ?? new Date(0).toISOString(),
    },
    end: isOver ? { sellerLost: outcome !== undefined && SELLER_LOST.has(outcome) } : undefined,
    transactions,
  };
}

const isHandled = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);
