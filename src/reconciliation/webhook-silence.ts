import type { EventRepository } from '../paypal-webhook/event-repository.ts';

/** Longer silence is reported as a day. */
const MAX_SILENCE_MS = 24 * 60 * 60 * 1000;
/** Events fetched from PayPal's list lie between the delivered ones. */
const PAGE_SIZE = 50;

/** Seconds since PayPal last delivered an event that was accepted; a day at most. */
export async function webhookSilence(events: Pick<EventRepository, 'page'>, asOf: Date): Promise<number> {
  const from = new Date(asOf.getTime() - MAX_SILENCE_MS).toISOString();
  const latest = await events.page({ status: 'accepted', from }, PAGE_SIZE);
  const delivered = latest.events.find(({ transmissions }) => transmissions.length > 0);
  return Math.round((asOf.getTime() - Date.parse(delivered?.received_at ?? from)) / 1000);
}
