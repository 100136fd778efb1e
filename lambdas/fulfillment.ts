import { sessionRepository } from '../src/checkout/session-repository.ts';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { orderSteps } from '../src/fulfillment/order-steps.ts';
import { fetchBuyer } from '../src/payments/fetch-buyer.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { connectPayPal } from '../src/paypal/connect.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const db = documentClient();
const orders = orderRepository(db, requireEnv('ORDERS_TABLE'));
const sessions = sessionRepository(db, requireEnv('CHECKOUT_SESSIONS_TABLE'));
const payments = paymentRepository(db, requireEnv('PAYMENTS_TABLE'));
const paypal = connectPayPal(requirePayPal());

export const handler = stepHandler(
  'fulfillment',
  orderSteps({
    orders,
    getSession: sessions.get,
    fetchBuyer: fetchBuyer({ payments, getOrder: paypal.getOrder, now: () => new Date() }),
    now: () => new Date(),
  }),
);
