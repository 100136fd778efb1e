import type { EventRepository } from '../paypal-webhook/event-repository.ts';

/** A day of silence is as bad as a week of it. */
const LOOKED_BACK_MS = 24 * 60 * 60 * 1000;
/** Events that the shop found in PayPal's list lie between those that were delivered. */
const LOOKED_AT = 50;

/** Seconds since PayPal last delivered an event that could be settled; a day at most. */
export async function webhookSilence(events: Pick<EventRepository, 'page'>, asOf: Date): Promise<number> {
  const from = new Date(asOf.getTime() - LOOKED_BACK_MS).toISOString();
  const latest = await events.page({ status: 'accepted', from }, LOOKED_AT);
  const delivered = latest.events.find(({ transmissions }) => transmissions.length > 0);
  return Math.round((asOf.getTime() - Date.parse(delivered?.received_at ?? from)) / 1000);
}
