import { BUYER, BUYER_NAME, MERCHANT } from './buyer.ts';
import { captureBody } from './captures.ts';
import type { StateContext } from './context.ts';
import type { Link } from './errors.ts';
import type { PurchaseUnit } from './order-schema.ts';
import { refundBody } from './refunds.ts';
import type { Order } from './state.ts';
import { formatTime } from './times.ts';

/** Where the buyer was asked to come back to, and how; from the new or from the deprecated place. */
export const experienceOf = ({ request }: Pick<Order, 'request'>) =>
  request.payment_source?.paypal?.experience_context ?? request.application_context;

/** An order as GET, `Prefer: return=representation` and the APPROVED event show it. */
export function orderBody(sim: StateContext, order: Order) {
  return {
    id: order.id,
    intent: order.request.intent,
    status: order.status,
    payment_source: paymentSource(order),
    purchase_units: order.request.purchase_units.map((unit, index) => purchaseUnit(sim, order, unit, index)),
    payer: payer(order),
    create_time: formatTime(order.createTime),
    update_time: order.approval && formatTime(order.updateTime),
    links: linksOf(sim.origin, order),
  };
}

/** A new order as PayPal answers it to `Prefer: return=minimal`. */
export const minimalOrder = (sim: StateContext, order: Order) => ({
  id: order.id,
  status: order.status,
  payment_source: paymentSource(order),
  links: linksOf(sim.origin, order),
});

/** A captured order as PayPal answers it to `Prefer: return=minimal`: captures, but not what was ordered. */
export function minimalCapturedOrder(sim: StateContext, order: Order) {
  const { purchase_units, payer } = orderBody(sim, order);
  const units = purchase_units.map(({ reference_id, shipping, payments }) => ({ reference_id, shipping, payments }));
  return { ...minimalOrder(sim, order), purchase_units: units, payer };
}

/** What the CHECKOUT.PAYMENT-APPROVAL.REVERSED event carries: no `id`, but `order_id`. */
export const reversedApprovalBody = (order: Order) => ({
  order_id: order.id,
  purchase_units: order.request.purchase_units.map(({ reference_id = 'default', custom_id, invoice_id }) => ({
    reference_id,
    custom_id,
    invoice_id,
  })),
});

function purchaseUnit(sim: StateContext, order: Order, unit: PurchaseUnit, index: number) {
  const capture = order.captures[index];
  const refunds = capture?.refunds.map((refund) => refundBody(sim, refund)) ?? [];
  return {
    ...unit,
    reference_id: unit.reference_id ?? 'default',
    payee: MERCHANT,
    shipping: shippingOf(order, unit),
    payments: capture && { captures: [captureBody(sim, capture)], ...(refunds.length > 0 && { refunds }) },
  };
}

/** Once the buyer has approved: where to ship to, from PayPal's file or as the shop set it. */
function shippingOf(order: Order, unit: PurchaseUnit) {
  const preference = experienceOf(order)?.shipping_preference ?? 'GET_FROM_FILE';
  if (!order.approval || preference === 'SET_PROVIDED_ADDRESS') return unit.shipping;
  return preference === 'NO_SHIPPING' ? undefined : { name: { full_name: BUYER_NAME }, address: BUYER.address };
}

function payer({ approval }: Order) {
  if (!approval) return undefined;
  const { name, email_address, payer_id, address } = BUYER;
  return { name, email_address, payer_id, address: { country_code: address.country_code } };
}

/** Empty until the buyer has approved, and not there at all where the request had none (recorded: both). */
function paymentSource({ approval, request }: Order) {
  if (!approval) return request.payment_source && { paypal: {} };
  const { name, email_address, payer_id: account_id, address } = BUYER;
  const { country_code } = address;
  return { paypal: { email_address, account_id, account_status: 'VERIFIED', name, address: { country_code } } };
}

/** With `payment_source` the buyer's link is called `payer-action`, else `approve`. */
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
