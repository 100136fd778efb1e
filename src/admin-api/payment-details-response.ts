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

export const toPaymentDetailsResponse = (details: PaymentDetails) => ({
  payment: toOperatorPaymentResponse(details.payment, details.order),
  session: details.session ? toSessionResponse(details.session) : null,
  reservation: details.reservation
    ? {
        status: details.reservation.status,
        items: details.reservation.items,
        expires_at: details.reservation.expires_at,
      }
    : null,
  order: details.order ? toOperatorOrderResponse(details.order, details.payment) : null,
  buyer: details.buyer ?? null,
  events: details.events.map(toEventResponse),
  executions: details.executions.map(toExecutionResponse),
  failed_settlements: details.failed.map(toFailedSettlementResponse),
  findings: details.findings.map(toFindingResponse),
  timeline: details.timeline,
  paypal: details.paypal
    ? {
        asked_at: details.paypal.fetchedAt,
        order: details.paypal.order ? toPayPalOrderResponse(details.paypal.order) : null,
      }
    : null,
});

const toPayPalOrderResponse = ({ id, status, amount, captures, refunds }: PayPalOrder) => ({
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
