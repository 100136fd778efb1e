import type { EventRepository } from '../paypal-webhook/event-repository.ts';

/** The maximum that is reported. */
const MAX_SILENCE_MS = 24 * 60 * 60 * 1000;
/** More than one, because events fetched from PayPal's list are among the delivered ones. */
const PAGE_SIZE = 50;

/** Seconds since PayPal last delivered an event that was accepted; a day at most. */
export async function webhookSilence(events: Pick<EventRepository, 'page'>, asOf: Date): Promise<number> {
  const from = new Date(asOf.getTime() - MAX_SILENCE_MS).toISOString();
  const latest = await events.page({ status: 'accepted', from }, PAGE_SIZE);
  const delivered = latest.events.find(({ transmissions }) => transmissions.length > 0);
  return Math.round((asOf.getTime() - Date.parse(delivered?.received_at ?? from)) / 1000);
}
