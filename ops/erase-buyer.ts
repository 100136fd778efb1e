import type { OrderRepository } from '../src/fulfillment/order-repository.ts';
import type { PaymentRepository } from '../src/payments/payment-repository.ts';
import type { EventRepository } from '../src/paypal-webhook/event-repository.ts';
import type { EventCursor } from '../src/paypal-webhook/stored-event.ts';
import { type OrderId, paymentIdOfOrder } from '../src/shared/ids.ts';

export interface EraseDeps {
  readonly orders: Pick<OrderRepository, 'getAll' | 'buyer' | 'eraseBuyer'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'markErased'>;
  readonly events: Pick<EventRepository, 'page' | 'eraseBodies'>;
}

/** Personal data of an order's buyer that is stored. */
export interface BuyerData {
  /** Whether name, email and address are stored. */
  readonly buyer: boolean;
  /** The number of webhook events with a body. */
  readonly events: number;
}

const EVENTS_PER_PAGE = 100;

/**
 * @returns undefined when nothing is known of the order: no order, `void` ones included, no payment, no buyer and no
 * event. Before the order is created, its buyer and its events may already be stored.
 */
export async function findBuyerData(
  { orders, payments, events }: EraseDeps,
  id: OrderId,
): Promise<BuyerData | undefined> {
  const paymentId = paymentIdOfOrder(id);
  const [[order], payment, buyer] = await Promise.all([orders.getAll([id]), payments.get(paymentId), orders.buyer(id)]);
  let isKnown = order !== undefined || payment !== undefined || buyer !== undefined;
  let withBody = 0;
  let after: EventCursor | undefined;
  do {
    const page = await events.page({ paymentId }, EVENTS_PER_PAGE, after);
    isKnown ||= page.events.length > 0;
    withBody += page.events.filter(({ erased_at }) => erased_at === undefined).length;
    after = page.next;
  } while (after);
  return isKnown ? { buyer: buyer !== undefined, events: withBody } : undefined;
}

/** Erases it for good: data of the same buyer that arrives later is not stored. @returns the number of events. */
export async function eraseBuyerData({ orders, payments, events }: EraseDeps, id: OrderId, now: Date): Promise<number> {
  const paymentId = paymentIdOfOrder(id);
  // First, so that events that arrive meanwhile are finished without their body.
  await payments.markErased(paymentId, now);
  await orders.eraseBuyer(id, now);
  return events.eraseBodies(paymentId, now);
}
