import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import type { ReceivedEvent } from '../../../src/paypal-webhook/event-repository.ts';

/** The latest event that PayPal sent. @throws Error when there is none. */
export function latestEvent({ events }: { readonly events: readonly { readonly event: PayPalEvent }[] }): PayPalEvent {
  const event = events.at(-1)?.event;
  if (!event) throw new Error('PayPal sent no event');
  return event;
}

/** A delivery of an event, as the event repository stores it. */
export const deliveryOf = (event: PayPalEvent, now: Date): ReceivedEvent => ({
  id: event.id,
  eventType: event.event_type,
  transmissionId: 'transmission-1',
  body: JSON.stringify(event),
  now,
});
