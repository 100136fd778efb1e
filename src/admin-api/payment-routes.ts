import * as z from 'zod/mini';
import { type Caller, mayReadBuyers, sourceOf } from '../access/caller.ts';
import type { OrderRepository } from '../fulfillment/order-repository.ts';
import { acceptPayment } from '../payments/apply-evidence.ts';
import { obstacleToShipping } from '../payments/obstacle-to-shipping.ts';
import type { Payment } from '../payments/payment.ts';
import { type RefundDeps, refundPayment } from '../payments/refund-payment.ts';
import { Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { isOrderId, isPaymentId, orderIdOf } from '../shared/ids.ts';
import { type AuditDeps, recordAction, recordBuyerRead } from './audit.ts';
import { type PaymentDetailsDeps, paymentDetails } from './payment-details.ts';
import { toPaymentDetailsResponse } from './payment-details-response.ts';
import { countRefund, isLimited, type RefundLimitDeps } from './refund-limit.ts';
import { refundAmount, refundKey } from './refund-request.ts';
import { reasonRequest, refundRequest } from './requests.ts';
import { toOperatorOrderResponse, toOperatorPaymentResponse } from './responses.ts';

export interface PaymentRoutesDeps
  extends Omit<AuditDeps, 'audit'>,
    Omit<RefundDeps, 'payments'>,
    PaymentDetailsDeps,
    RefundLimitDeps {
  readonly orders: PaymentDetailsDeps['orders'] & Pick<OrderRepository, 'ship'>;
  readonly audit: PaymentDetailsDeps['audit'] & AuditDeps['audit'];
}

const detailsQuery = z.strictObject({ paypal: z._default(z.enum(['true', 'false']), 'false') });

/** Payments and orders: read, refund, accept, ship. */
export function paymentRoutes(api: Api<Caller>, deps: PaymentRoutesDeps): void {
  const { payments, orders, evidenceApplier, now } = deps;

  const paymentOf = async (id: string): Promise<Payment> => {
    const payment = isPaymentId(id) ? await payments.get(id) : undefined;
    if (!payment) throw new Problem('unknown-payment', `payment ${id} not found`);
    return payment;
  };
  const respondWith = async (payment: Payment) => ({
    status: 200,
    body: toOperatorPaymentResponse(payment, await orders.get(orderIdOf(payment.payment_id))),
  });

  api.get('/api/v1/admin/payments/:id', async ({ event, caller, params: { id = '' } }) => {
    const { paypal } = parseQuery(detailsQuery, event);
    const included = { includePayPal: paypal === 'true', includeBuyer: mayReadBuyers(caller) };
    const details = isPaymentId(id) ? await paymentDetails(deps, id, included) : undefined;
    if (!details) throw new Problem('unknown-payment', `payment ${id} not found`);
    if (details.buyer) await recordBuyerRead(deps, caller, id);
    return { status: 200, body: toPaymentDetailsResponse(details) };
  });

  api.post('/api/v1/admin/payments/:id/refund', async ({ event, caller, params: { id = '' } }) => {
    const { amount: requested, reason } = parseBody(refundRequest, event);
    const payment = await paymentOf(id);
    const amount = refundAmount(payment, requested);
    const key = refundKey(amount, reason);
    // A repeated request finds the refund done.
    if (isLimited(caller) && payment.status === 'refunded') return respondWith(payment);
    const counted = await countRefund(deps, caller, payment, amount, key);
    const details = { amount: requested ?? 'all' };
    await recordAction(deps, { actor: caller.id, action: 'refund', target: payment.payment_id, reason, details });
    const refunded = await refundPayment(deps, payment.payment_id, {
      ...(amount && { amount }),
      source: sourceOf(caller),
      key,
    });
    if (counted && refunded.outcome === 'rejected') await deps.refundLimits.discount(counted);
    switch (refunded.outcome) {
      case 'done':
      case 'pending':
        return respondWith(refunded.payment);
      case 'nothing_to_refund':
        // A repeated request finds the refund done.
        if (refunded.payment.status === 'refunded') return respondWith(refunded.payment);
        throw new Problem('nothing-to-refund', `the payment is ${refunded.payment.status}`);
      case 'rejected':
        throw new Problem('refund-refused', `PayPal rejected the refund: ${refunded.issue}`, { issue: refunded.issue });
      case 'unknown_payment':
        throw new Problem('unknown-payment', `payment ${id} not found`);
    }
  });

  api.post('/api/v1/admin/payments/:id/accept', async ({ event, caller, params: { id = '' } }) => {
    const { reason } = parseBody(reasonRequest, event);
    const payment = await paymentOf(id);
    if (payment.status !== 'review') throw new Problem('not-under-review', `the payment is ${payment.status}`);
    await recordAction(deps, { actor: caller.id, action: 'accept', target: payment.payment_id, reason });
    const accepted = await acceptPayment(evidenceApplier, payment, sourceOf(caller));
    return respondWith('payment' in accepted ? accepted.payment : payment);
  });

  api.post('/api/v1/admin/orders/:id/ship', async ({ event, caller, params: { id = '' } }) => {
    const { reason } = parseBody(reasonRequest, event);
    const found = isOrderId(id) && (await orders.get(id));
    if (!found) throw new Problem('unknown-order', `order ${id} not found`);
    const payment = await payments.get(found.payment_id);
    const obstacle = payment
      ? obstacleToShipping(payment.status, payment.refunds_pending ?? 0)
      : 'its payment does not exist';
    if (obstacle) throw new Problem('not-shippable', obstacle);
    await recordAction(deps, { actor: caller.id, action: 'ship', target: found.order_id, reason });
    const { order = found } = await orders.ship(found.order_id, now());
    if (order.status !== 'shipped') throw new Problem('not-shippable', `the order is ${order.status}`);
    return { status: 200, body: toOperatorOrderResponse(order, payment) };
  });
}
