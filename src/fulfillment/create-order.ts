import type { Session } from '../checkout/session.ts';
import type { Buyer } from '../paypal/schema.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../shared/ids.ts';
import type { Settlement } from '../shared/settlement.ts';
import type { Order } from './order.ts';
import type { OrderRepository } from './order-repository.ts';

export interface OrderStepResult {
  readonly order_id: string;
  readonly order_status: Order['status'];
  readonly changed: boolean;
}

export interface CreateOrderDeps {
  readonly orders: Pick<OrderRepository, 'create' | 'keepBuyer' | 'reinstate' | 'rememberBuyer'>;
  readonly getSession: (id: SessionId) => Promise<Session | undefined>;
  /** The buyer from PayPal: called only when no response to a capture contained it. */
  readonly fetchBuyer: (id: PaymentId) => Promise<Buyer | undefined>;
  readonly now: () => Date;
}

/**
 * Creates the order of a captured payment. Idempotent: the order's id derives from the payment's. After PayPal
 * cancelled a reversal, the order that it undid is confirmed or shipped again.
 * @throws Error without session or captured amount: a retry does not help, an operator must act.
 */
export async function createOrder(
  { orders, getSession, fetchBuyer, now }: CreateOrderDeps,
  settlement: Settlement,
): Promise<OrderStepResult> {
  const { payment_id, checkout_session_id, captured, refunded_minor, reinstated } = settlement;
  const order_id = orderIdOf(payment_id);
  const session = await getSession(checkout_session_id);
  if (!session) throw new Error(`checkout session ${checkout_session_id} not found`);
  if (!captured) throw new Error(`${payment_id} has no captured amount for its order`);

  if (!(await orders.keepBuyer(order_id, 'of the capture'))) {
    // The buyer of an approval may have changed the address before the one that was paid.
    const buyer = await fetchBuyer(payment_id);
    if (buyer) await orders.rememberBuyer(order_id, buyer, { of: 'capture', time: now().toISOString() }, now());
    await orders.keepBuyer(order_id, 'any');
  }
  const confirmed: Order = {
    order_id,
    payment_id,
    checkout_session_id,
    status: 'confirmed',
    items: session.items,
    amount: captured,
    refunded_minor,
    created_at: now().toISOString(),
    ...(reinstated !== undefined && { reinstated }),
  };
  const { order, created } = await orders.create(confirmed);
  if (created || reinstated === undefined || (order.reinstated ?? 0) >= reinstated)
    return { order_id, order_status: order.status, changed: created };
  const result = await orders.reinstate(order, { ...confirmed, status: order.shipped_at ? 'shipped' : 'confirmed' });
  if (!result.changed) throw new Error(`order ${order_id} changed while it was reinstated`);
  return { order_id, order_status: result.order?.status ?? confirmed.status, changed: true };
}
