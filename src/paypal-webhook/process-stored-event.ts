import type { PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import type { EventOutcome } from './process-event.ts';

/** What `settleStored` works with. */
export interface ProcessStoredEventDeps {
  readonly events: Pick<EventRepository, 'finish'>;
  /** Does the work once per event; when it was done before, answers what it led to without doing it. */
  readonly once: (event: PayPalEvent, work: () => Promise<EventOutcome>) => Promise<EventOutcome>;
  readonly processEvent: (event: PayPalEvent, heardAt?: Date) => Promise<EventOutcome>;
  readonly now: () => Date;
}

/**
 * Settles an event that is stored, unless that was done, and notes what it led to: whoever did it may have got no further.
 * @throws Error as long as a delivery of the same event is worked on.
 */
export async function processStoredEvent(
  { events, once, processEvent, now }: ProcessStoredEventDeps,
  event: PayPalEvent,
): Promise<EventOutcome> {
  const outcome = await once(event, () => processEvent(event));
  await events.finish(event.id, outcome, now());
  return outcome;
}
