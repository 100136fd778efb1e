import type { Payment } from '../payments/payment.ts';
import type { EventHead } from '../paypal-webhook/stored-event.ts';
import { executionName } from '../shared/settlement.ts';
import { INVARIANT_KEYS } from './checks/violation.ts';
import { type Finding, findingIdOf } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';

/** Open findings of a payment, its open settlements and its unprocessed events. */
export async function findingsOfPurchase(
  findings: Pick<FindingRepository, 'get'>,
  { payment_id, open }: Pick<Payment, 'payment_id' | 'open'>,
  events: readonly Pick<EventHead, 'event_id' | 'status'>[],
): Promise<Finding[]> {
  const ids = [
    ...INVARIANT_KEYS.map((invariant) => findingIdOf({ invariant, subject: payment_id })),
    ...events
      .filter(({ status }) => status === 'received')
      .map(({ event_id }) => findingIdOf({ invariant: 'events_finished', subject: event_id })),
    ...Object.keys(open).map((name) =>
      findingIdOf({ invariant: 'failures_listed', subject: executionName(payment_id, name) }),
    ),
  ];
  const found = await Promise.all(ids.map((id) => findings.get(id)));
  return found.filter((finding) => finding !== undefined).filter(({ closed_at }) => !closed_at);
}
