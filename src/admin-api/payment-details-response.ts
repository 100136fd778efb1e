import type { PayPalOrder } from '../paypal/schema.ts';
import { moneyText } from '../shared/money.ts';
import { sessionAnswer } from '../storefront-api/responses.ts';
import type { PaymentStory } from './payment-details.ts';
import {
  eventAnswer,
  executionAnswer,
  failedSettlementAnswer,
  findingAnswer,
  orderForOperators,
  paymentForOperators,
} from './responses.ts';

/** All that is known of a payment, as operators see it. */
export const storyAnswer = (story: PaymentStory) => ({
  payment: paymentForOperators(story.payment, story.order),
  session: story.session ? sessionAnswer(story.session) : null,
  reservation: story.reservation
    ? { status: story.reservation.status, items: story.reservation.items, expires_at: story.reservation.expires_at }
    : null,
  order: story.order ? orderForOperators(story.order, story.payment) : null,
  buyer: story.buyer ?? null,
  events: story.events.map(eventAnswer),
  executions: story.executions.map(executionAnswer),
  failed_settlements: story.failed.map(failedSettlementAnswer),
  findings: story.findings.map(findingAnswer),
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
