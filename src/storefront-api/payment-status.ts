import type { OrderRepository } from '../fulfillment/order-repository.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { isPaid } from '../payments/transitions.ts';
import { PAYPAL_ID } from '../paypal/paypal-id.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { isPaymentId, isSessionId, orderIdOf, paymentIdOf } from '../shared/ids.ts';
import { toPaymentResponse } from './responses.ts';

export interface PaymentStatusDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'byPayPalOrder'>;
  readonly orders: Pick<OrderRepository, 'get'>;
}

/** By id, `checkout_session_id` or `token`. */
export interface PaymentLookup {
  readonly id: string | undefined;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** @throws Problem `unknown-payment`; `invalid-request` for a query without a known id. */
export async function paymentStatus({ payments, orders }: PaymentStatusDeps, lookup: PaymentLookup) {
  const payment = await find(payments, lookup);
  if (!payment) throw new Problem('unknown-payment', 'payment not found');
  return toPaymentResponse(
    payment,
    isPaid(payment.status) ? await orders.get(orderIdOf(payment.payment_id)) : undefined,
  );
}

async function find(
  payments: PaymentStatusDeps['payments'],
  { id, query }: PaymentLookup,
): Promise<Payment | undefined> {
  if (id !== undefined) return isPaymentId(id) ? payments.get(id) : undefined;
  const { checkout_session_id, token, ...unknown } = query;
  const [field] = Object.keys(unknown);
  if (field) throw invalidRequest([{ field, detail: 'unknown field' }]);
  // A return URL has both; the session id needs no index.
  if (checkout_session_id)
    return isSessionId(checkout_session_id) ? payments.get(paymentIdOf(checkout_session_id)) : undefined;
  // DynamoDB rejects keys longer than 2048 bytes.
  if (token) return PAYPAL_ID.test(token) ? payments.byPayPalOrder(token) : undefined;
  throw invalidRequest([{ field: 'checkout_session_id', detail: 'missing' }]);
}
