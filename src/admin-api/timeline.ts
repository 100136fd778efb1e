import type { Order } from '../fulfillment/order.ts';
import type { Payment } from '../payments/payment.ts';
import type { EventHead } from '../paypal-webhook/stored-event.ts';
import type { PaymentExecution } from '../settlements/payment-executions.ts';
import type { AuditEntry } from './audit-repository.ts';

/** One thing that happened. */
export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: 'payment' | 'event' | 'execution' | 'operator' | 'order';
  /** In words. */
  readonly what: string;
  /** Where it came from; empty where that goes without saying. */
  readonly by: string;
}

/** All of it in the order of time; what happened in the same millisecond stays as it was told. */
export const timeline = (...sources: readonly (readonly TimelineEntry[])[]): TimelineEntry[] =>
  sources.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

/** How a payment moved. */
export const paymentEntries = ({ history }: Pick<Payment, 'history'>): TimelineEntry[] =>
  history.map(({ at, status, evidence, source }) => ({
    at,
    kind: 'payment',
    what: evidence === status ? status : `${status}: ${evidence}`,
    by: source,
  }));

/** When an event came, was handled and replayed. */
export function eventEntries(event: EventHead): TimelineEntry[] {
  const { event_id, event_type, received_at, last_received_at, finished_at, status, reason, transmissions } = event;
  const entry = (at: string, what: string, by = ''): TimelineEntry => ({ at, kind: 'event', what, by });
  return [
    entry(
      received_at,
      `${event_type} came`,
      transmissions.length > 0 ? `PayPal, ${event_id}` : `PayPal’s list, ${event_id}`,
    ),
    ...(last_received_at > received_at
      ? [
          entry(
            last_received_at,
            `${event_type} came for the last time, of ${transmissions.length}`,
            `PayPal, ${event_id}`,
          ),
        ]
      : []),
    ...event.replayed_at.map((at) => entry(at, `${event_type} was replayed`, event_id)),
    ...(finished_at ? [entry(finished_at, `${event_type} is ${status}${reason ? `: ${reason}` : ''}`, event_id)] : []),
    ...(event.erased_at ? [entry(event.erased_at, `what ${event_type} said was erased`, event_id)] : []),
  ];
}

/** When an execution began and ended. */
export function executionEntries({
  name,
  status,
  startedAt,
  endedAt,
  redrives,
  error,
}: PaymentExecution): TimelineEntry[] {
  const entry = (at: Date, what: string): TimelineEntry => ({ at: at.toISOString(), kind: 'execution', what, by: '' });
  const suffix = redrives > 0 ? `, after ${redrives} redrives` : '';
  return [
    ...(startedAt ? [entry(startedAt, `${name} began`)] : []),
    ...(endedAt ? [entry(endedAt, `${name} ended: ${status}${error ? ` (${error})` : ''}${suffix}`)] : []),
  ];
}

/** When an order was made and sent. */
export const orderEntries = ({ order_id, created_at, shipped_at }: Order): TimelineEntry[] => [
  { at: created_at, kind: 'order', what: `${order_id} was made`, by: '' },
  ...(shipped_at ? [{ at: shipped_at, kind: 'order', what: `${order_id} was shipped`, by: '' } as const] : []),
];

/** What an operator did. */
export const auditEntry = ({ at, who, what, why, target }: AuditEntry): TimelineEntry => ({
  at,
  kind: 'operator',
  what: `${what} of ${target}: ${why}`,
  by: `operator ${who}`,
});
