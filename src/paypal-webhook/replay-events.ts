import type { EventRepository } from './event-repository.ts';
import { type ReplayDeps, type ReplayEventResult, replayEvent } from './replay-event.ts';
import type { EventCursor, EventFilter } from './stored-event.ts';

/** What replaying many works with. */
export interface ReplayManyDeps extends ReplayDeps {
  readonly events: ReplayDeps['events'] & Pick<EventRepository, 'page'>;
}

/** How many events one batch settles at most: some seconds' work, also when PayPal must be asked about each. */
const BATCH = 50;
/** So many at once. */
const AT_ONCE = 5;
/** More are not counted: whoever wants to replay thousands should look closer first. */
const COUNTED = 1000;

/** How many events a batch would settle; `more` when counting ended before they did. */
export interface BatchCount {
  readonly matching: number;
  readonly more: boolean;
}

/** Counts the events that are wanted, without touching any. */
export async function countEvents(
  { events }: Pick<ReplayManyDeps, 'events'>,
  filter: EventFilter,
): Promise<BatchCount> {
  let matching = 0;
  let next: EventCursor | undefined;
  do {
    const page = await events.page(filter, COUNTED - matching, next);
    matching += page.events.length;
    next = page.next;
  } while (next && matching < COUNTED);
  return { matching, more: next !== undefined };
}

/** What a batch did. */
export interface ReplayEventsResult {
  readonly replayed: number;
  /** Of them, those that changed something. */
  readonly changed: number;
  /** Ids of those that could not be replayed, because they were erased. */
  readonly erased: readonly string[];
  /** Those whose replay met trouble, and its name; soon after the first, the batch ends. */
  readonly failed: readonly { readonly event_id: string; readonly error: string }[];
  /** Where the next batch goes on: after trouble, where this one began. Absent when all that are wanted were replayed. */
  readonly next?: EventCursor | undefined;
}

/** Replays up to 50 of the events that are wanted, the newest first. */
export async function replayEvents(
  deps: ReplayManyDeps,
  filter: EventFilter,
  after: EventCursor = {},
): Promise<ReplayEventsResult> {
  const { events, next } = await deps.events.page(filter, BATCH, after);
  const done: ReplayEventResult[] = [];
  const failed: { event_id: string; error: string }[] = [];
  for (let start = 0; start < events.length && failed.length === 0; start += AT_ONCE) {
    const some = events.slice(start, start + AT_ONCE).map(async ({ event_id }) => {
      try {
        done.push(await replayEvent(deps, event_id, { dryRun: false }));
      } catch (error) {
        failed.push({ event_id, error: (error as Error).name });
      }
    });
    await Promise.all(some);
  }
  const replayed = done.filter(({ outcome }) => outcome === 'replayed');
  return {
    replayed: replayed.length,
    changed: replayed.filter((one) => 'changed' in one && one.changed).length,
    erased: done.flatMap((one) => (one.outcome === 'erased' ? [one.event.event_id] : [])),
    failed,
    next: failed.length > 0 ? after : next,
  };
}
