import { type Money, parseMoney } from '../../src/shared/money.ts';
import { INITIAL_BUYER } from './buyer.ts';
import { announceCapture, createCapture } from './captures.ts';
import type { StateContext } from './context.ts';
import { issueError, type PayPalError } from './errors.ts';
import { newId } from './ids.ts';
import { experienceOf, orderBody, reversedApprovalBody } from './order-body.ts';
import type { OrderRequest } from './order-schema.ts';
import type { Capture, Funding, Order, OrderBuyer } from './state.ts';

/** "The default amount of time is 3 hours" to approve and, from then, to capture: PayPal's OpenAPI, `order.links`. */
const ORDER_LIFETIME_MS = 3 * 60 * 60 * 1000;

export function createOrder(sim: StateContext, request: OrderRequest): Order {
  const now = sim.now();
  const order: Order = {
    id: newId(),
    request,
    createTime: now,
    updateTime: now,
    status: request.payment_source ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    buyer: INITIAL_BUYER,
    captures: [],
    expired: false,
  };
  sim.state.orders.set(order.id, order);
  return order;
}

/**
 * Updates an order, as the shop.
 * @throws PayPalError 422 when the buyer has approved another amount
 */
export function updateOrder(sim: StateContext, order: Order, request: OrderRequest): void {
  const amounts = ({ purchase_units: units }: OrderRequest) => JSON.stringify(units.map(({ amount }) => amount));
  if (order.approval && amounts(request) !== amounts(order.request)) {
    throw issueError('orders.patch', [{ issue: 'AMOUNT_CHANGE_NOT_ALLOWED' }]);
  }
  order.request = request;
  order.updateTime = sim.now();
}

/** Completed orders never expire. */
export function hasExpired({ status, createTime, approval, expired }: Order, now: Date): boolean {
  if (status === 'COMPLETED') return false;
  return expired || now.getTime() > (approval?.at ?? createTime).getTime() + ORDER_LIFETIME_MS;
}

/** Undefined for unknown and expired orders. */
export function findOrder(sim: StateContext, id: string): Order | undefined {
  const order = sim.state.orders.get(id);
  return order && !hasExpired(order, sim.now()) ? order : undefined;
}

/** Whether the buyer can approve, or approve again with another funding after a declined card. */
export const isOpen = ({ status }: Order): boolean =>
  status === 'CREATED' || status === 'PAYER_ACTION_REQUIRED' || status === 'APPROVED';

export interface ApproveOptions {
  readonly funding: Funding;
  /** PayPal captures immediately, so that the APPROVED event already has the completed order. */
  readonly autoCapture?: boolean | undefined;
  /** Captured instead of the order's amount. */
  readonly captureAmount?: Money | undefined;
}

/** Changes who pays, or where to ship, as the buyer at PayPal. PayPal sends no event for it. */
export function changeBuyer(sim: StateContext, order: Order, change: Partial<OrderBuyer>): void {
  order.buyer = { ...order.buyer, ...change };
  order.updateTime = sim.now();
}

/** Approves an open order, as the buyer. */
export function approveOrder(sim: StateContext, order: Order, options: ApproveOptions): void {
  const now = sim.now();
  order.approval = { at: now, funding: options.funding, captureAmount: options.captureAmount };
  order.status = 'APPROVED';
  order.updateTime = now;
  if (options.autoCapture && options.funding !== 'declined') captureUnits(sim, order);
  sim.announce({
    type: 'CHECKOUT.ORDER.APPROVED',
    summary: 'An order has been approved by buyer',
    resource: orderBody(sim, order),
    orderId: order.id,
    transactionIds: [order.id, ...order.captures.map(({ id }) => id)],
  });
  announceCaptures(sim, order);
}

/**
 * Captures an approved order.
 * @throws PayPalError 422 when the order is not approved or already captured, or the buyer's card is declined. A
 * declined order stays approved: the buyer can approve again with another funding, and the next capture succeeds.
 */
export function captureOrder(sim: StateContext, order: Order): void {
  if (order.status === 'COMPLETED') throw captureRefusal(sim.origin, order.id, 'ORDER_ALREADY_CAPTURED');
  if (order.status !== 'APPROVED') throw captureRefusal(sim.origin, order.id, 'ORDER_NOT_APPROVED');
  if (order.approval?.funding === 'declined') throw captureRefusal(sim.origin, order.id, 'INSTRUMENT_DECLINED');
  captureUnits(sim, order);
  announceCaptures(sim, order);
}

/**
 * Captures the first purchase unit of a captured order once more, as shops have seen it happen at PayPal.
 * @param amount - that of the order by default
 * @returns the capture; undefined when the order is not captured
 */
export function captureAgain(sim: StateContext, order: Order, amount?: Money): Capture | undefined {
  const [unit] = order.request.purchase_units;
  if (order.status !== 'COMPLETED' || !unit) return undefined;
  const capture = createCapture(sim, order, 0, { amount: amount ?? parseMoney(unit.amount), status: 'COMPLETED' });
  order.captures = [...order.captures, capture];
  order.updateTime = sim.now();
  announceCapture(sim, capture, 'COMPLETED');
  return capture;
}

/** The issues after which the buyer must return to PayPal, with the relation of the link. */
const BUYER_LINKS: Readonly<Record<string, string>> = {
  INSTRUMENT_DECLINED: 'redirect',
  PAYER_ACTION_REQUIRED: 'payer-action',
};

/** PayPal's error for a capture that it refuses for an issue. */
export function captureRefusal(origin: string, orderId: string, issue: string): PayPalError {
  const rel = BUYER_LINKS[issue];
  const links = rel ? [{ href: `${origin}/checkoutnow?token=${orderId}`, rel, method: 'GET' } as const] : [];
  return issueError('orders.capture', [{ issue }], links);
}

/** Voids an approved order, as when PayPal returns the uncaptured payment of a local payment method. */
export function reverseApproval(sim: StateContext, order: Order): void {
  order.status = 'VOIDED';
  order.updateTime = sim.now();
  sim.announce({
    type: 'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
    summary: 'A payment has been reversed after approval.',
    resource: reversedApprovalBody(order),
    orderId: order.id,
    transactionIds: [order.id],
  });
}

/** The buyer's redirect after approval; undefined when the request has no `return_url`. */
export const returnUrlOf = (order: Order): string | undefined =>
  withQuery(experienceOf(order)?.return_url, `token=${order.id}&PayerID=${order.buyer.payer.payer_id}`);

/** The buyer's redirect after cancelling. PayPal sends no event for it, and the order does not change. */
export const cancelUrlOf = (order: Order): string | undefined =>
  withQuery(experienceOf(order)?.cancel_url, `token=${order.id}`);

function withQuery(address: string | undefined, query: string): string | undefined {
  if (address === undefined) return undefined;
  const url = new URL(address);
  url.search = url.search ? `${url.search}&${query}` : query;
  return url.href;
}

/** The order becomes COMPLETED even when the capture is pending. */
function captureUnits(sim: StateContext, order: Order): void {
  order.captures = order.request.purchase_units.map(({ amount }, index) => {
    const other = index === 0 ? order.approval?.captureAmount : undefined;
    const status = order.approval?.funding === 'pending' ? 'PENDING' : 'COMPLETED';
    return createCapture(sim, order, index, { amount: other ?? parseMoney(amount), status });
  });
  order.status = 'COMPLETED';
  order.updateTime = sim.now();
}

function announceCaptures(sim: StateContext, order: Order): void {
  for (const capture of order.captures) {
    announceCapture(sim, capture, capture.status === 'PENDING' ? 'PENDING' : 'COMPLETED');
  }
}
