import type { PayPalNotifications, Webhook } from '../paypal/notifications.ts';
import { SUBSCRIBED_EVENT_TYPES } from './event-types.ts';

/** Event types that the shop handles and the webhook is not subscribed to. */
export const missingEventTypes = ({ eventTypes }: Webhook): string[] =>
  eventTypes.includes('*') ? [] : SUBSCRIBED_EVENT_TYPES.filter((name) => !eventTypes.includes(name));

export interface SubscribeResult {
  readonly webhook: Webhook;
  readonly outcome: 'created' | 'updated' | 'unchanged';
}

type Api = Pick<PayPalNotifications, 'listWebhooks' | 'createWebhook' | 'changeWebhook'>;

/**
 * Creates or updates the shop's webhook: one with this URL, subscribed to all types that the shop handles. It is found
 * by URL, or by its id when the URL has changed. Other webhooks of the account are not changed.
 * @throws PayPalRefused `WEBHOOK_NUMBER_LIMIT_EXCEEDED`; `WEBHOOK_URL_ALREADY_EXISTS` when another REST app has the URL
 */
export async function subscribe(paypal: Api, url: string, storedId: string): Promise<SubscribeResult> {
  const webhooks = await paypal.listWebhooks();
  const ours = webhooks.find((webhook) => webhook.url === url) ?? webhooks.find(({ id }) => id === storedId);
  if (!ours) return { webhook: await paypal.createWebhook(url, SUBSCRIBED_EVENT_TYPES), outcome: 'created' };
  const missing = missingEventTypes(ours);
  if (missing.length === 0 && ours.url === url) return { webhook: ours, outcome: 'unchanged' };
  const eventTypes = [...ours.eventTypes, ...missing];
  return { webhook: await paypal.changeWebhook({ id: ours.id, url, eventTypes }), outcome: 'updated' };
}
