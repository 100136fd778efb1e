import * as z from 'zod/mini';
import { type Change, rehearsal } from '../payments/rehearse.ts';
import type { SettleDeps } from '../payments/settle.ts';
import { jsonFrom } from '../shared/http.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import { type EventOutcome, type SettleEventDeps, settleEvent } from './settle-event.ts';
import type { EventCursor, EventFilter, StoredEvent } from './stored-event.ts';

/** What a wish to replay an event led to. */
export type Replayed =
  | {
      readonly outcome: 'replayed';
      readonly event: StoredEvent;
      readonly result: EventOutcome;
      readonly changed: boolean;
    }
  /** Nothing was done: this is what would have been. `asked_paypal`: it hangs on what PayPal said just now. */
  | {
      readonly outcome: 'rehearsed';
      readonly event: StoredEvent;
      readonly result: EventOutcome;
      readonly changes: readonly Change[];
      readonly asked_paypal: boolean;
    }
  /** What PayPal said was erased for the buyer's sake: there is nothing to replay. */
  | { readonly outcome: 'erased'; readonly event: StoredEvent }
  /** It was never here, or its 90 days are over. */
  | { readonly outcome: 'unknown_event' };

export interface ReplayDeps extends SettleEventDeps {
  readonly events: Pick<EventRepository, 'get' | 'page' | 'finishReplay'>;
  readonly getOrder: SettleDeps['getOrder'];
  readonly now: () => Date;
}

/**
 * Settles a stored event once more, on the ordinary way. What it says may be old news: then nothing changes. With `dryRun`, the same
 * way is gone without a write; PayPal is asked only where the evidence alone does not say enough.
 * @throws PayPalUnavailable when PayPal must be asked and does not answer: nothing is noted, the replay may be repeated.
 */
export async function replayEvent(
  deps: ReplayDeps,
  id: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Replayed> {
  const event = await deps.events.get(id);
  if (!event) return { outcome: 'unknown_event' };
  if (!event.body) return { outcome: 'erased', event };
  const said = eventOf(event);
  if (dryRun) return { outcome: 'rehearsed', event, ...(await rehearse(deps, said)) };

  const result = await settleEvent(deps, said);
  await deps.events.finishReplay(id, result, deps.now());
  return { outcome: 'replayed', event, result, changed: 'moved' in result && result.moved };
}

/** What PayPal said, of an event that still has it. It was checked before it was stored. */
export const eventOf = ({ body }: StoredEvent): PayPalEvent => z.parse(eventSchema, jsonFrom(body));

async function rehearse(deps: ReplayDeps, event: PayPalEvent) {
  let asked_paypal = false;
  const noting =
    <Args extends unknown[], Result>(ask: (...args: Args) => Result) =>
    (...args: Args): Result => {
      asked_paypal = true;
      return ask(...args);
    };
  const getCapture = noting(deps.getCapture);
  const { changes, ...imagined } = rehearsal({
    payments: deps.payments,
    getOrder: noting(deps.getOrder),
    getCapture,
    now: deps.now,
  });
  const result = await settleEvent({ ...imagined, getCapture }, event);
  return { result, changes, asked_paypal };
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
export async function countEvents({ events }: Pick<ReplayDeps, 'events'>, filter: EventFilter): Promise<BatchCount> {
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
export interface BatchReplayed {
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
  deps: ReplayDeps,
  filter: EventFilter,
  after: EventCursor = {},
): Promise<BatchReplayed> {
  const { events, next } = await deps.events.page(filter, BATCH, after);
  const done: Replayed[] = [];
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
