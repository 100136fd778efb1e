import type { PayPalOrder } from '../paypal/schema.ts';
import { moneyText } from '../shared/money.ts';
import { toSessionResponse } from '../storefront-api/responses.ts';
import type { PaymentDetails } from './payment-details.ts';
import {
  toEventResponse,
  toExecutionResponse,
  toFailedSettlementResponse,
  toFindingResponse,
  toOperatorOrderResponse,
  toOperatorPaymentResponse,
} from './responses.ts';

/** All that is known of a payment, as operators see it. */
export const toPaymentDetailsResponse = (story: PaymentDetails) => ({
  payment: toOperatorPaymentResponse(story.payment, story.order),
  session: story.session ? toSessionResponse(story.session) : null,
  reservation: story.reservation
    ? { status: story.reservation.status, items: story.reservation.items, expires_at: story.reservation.expires_at }
    : null,
  order: story.order ? toOperatorOrderResponse(story.order, story.payment) : null,
  buyer: story.buyer ?? null,
  events: story.events.map(toEventResponse),
  executions: story.executions.map(toExecutionResponse),
  failed_settlements: story.failed.map(toFailedSettlementResponse),
  findings: story.findings.map(toFindingResponse),
  timeline: story.timeline,
  paypal: story.paypal
    ? { asked_at: story.paypal.askedAt, order: story.paypal.order ? payPalOrderAnswer(story.paypal.order) : null }
    : null,
});

const payPalOrderAnswer = ({ id, status, amount, captures, refunds }: PayPalOrder) => ({
  paypal_order_id: id,
  status,
  amount: amount ? moneyText(amount) : null,
  captures: captures.map((capture) => ({
    capture_id: capture.id,
    status: capture.status,
    reason: capture.reason ?? null,
    amount: moneyText(capture.amount),
  })),
  refunds: refunds.map((refund) => ({ refund_id: refund.id, status: refund.status, amount: moneyText(refund.amount) })),
});
