import type { PayPalNotifications } from '../paypal/notifications.ts';
import type { EventRepository } from './event-repository.ts';
import { type FetchEventDeps, fetchEvent } from './fetch-event.ts';

export interface DeliverAgainDeps extends FetchEventDeps {
  readonly events: FetchEventDeps['events'] & Pick<EventRepository, 'get'>;
  readonly resendEvent: PayPalNotifications['resendEvent'];
  readonly sleep: (ms: number) => Promise<unknown>;
}

export type DeliverAgainResult =
  | 'delivered'
  /** The delivery did not arrive. The event was stored, and the inbox job processes it. */
  | 'fetched'
  /** The delivery did not arrive, but the event had been stored before. */
  | 'stored_before'
  /** Not found at PayPal. */
  | 'unknown_event';

const WAIT_MS = 1000;
const MAX_WAITS = 10;

/**
 * Requests another delivery of an event. PayPal does not document whether it signs one with a new time, without which
 * the shop refuses the delivery of an old event as too old; so an event that does not arrive is fetched.
 */
export async function deliverAgain(deps: DeliverAgainDeps, id: string, webhookId: string): Promise<DeliverAgainResult> {
  const { events, resendEvent, sleep } = deps;
  const before = await events.get(id);
  if (!(await resendEvent(id, webhookId))) return 'unknown_event';
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    await sleep(WAIT_MS);
    const stored = await events.get(id);
    if (stored && stored.last_received_at !== before?.last_received_at) return 'delivered';
  }
  if (before) return 'stored_before';
  return (await fetchEvent(deps, id)) ? 'fetched' : 'unknown_event';
}
