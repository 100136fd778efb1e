import * as z from 'zod/mini';
import type { PayPalNotifications } from '../paypal/notifications.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import { namedPaymentId } from './read-event.ts';

export interface FetchEventDeps {
  readonly events: Pick<EventRepository, 'receive'>;
  readonly getEvent: PayPalNotifications['getEvent'];
  readonly now: () => Date;
}

/**
 * Stores an event from PayPal's API, as if it had been delivered. It needs no signature: it was requested with the
 * shop's credentials.
 * @returns undefined when PayPal no longer has the event
 */
export async function fetchEvent(
  { events, getEvent, now }: FetchEventDeps,
  id: string,
): Promise<PayPalEvent | undefined> {
  const wire = await getEvent(id);
  if (!wire) return undefined;
  const event = z.parse(eventSchema, wire);
  await events.receive({
    id,
    eventType: event.event_type,
    paymentId: namedPaymentId(event),
    body: JSON.stringify(wire),
    now: now(),
  });
  return event;
}
