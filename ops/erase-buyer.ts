import { type AuditDeps, recordAction } from '../src/admin-api/audit.ts';
import type { OrderRepository } from '../src/fulfillment/order-repository.ts';
import type { PaymentRepository } from '../src/payments/payment-repository.ts';
import type { EventRepository } from '../src/paypal-webhook/event-repository.ts';
import type { EventBody } from '../src/paypal-webhook/stored-event.ts';
import { type OrderId, orderIdOf, type PaymentId, paymentIdOfOrder } from '../src/shared/ids.ts';
import { mentions, wordsPattern } from './mentions.ts';

export interface EraseDeps extends AuditDeps {
  readonly orders: Pick<OrderRepository, 'getAll' | 'buyer' | 'buyers' | 'eraseBuyer'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'markErased'>;
  readonly events: Pick<EventRepository, 'get' | 'bodies' | 'eraseBody'>;
}

/** What the buyer is known by: one order, all that has this email address, or one event. */
export type EraseRequest =
  | { readonly by: 'order'; readonly id: OrderId }
  | { readonly by: 'email'; readonly id: string }
  | { readonly by: 'event'; readonly id: string };

/** Personal data that is stored. */
export interface BuyerData {
  readonly orders: readonly {
    readonly order_id: OrderId;
    /** Whether name, email and address are stored. */
    readonly buyer: boolean;
  }[];
  /** Webhook events with a body. */
  readonly events: readonly Pick<EventBody, 'event_id' | 'payment_id'>[];
  readonly isAbout: (event: EventBody) => boolean;
}

/** @returns undefined when nothing is stored of what the request names */
export function findBuyerData(deps: EraseDeps, request: EraseRequest): Promise<BuyerData | undefined> {
  switch (request.by) {
    case 'order':
      return dataOfOrder(deps, request.id);
    case 'email':
      return dataOfEmail(deps, request.id);
    case 'event':
      return dataOfEvent(deps, request.id);
  }
}

/** Before the order is created, its buyer and its events may already be stored. `void` orders are known, too. */
async function dataOfOrder(deps: EraseDeps, id: OrderId): Promise<BuyerData | undefined> {
  const paymentId = paymentIdOfOrder(id);
  const [[order], payment, buyer] = await Promise.all([
    deps.orders.getAll([id]),
    deps.payments.get(paymentId),
    deps.orders.buyer(id),
  ]);
  const isOfOrder = await isAboutOrders(deps, [id]);
  const email = wordsPattern({ emails: buyer?.email ? [buyer.email] : [], ids: [] });
  // An event of another payment stays: the buyer may have other orders.
  const isAbout = (event: EventBody) => isOfOrder(event) || (!event.payment_id && mentions(event.body, email));
  const about = await eventsAbout(deps.events, isAbout);
  if (!order && !payment && !buyer && about.length === 0) return undefined;
  return { orders: [{ order_id: id, buyer: buyer !== undefined }], events: about.filter(hasBody), isAbout };
}

async function dataOfEmail(deps: EraseDeps, email: string): Promise<BuyerData | undefined> {
  const orders = new Map<OrderId, boolean>();
  for await (const { order_id, buyer } of deps.orders.buyers())
    if (buyer.email?.toLowerCase() === email.toLowerCase()) orders.set(order_id, true);

  const pattern = wordsPattern({ emails: [email], ids: [] });
  const naming = await eventsAbout(deps.events, ({ body }) => mentions(body, pattern));
  for (const id of new Set(naming.flatMap(({ payment_id }) => (payment_id ? [orderIdOf(payment_id)] : [])))) {
    if (orders.has(id)) continue;
    const buyer = await deps.orders.buyer(id);
    // A buyer with another address may be someone else, whose events mention this one.
    if (!buyer?.email) orders.set(id, buyer !== undefined);
  }

  const isOfOrders = await isAboutOrders(deps, [...orders.keys()]);
  const isAbout = (event: EventBody) => isOfOrders(event) || mentions(event.body, pattern);
  const events = (await eventsAbout(deps.events, isAbout)).filter(hasBody);
  if (orders.size === 0 && events.length === 0) return undefined;
  return { orders: [...orders].map(([order_id, buyer]) => ({ order_id, buyer })), events, isAbout };
}

async function dataOfEvent({ events }: EraseDeps, id: string): Promise<BuyerData | undefined> {
  const event = await events.get(id);
  return event && { orders: [], events: [event].filter(hasBody), isAbout: ({ event_id }) => event_id === id };
}

/** By the payments that events are linked to, and by the ids in their bodies: parked events have no link. */
async function isAboutOrders(
  { payments }: EraseDeps,
  orderIds: readonly OrderId[],
): Promise<(event: EventBody) => boolean> {
  const linked = new Set<PaymentId>(orderIds.map(paymentIdOfOrder));
  const ids: string[] = [];
  for (const id of linked) {
    const payment = await payments.get(id);
    const { paypal_order_id, capture_id, refunds = {}, extra_captures = {}, disputes = {} } = payment ?? {};
    const atPayPal = [refunds, extra_captures, disputes].flatMap(Object.keys);
    ids.push(id.slice('pay_'.length), ...[paypal_order_id, capture_id].filter((one) => one !== undefined), ...atPayPal);
  }
  const pattern = wordsPattern({ emails: [], ids });
  return ({ payment_id, body }) => (payment_id && linked.has(payment_id)) || mentions(body, pattern);
}

async function eventsAbout(
  events: EraseDeps['events'],
  isAbout: (event: EventBody) => boolean,
): Promise<readonly EventBody[]> {
  const about: EventBody[] = [];
  for await (const event of events.bodies()) if (isAbout(event)) about.push(event);
  return about;
}

const hasBody = ({ body }: EventBody): boolean => body !== '';

/**
 * Erases the data for good, each order and each other event after its entry in the audit log. Later data of the same
 * payments is not stored.
 * @returns what was erased, events that arrived since `found` included
 */
export async function eraseBuyerData(
  deps: EraseDeps,
  { by }: EraseRequest,
  found: BuyerData,
  actor: string,
): Promise<Pick<BuyerData, 'orders' | 'events'>> {
  const record = (target: string) => recordAction(deps, { actor, action: 'erase', target, reason: `erased by ${by}` });
  for (const { order_id } of found.orders) {
    await record(order_id);
    // First, so that events that arrive meanwhile are finished without their body.
    await deps.payments.markErased(paymentIdOfOrder(order_id), deps.now());
    await deps.orders.eraseBuyer(order_id, deps.now());
  }
  // Found again: an event that was being processed had perhaps read its payment before the mark.
  const events = by === 'event' ? found.events : (await eventsAbout(deps.events, found.isAbout)).filter(hasBody);
  const recorded = new Set(found.orders.map(({ order_id }) => paymentIdOfOrder(order_id)));
  for (const { event_id, payment_id } of events) {
    if (!payment_id || !recorded.has(payment_id)) await record(event_id);
    await deps.events.eraseBody(event_id, deps.now());
  }
  return { orders: found.orders, events };
}
