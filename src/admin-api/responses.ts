import { INVARIANTS } from '../consistency/checks/violation.ts';
import type { Finding } from '../consistency/finding.ts';
import type { Order } from '../fulfillment/order.ts';
import type { Payment } from '../payments/payment.ts';
import type { ReplayEventResult } from '../paypal-webhook/replay-event.ts';
import type { EventHead, StoredEvent } from '../paypal-webhook/stored-event.ts';
import type { FailedSettlement } from '../settlements/failed-settlement-repository.ts';
import type { PaymentExecution } from '../settlements/payment-executions.ts';
import { moneyText } from '../shared/money.ts';
import { toOrderResponse, toPaymentResponse } from '../storefront-api/responses.ts';
import { eventEntries, executionEntries, paymentEntries, timeline } from './timeline.ts';

/** Without personal data. */
export const toOperatorPaymentResponse = (payment: Payment, order: Order | undefined) => ({
  ...toPaymentResponse(payment, order),
  captured: payment.captured ? moneyText(payment.captured) : null,
  refunded: moneyText({ currency: (payment.captured ?? payment.amount).currency, minor: payment.refunded_minor }),
  capture_id: payment.capture_id ?? null,
  refunds: Object.entries(payment.refunds ?? {}).map(([refund_id, { status, minor }]) => ({
    refund_id,
    status,
    amount: minor === undefined ? null : moneyText({ currency: (payment.captured ?? payment.amount).currency, minor }),
  })),
  extra_captures: Object.entries(payment.extra_captures ?? {}).map(([capture_id, { amount, refunded_minor }]) => ({
    capture_id,
    amount: moneyText(amount),
    refunded: moneyText({ ...amount, minor: refunded_minor }),
  })),
  open_settlements: Object.keys(payment.open),
  disputes: disputesOf(payment),
  history: payment.history.map((entry) => ({
    ...entry,
    settlement: entry.settlement ?? null,
    heard_at: entry.heard_at ?? null,
    issue: entry.issue ?? null,
  })),
});

/** With the disputes of its payment, for the operator to check before shipping. */
export const toOperatorOrderResponse = (order: Order, payment: Payment | undefined) => ({
  ...toOrderResponse(order),
  shipped_at: order.shipped_at ?? null,
  disputes: payment ? disputesOf(payment) : [],
});

const disputesOf = ({ disputes }: Payment) =>
  Object.entries(disputes).map(([dispute_id, dispute]) => ({ dispute_id, ...dispute }));

/** Without the body. */
export const toEventResponse = ({ transmissions, ...event }: EventHead) => ({
  event_id: event.event_id,
  event_type: event.event_type,
  status: event.status,
  reason: event.reason ?? null,
  payment_id: event.payment_id ?? null,
  received_at: event.received_at,
  last_received_at: event.last_received_at,
  finished_at: event.finished_at ?? null,
  replayed_at: event.replayed_at,
  erased_at: event.erased_at ?? null,
  deliveries: transmissions.length,
});

export const toEventDetailsResponse = (
  event: StoredEvent,
  payment: Payment | undefined,
  executions: readonly PaymentExecution[],
) => ({
  ...toEventResponse(event),
  body: event.body || null,
  transmissions: event.transmissions,
  executions: executions.map(toExecutionResponse),
  timeline: timeline(eventEntries(event), payment ? paymentEntries(payment) : [], ...executions.map(executionEntries)),
});

export const toExecutionResponse = (execution: PaymentExecution) => ({
  name: execution.name,
  settlement: execution.settlement,
  status: execution.status,
  redrives: execution.redrives,
  started_at: execution.startedAt?.toISOString() ?? null,
  stopped_at: execution.endedAt?.toISOString() ?? null,
});

export function toReplayResponse(replayed: Extract<ReplayEventResult, { result: unknown }>) {
  const { event, result } = replayed;
  return {
    event_id: event.event_id,
    dry_run: replayed.outcome === 'dry_run',
    status: result.status,
    reason: 'reason' in result ? result.reason : null,
    payment_id: ('payment_id' in result && result.payment_id) || null,
    changed: replayed.outcome === 'dry_run' ? replayed.changes.length > 0 : replayed.changed,
    changes:
      replayed.outcome === 'dry_run'
        ? replayed.changes.map((change) => ({ ...change, settlement: change.settlement ?? null }))
        : null,
    asked_paypal: replayed.outcome === 'dry_run' ? replayed.asked_paypal : null,
  };
}

export const toFailedSettlementResponse = ({ execution_arn, ...failed }: FailedSettlement) => ({
  ...failed,
  execution: execution_arn.split(':').at(-1) ?? '',
});

export const toFindingResponse = ({ id, invariant, subject, what, repair, first_seen, last_seen }: Finding) => ({
  finding_id: id,
  invariant: INVARIANTS[invariant].number,
  subject,
  what,
  repair,
  first_seen,
  last_seen,
});
