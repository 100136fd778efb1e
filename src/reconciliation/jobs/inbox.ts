import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import { type ProcessStoredEventDeps, processStoredEvent } from '../../paypal-webhook/process-stored-event.ts';
import { eventOf } from '../../paypal-webhook/replay-event.ts';
import type { StoredEvent } from '../../paypal-webhook/stored-event.ts';
import type { Job } from '../job.ts';
import { processBatch } from '../process-batch.ts';

export interface InboxJobDeps extends ProcessStoredEventDeps {
  readonly events: Pick<EventRepository, 'get' | 'finish' | 'unfinished'>;
}

/** The delivery of a younger event may still process it. */
const MIN_AGE_MS = 60_000;
const MAX_EVENTS = 2000;

/**
 * Processes events that were stored but not finished, because their delivery failed in between. `unfinished`: events
 * left in the inbox. The cursor prevents events that always fail from blocking the others.
 */
export const inboxJob =
  ({ events, ...deps }: InboxJobDeps): Job =>
  async (run) => {
    const before = new Date(run.dueBefore.getTime() - MIN_AGE_MS);
    // Nothing is left to process. A redelivery still is, and the payment's reconciliation does not need it.
    const finishErased = ({ event_id, payment_id }: StoredEvent) =>
      events.finish(event_id, { status: 'ignored', ...(payment_id && { payment_id }) }, deps.now());
    let processed = 0;
    let parked = 0;
    const { failed, stoppedAfter } = await processBatch(
      events.unfinished(before, run.cursor),
      async (id) => {
        const event = await events.get(id);
        if (event?.status !== 'received') return;
        if (!event.body) return finishErased(event);
        const { status } = await processStoredEvent({ events, ...deps }, eventOf(event));
        processed += 1;
        parked += Number(status === 'parked');
      },
      { ...run, maxItems: MAX_EVENTS },
    );
    let unfinished = 0;
    for await (const _ of events.unfinished(before)) {
      unfinished += 1;
      if (unfinished === MAX_EVENTS) break;
    }
    const cursor = stoppedAfter && (await events.get(stoppedAfter))?.received_at;
    return {
      figures: { processed, parked, failed, unfinished },
      repaired: processed,
      measurements: [
        ['InboxUnfinished', unfinished],
        ['EventParked', parked],
      ],
      cursor,
    };
  };
