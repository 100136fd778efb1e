import { orderIdOf } from '../shared/ids.ts';
import type { Settlement } from '../shared/settlement.ts';
import type { OrderStepResult } from './create-order.ts';
import type { OrderRepository } from './order-repository.ts';

/** `comes_back` after a full refund before shipping. */
export interface RefundOrderResult extends OrderStepResult {
  readonly stock: 'comes_back' | 'stays';
}

/**
 * Records a refund on the order. If the payment was refunded in full before the order exists, a `void` order takes its
 * place, so that a late `CreateOrder` cannot create it.
 * @throws Error for a partial refund before the order exists: retried until it does.
 */
export async function refundOrder(
  orders: Pick<OrderRepository, 'refund' | 'create'>,
  settlement: Settlement,
  now: Date,
): Promise<RefundOrderResult> {
  const { payment_id, checkout_session_id, captured, refunded_minor, payment_status, reinstated = 0 } = settlement;
  const order_id = orderIdOf(payment_id);
  const isFull = payment_status !== 'partially_refunded';
  const { order, changed } = await orders.refund(order_id, refunded_minor, isFull, reinstated);
  if (order)
    return {
      order_id,
      order_status: order.status,
      changed,
      // An order that was reinstated since keeps its stock.
      stock: isFull && !order.shipped_at && (order.reinstated ?? 0) <= reinstated ? 'comes_back' : 'stays',
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
