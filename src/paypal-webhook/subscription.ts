import type { PayPalNotifications, Webhook } from '../paypal/notifications.ts';
import { SUBSCRIBED_EVENT_TYPES } from './event-types.ts';

/** The events that the shop acts on and the webhook is not told of. */
export const missingEventTypes = ({ eventTypes }: Webhook): string[] =>
  eventTypes.includes('*') ? [] : SUBSCRIBED_EVENT_TYPES.filter((name) => !eventTypes.includes(name));

/** What became of the shop's subscription. */
export interface SubscribeResult {
  readonly webhook: Webhook;
  readonly did: 'created' | 'repaired' | 'nothing';
}

type Api = Pick<PayPalNotifications, 'listWebhooks' | 'createWebhook' | 'changeWebhook'>;

/**
 * Makes the shop's subscription what it must be: one webhook with this address, told of all that the shop acts on. The webhook is known
 * by its address, or, where the shop has moved, by the id that it had. No other webhook of the account is touched.
 * @throws PayPalRefused `WEBHOOK_NUMBER_LIMIT_EXCEEDED`; `WEBHOOK_URL_ALREADY_EXISTS` when another REST app has the address
 */
export async function subscribe(paypal: Api, url: string, knownId: string): Promise<SubscribeResult> {
  const webhooks = await paypal.listWebhooks();
  const ours = webhooks.find((webhook) => webhook.url === url) ?? webhooks.find(({ id }) => id === knownId);
  if (!ours) return { webhook: await paypal.createWebhook(url, SUBSCRIBED_EVENT_TYPES), did: 'created' };
  const missing = missingEventTypes(ours);
  if (missing.length === 0 && ours.url === url) return { webhook: ours, did: 'nothing' };
  const eventTypes = [...ours.eventTypes, ...missing];
  return { webhook: await paypal.changeWebhook({ id: ours.id, url, eventTypes }), did: 'repaired' };
}
