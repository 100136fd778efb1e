import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import type { Violation } from '../finding.ts';
import type { CheckContext } from './check-context.ts';

/** The oldest come first: while there are more than these, somebody has enough to look at. */
const MAX_EVENTS = 100;

/** Invariant 9. */
export async function eventViolations(
  events: Pick<EventRepository, 'get' | 'unfinished'>,
  { now, graceSeconds }: CheckContext,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  let looked = 0;
  for await (const id of events.unfinished(new Date(now.getTime() - graceSeconds * 1000))) {
    // The index may be behind: the event itself knows.
    const event = await events.get(id);
    if (event?.status === 'received') {
      violations.push({
        invariant: 'events_finished',
        subject: id,
        what: `the event ${event.event_type} came at ${event.received_at}, and is still unfinished`,
        repair: { kind: 'replay_event', event_id: id },
      });
    }
    looked += 1;
    if (looked === MAX_EVENTS) break;
  }
  return violations;
}
