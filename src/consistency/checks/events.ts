import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import type { CheckContext } from './check-context.ts';
import type { Violation } from './violation.ts';

/** The oldest are checked. More unprocessed events than this have a common cause. */
const MAX_EVENTS = 100;

/** `events_finished`. */
export async function eventViolations(
  events: Pick<EventRepository, 'get' | 'unfinished'>,
  { now, graceSeconds }: CheckContext,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  let checked = 0;
  for await (const id of events.unfinished(new Date(now.getTime() - graceSeconds * 1000))) {
    // The index is eventually consistent; the event decides.
    const event = await events.get(id);
    if (event?.status === 'received') {
      violations.push({
        invariant: 'events_finished',
        subject: id,
        what: `${event.event_type} received at ${event.received_at} is still unprocessed`,
        repair: { kind: 'replay_event', event_id: id },
      });
    }
    checked += 1;
    if (checked === MAX_EVENTS) break;
  }
  return violations;
}
