import { sessionRepository } from '../src/checkout/session-repository.ts';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { type CreateOrderDeps, createOrder, refundOrder } from '../src/fulfillment/order-steps.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { connectPayPal } from '../src/paypal/connect.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const db = documentClient();
const now = () => new Date();
const orders = orderRepository(db, requireEnv('ORDERS_TABLE'));
const payments = paymentRepository(db, requireEnv('PAYMENTS_TABLE'));
const paypal = connectPayPal(requireEnv);

const deps: CreateOrderDeps = {
  orders,
  now,
  session: sessionRepository(db, requireEnv('CHECKOUT_SESSIONS_TABLE')).get,
  askBuyer: async (id) => {
    const paypalOrderId = (await payments.get(id))?.paypal_order_id;
    return paypalOrderId ? (await paypal.getOrder(paypalOrderId))?.buyer : undefined;
  },
};

/** The fulfillment's steps of the workflow. */
export const handler = stepHandler({
  CreateOrder: (settlement) => createOrder(deps, settlement),
  RefundOrder: (settlement) => refundOrder(orders, settlement, now()),
});
