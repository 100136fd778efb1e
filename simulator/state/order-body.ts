import { BUYER, BUYER_NAME, MERCHANT } from './buyer.ts';
import { captureBody } from './captures.ts';
import type { StateContext } from './context.ts';
import type { Link } from './errors.ts';
import type { PurchaseUnit } from './order-schema.ts';
import { refundBody } from './refunds.ts';
import type { Order } from './state.ts';
import { formatTime } from './times.ts';

/** Return URLs and checkout preferences, from `payment_source` or the deprecated `application_context`. */
export const experienceOf = ({ request }: Pick<Order, 'request'>) =>
  request.payment_source?.paypal?.experience_context ?? request.application_context;

/** The full order, as in GET, `Prefer: return=representation` and the APPROVED event. */
export function orderBody(sim: StateContext, order: Order) {
  return {
    id: order.id,
    intent: order.request.intent,
    status: order.status,
    payment_source: paymentSource(order),
    purchase_units: order.request.purchase_units.map((unit, index) => purchaseUnit(sim, order, unit, index)),
    payer: order.approval && order.buyer.payer,
    create_time: formatTime(order.createTime),
    // Milliseconds, which PayPal's OpenAPI file allows: two approvals may be close.
    update_time: order.approval && order.updateTime.toISOString(),
    links: linksOf(sim.origin, order),
  };
}

/** A new order with `Prefer: return=minimal`. */
export const minimalOrder = (sim: StateContext, order: Order) => ({
  id: order.id,
  status: order.status,
  payment_source: paymentSource(order),
  links: linksOf(sim.origin, order),
});

/** A captured order with `Prefer: return=minimal`: its captures, without the items. */
export function minimalCapturedOrder(sim: StateContext, order: Order) {
  const { purchase_units, payer } = orderBody(sim, order);
  const units = purchase_units.map(({ reference_id, shipping, payments }) => ({ reference_id, shipping, payments }));
  return { ...minimalOrder(sim, order), purchase_units: units, payer };
}

/** The resource of CHECKOUT.PAYMENT-APPROVAL.REVERSED: `order_id` instead of `id`. */
export const reversedApprovalBody = (order: Order) => ({
  order_id: order.id,
  purchase_units: order.request.purchase_units.map(({ reference_id = 'default', custom_id, invoice_id }) => ({
    reference_id,
    custom_id,
    invoice_id,
  })),
});

function purchaseUnit(sim: StateContext, order: Order, unit: PurchaseUnit, index: number) {
  const captures = order.captures.filter(({ unitIndex }) => unitIndex === index);
  const refunds = captures.flatMap((capture) => capture.refunds).map((refund) => refundBody(sim, refund));
  return {
    ...unit,
    reference_id: unit.reference_id ?? 'default',
    payee: MERCHANT,
    shipping: shippingOf(order, unit),
    payments:
      captures.length === 0
        ? undefined
        : { captures: captures.map((capture) => captureBody(sim, capture)), ...(refunds.length > 0 && { refunds }) },
  };
}

/** After approval: the shipping address, from PayPal's file or as set by the shop. */
function shippingOf(order: Order, unit: PurchaseUnit) {
  if (!order.approval) return unit.shipping;
  switch (experienceOf(order)?.shipping_preference) {
    case 'NO_SHIPPING':
      return undefined;
    case 'SET_PROVIDED_ADDRESS':
      return order.buyer.shipping ?? unit.shipping;
    default:
      return order.buyer.shipping ?? { name: { full_name: BUYER_NAME }, address: BUYER.address };
  }
}

/** Before approval: empty, or missing when the request had none (both recorded). */
function paymentSource({ approval, request, buyer }: Order) {
  if (!approval) return request.payment_source && { paypal: {} };
  const { name, email_address, payer_id: account_id, address } = buyer.payer;
  return { paypal: { email_address, account_id, account_status: 'VERIFIED', name, address } };
}

/** The buyer's link is `payer-action` with `payment_source`, `approve` without. */
function linksOf(origin: string, { id, status }: Order): Link[] {
  const self = `${origin}/v2/checkout/orders/${id}`;
  const page = `${origin}/checkoutnow?token=${id}`;
  const open: Link[] = [
    { href: self, rel: 'update', method: 'PATCH' },
    { href: `${self}/capture`, rel: 'capture', method: 'POST' },
  ];
  const more: Readonly<Record<Order['status'], readonly Link[]>> = {
    PAYER_ACTION_REQUIRED: [{ href: page, rel: 'payer-action', method: 'GET' }],
    CREATED: [{ href: page, rel: 'approve', method: 'GET' }, ...open],
    APPROVED: open,
    COMPLETED: [],
    VOIDED: [],
  };
  return [{ href: self, rel: 'self', method: 'GET' }, ...more[status]];
}
