import * as z from 'zod/mini';
import type { EventList, PayPalNotifications } from '../../paypal/notifications.ts';
import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../paypal-webhook/event-types.ts';
import { fetchEvent } from '../../paypal-webhook/fetch-event.ts';
import { type ProcessStoredEventDeps, processStoredEvent } from '../../paypal-webhook/process-stored-event.ts';
import type { Intervals } from '../backoff.ts';
import type { Job, JobResult } from '../job.ts';

export interface EventsJobDeps extends ProcessStoredEventDeps, Intervals {
  readonly events: Pick<EventRepository, 'storedIds' | 'receive' | 'finish'>;
  readonly listEvents: PayPalNotifications['listEvents'];
  readonly getEvent: PayPalNotifications['getEvent'];
}

const HOUR_MS = 3_600_000;
/** PayPal may list an event late, after younger ones, so each run compares this period again. */
const OVERLAP_MS = 3 * HOUR_MS;
/** PayPal's redelivery period: https://developer.paypal.com/api/rest/webhooks/rest/ */
const INITIAL_WINDOW_MS = 72 * HOUR_MS;
/** PayPal rejects windows that start more than 45 days ago; a day is left for clock skew. */
const MAX_WINDOW_MS = 44 * 24 * HOUR_MS;

/** Where the last run ended, or stopped. Times are ISO 8601, UTC. */
const cursorSchema = z.object({
  compared_until: z.optional(z.string()),
  /** The list is newest first: events after `to` are compared, those between `from` and `to` are not. */
  rest: z.optional(z.object({ from: z.string(), to: z.string(), until: z.string() })),
});
type Cursor = z.infer<typeof cursorSchema>;

const SUBSCRIBED: ReadonlySet<string> = new Set(SUBSCRIBED_EVENT_TYPES);

/**
 * Compares PayPal's list of events with the stored ones, and fetches and processes those that were never delivered.
 * Events younger than `dueAfterSeconds` are skipped: their delivery may be in flight.
 */
export const eventsJob =
  (deps: EventsJobDeps): Job =>
  async ({ dueBefore, until, cursor, onError }) => {
    const { events, listEvents, now } = deps;
    const before: Cursor = cursor === undefined ? {} : z.parse(cursorSchema, JSON.parse(cursor));
    const window = before.rest ?? windowAfter(before, dueBefore, deps);
    const figures = { compared: 0, fetched: 0, parked: 0, failed: 0 };
    const report = (next: Cursor): JobResult => ({
      figures,
      repaired: figures.fetched,
      measurements: [['EventParked', figures.parked]],
      cursor: JSON.stringify(next),
    });
    let { to, until: comparedUntil } = window;
    /** For the next run, which asks by time: it needs no link of this one. */
    const pause = () => report({ ...before, rest: { ...window, to, until: comparedUntil } });
    const fail = (item: string, error: Error) => {
      figures.failed += 1;
      onError(item, error);
    };

    /** Of the last request by time. */
    let requestedTo = to;
    let request: Parameters<typeof listEvents>[0] | undefined = { from: new Date(window.from), to: new Date(to) };
    while (request) {
      if (now() >= until) return pause();
      let page: EventList;
      try {
        page = await listEvents(request);
      } catch (error) {
        if (to === window.to) throw error;
        fail('list of events', error as Error);
        return pause();
      }
      const handled = page.events.filter(({ event_type }) => event_type === undefined || SUBSCRIBED.has(event_type));
      const stored = await events.storedIds(handled.map(({ id }) => id));
      for (const { id, create_time = to } of handled.filter((event) => !stored.has(event.id))) {
        try {
          const event = await fetchEvent(deps, id);
          const outcome = event && (await processStoredEvent(deps, event));
          figures.fetched += Number(outcome !== undefined);
          figures.parked += Number(outcome?.status === 'parked');
        } catch (error) {
          fail(id, error as Error);
          // The next run starts at this event.
          comparedUntil = new Date(Math.min(Date.parse(create_time), Date.parse(comparedUntil))).toISOString();
        }
      }
      figures.compared += handled.length;
      const reached = page.events.findLast(({ create_time }) => create_time !== undefined)?.create_time ?? to;
      if (Date.parse(reached) < Date.parse(to)) to = reached;
      const isLoop = 'next' in request && page.next === request.next;
      const broken =
        page.brokenLink ?? (isLoop ? new Error('the link to the next page leads to the same page') : undefined);
      if (broken) {
        fail('list of events', broken);
        if (to === requestedTo) return pause();
        requestedTo = to;
        request = { from: new Date(window.from), to: new Date(to) };
      } else request = page.next === undefined ? undefined : { next: page.next };
    }
    return report({ compared_until: comparedUntil });
  };

/** From the end of the last comparison, less the overlap, up to `dueAfterSeconds` ago. */
function windowAfter({ compared_until }: Cursor, dueBefore: Date, { dueAfterSeconds, now }: Intervals) {
  const current = now().getTime();
  const until = Math.min(current, dueBefore.getTime() - dueAfterSeconds * 1000);
  const from = compared_until ? Date.parse(compared_until) - OVERLAP_MS : current - INITIAL_WINDOW_MS;
  const iso = (time: number) => new Date(time).toISOString();
  return { from: iso(Math.max(from, current - MAX_WINDOW_MS)), to: iso(until), until: iso(until) };
}
