import type { Session } from '../checkout/session.ts';
import type { Buyer } from '../paypal/schema.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../shared/ids.ts';
import type { Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Order } from './order.ts';
import type { OrderRepository } from './order-repository.ts';

/** What a step tells the workflow's history. */
export interface OrderStepResult {
  readonly order_id: string;
  readonly order_status: Order['status'];
  readonly changed: boolean;
}

/** What a refund's step tells the workflow: whether the pieces have not been shipped, and all the money went back. */
export interface RefundOrderResult extends OrderStepResult {
  readonly stock: 'comes_back' | 'stays';
}

/** What `createOrder` works with. */
export interface CreateOrderDeps {
  readonly orders: Pick<OrderRepository, 'create' | 'keepBuyer' | 'rememberBuyer'>;
  readonly getSession: (id: SessionId) => Promise<Session | undefined>;
  /** Who bought, from PayPal: asked only where no evidence told it. */
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
 * Makes the order of a captured payment. Its id follows from the payment's, so however often this runs, there is one.
 * @throws Error when session or captured amount are not there: nothing that a second try could change, so a person must look.
 */
export async function createOrder(
  { orders, getSession, fetchBuyer, now }: CreateOrderDeps,
  settlement: Settlement,
): Promise<OrderStepResult> {
  const { payment_id, checkout_session_id, captured } = settlement;
  const order_id = orderIdOf(payment_id);
  const session = await getSession(checkout_session_id);
  if (!session) throw new Error(`there is no checkout session ${checkout_session_id}`);
  if (!captured) throw new Error(`${payment_id} asks for an order without a captured amount`);

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
 * Follows a refund. Where all the money went back before the order was made, `void` takes its place, so that a late step of the
 * capture cannot make it.
 */
export async function refundOrder(
  orders: Pick<OrderRepository, 'refund' | 'create'>,
  settlement: Settlement,
  now: Date,
): Promise<RefundOrderResult> {
  const { payment_id, checkout_session_id, captured, refunded_minor, payment_status } = settlement;
  const order_id = orderIdOf(payment_id);
  const everything = payment_status !== 'partially_refunded';
  const { order, changed } = await orders.refund(order_id, refunded_minor, everything);
  if (order)
    return {
      order_id,
      order_status: order.status,
      changed,
      stock: everything && !order.shipped_at ? 'comes_back' : 'stays',
    };
  // The capture's own settlement is still at work or has failed; its order will come, and this step is tried again until it has.
  if (!everything || !captured) throw new Error(`there is no order ${order_id} yet`);
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
  // If the order was made this very moment, it can be refunded now.
  return voided.created
    ? { order_id, order_status: 'void', changed: true, stock: 'comes_back' }
    : refundOrder(orders, settlement, now);
}
