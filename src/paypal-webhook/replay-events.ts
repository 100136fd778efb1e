import type { EventRepository } from './event-repository.ts';
import { type ReplayDeps, type ReplayEventResult, replayEvent } from './replay-event.ts';
import type { EventCursor, EventFilter } from './stored-event.ts';

export interface ReplayManyDeps extends ReplayDeps {
  readonly events: ReplayDeps['events'] & Pick<EventRepository, 'page'>;
}

/** Takes a few seconds, even with a call to PayPal for each event. */
const BATCH_SIZE = 50;
const CONCURRENCY = 5;
/** Counting stops here: a filter that matches thousands should be narrowed first. */
const MAX_COUNT = 1000;

/** `more` when there are more than were counted. */
export interface BatchCount {
  readonly matching: number;
  readonly more: boolean;
}

export async function countEvents(
  { events }: Pick<ReplayManyDeps, 'events'>,
  filter: EventFilter,
): Promise<BatchCount> {
  let matching = 0;
  let next: EventCursor | undefined;
  do {
    const page = await events.page(filter, MAX_COUNT - matching, next);
    matching += page.events.length;
    next = page.next;
  } while (next && matching < MAX_COUNT);
  return { matching, more: next !== undefined };
}

export interface ReplayEventsResult {
  readonly replayed: number;
  /** How many of them changed something. */
  readonly changed: number;
  /** Ids of events whose body was erased. */
  readonly erased: readonly string[];
  /** Failed replays with the error's name. The batch stops soon after the first. */
  readonly failed: readonly { readonly event_id: string; readonly error: string }[];
  /** Cursor of the next batch; after a failure, that of this batch. Absent when all matching events were replayed. */
  readonly next?: EventCursor | undefined;
}

/** Replays up to 50 matching events, newest first. */
export async function replayEvents(
  deps: ReplayManyDeps,
  filter: EventFilter,
  after: EventCursor = {},
): Promise<ReplayEventsResult> {
  const { events, next } = await deps.events.page(filter, BATCH_SIZE, after);
  const done: ReplayEventResult[] = [];
  const failed: { event_id: string; error: string }[] = [];
  for (let start = 0; start < events.length && failed.length === 0; start += CONCURRENCY) {
    const replays = events.slice(start, start + CONCURRENCY).map(async ({ event_id }) => {
      try {
        done.push(await replayEvent(deps, event_id, { dryRun: false }));
      } catch (error) {
        failed.push({ event_id, error: (error as Error).name });
      }
    });
    await Promise.all(replays);
  }
  const replayed = done.filter(({ outcome }) => outcome === 'replayed');
  return {
    replayed: replayed.length,
    changed: replayed.filter((result) => 'changed' in result && result.changed).length,
    erased: done.flatMap((result) => (result.outcome === 'erased' ? [result.event.event_id] : [])),
    failed,
    next: failed.length > 0 ? after : next,
  };
}
