import * as z from 'zod/mini';
import type { EventList, PayPalNotifications } from '../../paypal/notifications.ts';
import { eventSchema } from '../../paypal-webhook/event.ts';
import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../paypal-webhook/event-types.ts';
import type { EventOutcome } from '../../paypal-webhook/process-event.ts';
import { type ProcessStoredEventDeps, processStoredEvent } from '../../paypal-webhook/process-stored-event.ts';
import type { Intervals } from '../backoff.ts';
import type { Job, Report } from '../job.ts';

/** What `eventsJob` works with. */
export interface EventsJobDeps extends ProcessStoredEventDeps, Intervals {
  readonly events: Pick<EventRepository, 'known' | 'receive' | 'finish'>;
  readonly listEvents: PayPalNotifications['listEvents'];
  readonly getEvent: PayPalNotifications['getEvent'];
}

const HOUR_MS = 3_600_000;
/** An event may appear in PayPal's list after younger ones: so much is compared again. */
const OVERLAP_MS = 3 * HOUR_MS;
/** The first run goes back as far as PayPal tries to deliver: https://developer.paypal.com/api/rest/webhooks/rest/ */
const INITIAL_WINDOW_MS = 72 * HOUR_MS;
/** PayPal refuses to list what is older than 45 days, by its own clock. */
const MAX_WINDOW_MS = 44 * 24 * HOUR_MS;

/** Which events the last run compared, and how far it came if it was cut short. Times are ISO 8601, UTC. */
const cursorSchema = z.object({
  compared_until: z.optional(z.string()),
  /** The list begins with the newest: those after `to` are done, those from `from` to there are not. */
  rest: z.optional(z.object({ from: z.string(), to: z.string(), until: z.string() })),
});
type Cursor = z.infer<typeof cursorSchema>;

const SUBSCRIBED: ReadonlySet<string> = new Set(SUBSCRIBED_EVENT_TYPES);

/**
 * Compares PayPal's list of events with ours, and settles what never came. It is believed because it came from PayPal's API, asked with
 * the shop's credentials. Young events are left alone: their delivery may be on its way.
 */
export const eventsJob =
  (deps: EventsJobDeps): Job =>
  async ({ dueBefore, until, cursor, onError }) => {
    const { events, listEvents, now } = deps;
    const before: Cursor = cursor === undefined ? {} : z.parse(cursorSchema, JSON.parse(cursor));
    const window = before.rest ?? windowAfter(before, dueBefore, deps);
    const figures = { compared: 0, fetched: 0, parked: 0, failed: 0 };
    const report = (next: Cursor): Report => ({
      figures,
      repaired: figures.fetched,
      measurements: [['EventParked', figures.parked]],
      cursor: JSON.stringify(next),
    });
    let { to, until: comparedUntil } = window;

    let wanted: Parameters<typeof listEvents>[0] | undefined = { from: new Date(window.from), to: new Date(to) };
    while (wanted) {
      if (now() >= until) return report({ ...before, rest: { ...window, to, until: comparedUntil } });
      const page: EventList = await listEvents(wanted);
      const ours = page.events.filter(({ event_type }) => SUBSCRIBED.has(event_type));
      const known = await events.known(ours.map(({ id }) => id));
      for (const { id, create_time } of ours.filter((event) => !known.has(event.id))) {
        try {
          const outcome = await fetchEvent(deps, id);
          figures.fetched += Number(outcome !== undefined);
          figures.parked += Number(outcome?.status === 'parked');
        } catch (error) {
          figures.failed += 1;
          onError(id, error as Error);
          // The next run begins with it.
          comparedUntil = new Date(Math.min(Date.parse(create_time), Date.parse(comparedUntil))).toISOString();
        }
      }
      figures.compared += ours.length;
      to = page.events.at(-1)?.create_time ?? to;
      wanted = page.next === undefined ? undefined : { next: page.next };
    }
    return report({ compared_until: comparedUntil });
  };

/** @returns what it led to; undefined when PayPal has it no longer. */
async function fetchEvent(deps: EventsJobDeps, id: string): Promise<EventOutcome | undefined> {
  const wire = await deps.getEvent(id);
  if (!wire) return undefined;
  const event = z.parse(eventSchema, wire);
  await deps.events.receive({ id, eventType: event.event_type, body: JSON.stringify(wire), now: deps.now() });
  return processStoredEvent(deps, event);
}

/** From where the last comparison ended, and a little before, to what has had its time to be delivered. */
function windowAfter({ compared_until }: Cursor, dueBefore: Date, { dueAfterSeconds, now }: Intervals) {
  const present = now().getTime();
  const until = Math.min(present, dueBefore.getTime() - dueAfterSeconds * 1000);
  const from = compared_until ? Date.parse(compared_until) - OVERLAP_MS : present - INITIAL_WINDOW_MS;
  const iso = (time: number) => new Date(time).toISOString();
  return { from: iso(Math.max(from, present - MAX_WINDOW_MS)), to: iso(until), until: iso(until) };
}
