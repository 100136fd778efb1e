import type { Line, Session } from '../checkout/session.ts';
import type { Order } from '../fulfillment/order.ts';
import { maxPerOrder, type Product } from '../inventory/product.ts';
import type { Payment } from '../payments/payment.ts';
import { moneyText } from '../shared/money.ts';

export const toProductResponse = (product: Product) => ({
  sku: product.sku,
  name: product.name,
  unit_price: moneyText(product.price),
  available: product.available,
  max_per_order: maxPerOrder(product),
});

const toLineResponse = ({ sku, name, quantity, unit_price }: Line) => ({
  sku,
  name,
  quantity,
  unit_price: moneyText(unit_price),
});

export const toSessionResponse = (session: Session) => ({
  checkout_session_id: session.checkout_session_id,
  status: session.status,
  items: session.items.map(toLineResponse),
  amount: moneyText(session.amount),
  expires_at: session.expires_at,
  payment_id: session.payment_id,
  payment_status: session.payment_status,
});

/** Without personal data. */
export const toOrderResponse = (order: Order) => ({
  order_id: order.order_id,
  payment_id: order.payment_id,
  checkout_session_id: order.checkout_session_id,
  status: order.status,
  items: order.items.map(toLineResponse),
  amount: moneyText(order.amount),
  refunded: moneyText({ currency: order.amount.currency, minor: order.refunded_minor }),
  created_at: order.created_at,
});

const UNDECIDED: ReadonlySet<string> = new Set(['created', 'approved', 'capture_pending', 'review']);

/** `settled`: decided, and no settlement is open. */
export const toPaymentResponse = (payment: Payment, order: Order | undefined) => ({
  payment_id: payment.payment_id,
  checkout_session_id: payment.checkout_session_id,
  status: payment.status,
  amount: moneyText(payment.amount),
  paypal_order_id: payment.paypal_order_id ?? null,
  approve_url: payment.approve_url ?? null,
  order: order
    ? {
        order_id: order.order_id,
        status: order.status,
        items: order.items.map(toLineResponse),
        amount: moneyText(order.amount),
      }
    : null,
  settled: !UNDECIDED.has(payment.status) && Object.keys(payment.open).length === 0,
  updated_at: payment.updated_at,
});
