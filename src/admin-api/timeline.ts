import type { Order } from '../fulfillment/order.ts';
import type { Payment } from '../payments/payment.ts';
import type { EventHead } from '../paypal-webhook/stored-event.ts';
import type { PaymentExecution } from '../settlements/payment-executions.ts';
import type { AuditEntry } from './audit-repository.ts';

export interface TimelineEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: 'payment' | 'event' | 'execution' | 'operator' | 'order';
  /** Shown to operators. */
  readonly what: string;
  /** The source; may be empty. */
  readonly by: string;
}

/** Sorts entries by time; entries of the same millisecond keep their order. */
export const timeline = (...sources: readonly (readonly TimelineEntry[])[]): TimelineEntry[] =>
  sources.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

export const paymentEntries = ({ history }: Pick<Payment, 'history'>): TimelineEntry[] =>
  history.map(({ at, status, evidence, source, issue }) => ({
    at,
    kind: 'payment',
    what: `${statusText(status, evidence)}${issue ? ` (${issue})` : ''}`,
    by: source,
  }));

/** `captured`, `partially refunded`, `created: instrument declined`. */
function statusText(status: string, evidence: string): string {
  const repeatsStatus = evidence === status || (evidence === 'refunded' && status === 'partially_refunded');
  return (repeatsStatus ? status : `${status}: ${evidence}`).replaceAll('_', ' ');
}

export function eventEntries(event: EventHead): TimelineEntry[] {
  const { event_id, event_type, received_at, last_received_at, finished_at, status, reason, transmissions } = event;
  const entry = (at: string, what: string, by = ''): TimelineEntry => ({ at, kind: 'event', what, by });
  return [
    entry(
      received_at,
      `${event_type} received`,
      transmissions.length > 0 ? `PayPal, ${event_id}` : `PayPal’s event list, ${event_id}`,
    ),
    ...(last_received_at > received_at
      ? [
          entry(
            last_received_at,
            `${event_type} redelivered, ${transmissions.length} deliveries in total`,
            `PayPal, ${event_id}`,
          ),
        ]
      : []),
    ...event.replayed_at.map((at) => entry(at, `${event_type} replayed`, event_id)),
    ...(finished_at ? [entry(finished_at, `${event_type} ${status}${reason ? `: ${reason}` : ''}`, event_id)] : []),
    ...(event.erased_at ? [entry(event.erased_at, `${event_type} data erased`, event_id)] : []),
  ];
}

export function executionEntries({
  name,
  status,
  startedAt,
  endedAt,
  redrives,
  error,
}: PaymentExecution): TimelineEntry[] {
  const entry = (at: Date, what: string): TimelineEntry => ({ at: at.toISOString(), kind: 'execution', what, by: '' });
  const suffix = redrives > 0 ? `, redrives: ${redrives}` : '';
  return [
    ...(startedAt ? [entry(startedAt, `${name} started`)] : []),
    ...(endedAt ? [entry(endedAt, `${name} ended: ${status}${error ? ` (${error})` : ''}${suffix}`)] : []),
  ];
}

export const orderEntries = ({ order_id, created_at, shipped_at }: Order): TimelineEntry[] => [
  { at: created_at, kind: 'order', what: `${order_id} created`, by: '' },
  ...(shipped_at ? [{ at: shipped_at, kind: 'order', what: `${order_id} shipped`, by: '' } as const] : []),
];

export const auditEntry = ({ at, who, what, why, target }: AuditEntry): TimelineEntry => ({
  at,
  kind: 'operator',
  what: `${what} ${target}: ${why}`,
  by: who.startsWith('api-key:') ? who : `operator ${who}`,
});
