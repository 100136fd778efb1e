import type { Session } from '../checkout/session.ts';
import type { Buyer } from '../paypal/schema.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../shared/ids.ts';
import type { Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Order } from './order.ts';
import type { OrderRepository } from './order-repository.ts';

export interface OrderStepResult {
  readonly order_id: string;
  readonly order_status: Order['status'];
  readonly changed: boolean;
}

/** `comes_back` after a full refund before shipping. */
export interface RefundOrderResult extends OrderStepResult {
  readonly stock: 'comes_back' | 'stays';
}

export interface CreateOrderDeps {
  readonly orders: Pick<OrderRepository, 'create' | 'keepBuyer' | 'rememberBuyer'>;
  readonly getSession: (id: SessionId) => Promise<Session | undefined>;
  /** The buyer from PayPal: called only when no evidence contained it. */
  readonly fetchBuyer: (id: PaymentId) => Promise<Buyer | undefined>;
  readonly now: () => Date;
}

export interface OrderStepsDeps extends CreateOrderDeps {
  readonly orders: CreateOrderDeps['orders'] & Pick<OrderRepository, 'refund'>;
}

export const orderSteps = (deps: OrderStepsDeps): StepsOf<'fulfillment', OrderStepResult> => ({
  CreateOrder: (settlement) => createOrder(deps, settlement),
  RefundOrder: (settlement) => refundOrder(deps.orders, settlement, deps.now()),
});

/**
 * Creates the order of a captured payment. Idempotent: the order's id derives from the payment's.
 * @throws Error without session or captured amount: not retryable, manual review required.
 */
export async function createOrder(
  { orders, getSession, fetchBuyer, now }: CreateOrderDeps,
  settlement: Settlement,
): Promise<OrderStepResult> {
  const { payment_id, checkout_session_id, captured } = settlement;
  const order_id = orderIdOf(payment_id);
  const session = await getSession(checkout_session_id);
  if (!session) throw new Error(`checkout session ${checkout_session_id} not found`);
  if (!captured) throw new Error(`${payment_id} has no captured amount for its order`);

  if (!(await orders.keepBuyer(order_id))) {
    const buyer = await fetchBuyer(payment_id);
    if (buyer) {
      await orders.rememberBuyer(order_id, buyer, now());
      await orders.keepBuyer(order_id);
    }
  }
  const { order, created } = await orders.create({
    order_id,
    payment_id,
    checkout_session_id,
    status: 'confirmed',
    items: session.items,
    amount: captured,
    refunded_minor: 0,
    created_at: now().toISOString(),
  });
  return { order_id, order_status: order.status, changed: created };
}

/**
 * Records a refund on the order. After a full refund of a payment without an order, creates a `void` order, so that a
 * late `CreateOrder` cannot create a real one.
 * @throws Error for a partial refund before the order exists: retried until it does.
 */
export async function refundOrder(
  orders: Pick<OrderRepository, 'refund' | 'create'>,
  settlement: Settlement,
  now: Date,
): Promise<RefundOrderResult> {
  const { payment_id, checkout_session_id, captured, refunded_minor, payment_status } = settlement;
  const order_id = orderIdOf(payment_id);
  const isFull = payment_status !== 'partially_refunded';
  const { order, changed } = await orders.refund(order_id, refunded_minor, isFull);
  if (order)
    return {
      order_id,
      order_status: order.status,
      changed,
      stock: isFull && !order.shipped_at ? 'comes_back' : 'stays',
    };
  // The settlement that creates the order is still running or has failed.
  if (!isFull || !captured) throw new Error(`order ${order_id} not found yet`);
  const voided = await orders.create({
    order_id,
    payment_id,
    checkout_session_id,
    status: 'void',
    items: [],
    amount: captured,
    refunded_minor,
    created_at: now.toISOString(),
  });
  // The order was created concurrently: refund it.
  return voided.created
    ? { order_id, order_status: 'void', changed: true, stock: 'comes_back' }
    : refundOrder(orders, settlement, now);
}
