import type { StepsOf } from '../shared/workflow-steps.ts';
import { type CreateOrderDeps, createOrder, type OrderStepResult } from './create-order.ts';
import type { OrderRepository } from './order-repository.ts';
import { refundOrder } from './refund-order.ts';

export interface OrderStepsDeps extends CreateOrderDeps {
  readonly orders: CreateOrderDeps['orders'] & Pick<OrderRepository, 'refund'>;
}

export const orderSteps = (deps: OrderStepsDeps): StepsOf<'fulfillment', OrderStepResult> => ({
  CreateOrder: (settlement) => createOrder(deps, settlement),
  RefundOrder: (settlement) => refundOrder(deps.orders, settlement, deps.now()),
});
