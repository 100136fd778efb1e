import type { PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import type { EventResult } from './process-event.ts';

export interface ProcessStoredEventDeps {
  readonly events: Pick<EventRepository, 'finish'>;
  /** Runs the work once per event; afterwards returns its outcome. */
  readonly once: (event: PayPalEvent, work: () => Promise<EventResult>) => Promise<EventResult>;
  readonly processEvent: (event: PayPalEvent, receivedAt?: Date) => Promise<EventResult>;
  readonly now: () => Date;
}

/**
 * Processes a stored event once, and writes the outcome: an earlier run may have failed before that write.
 * @throws IdempotencyAlreadyInProgressError while a delivery of the event is processed.
 */
export async function processStoredEvent(
  { events, once, processEvent, now }: ProcessStoredEventDeps,
  event: PayPalEvent,
): Promise<EventResult> {
  const outcome = await once(event, () => processEvent(event));
  await events.finish(event.id, outcome, now());
  return outcome;
}
