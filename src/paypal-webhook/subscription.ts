import type { PayPalNotifications, Webhook } from '../paypal/notifications.ts';
import type { PayPalSecret } from '../paypal/secret.ts';
import { SUBSCRIBED_EVENT_TYPES } from './event-types.ts';

/** Event types that the shop handles and the webhook is not subscribed to. */
export const missingEventTypes = ({ eventTypes }: Webhook): string[] =>
  eventTypes.includes('*') ? [] : SUBSCRIBED_EVENT_TYPES.filter((name) => !eventTypes.includes(name));

export interface SubscribeResult {
  readonly webhook: Webhook;
  readonly outcome: 'created' | 'updated' | 'unchanged';
}

type Api = Pick<PayPalNotifications, 'listWebhooks' | 'createWebhook' | 'changeWebhook' | 'deleteWebhook'>;
type WebhookIds = Pick<PayPalSecret, 'webhook_id' | 'previous_webhook_id'>;

/**
 * Creates or updates the shop's webhook: one with this URL, subscribed to all types that the shop handles. When the URL
 * changes, so does the id, which PayPal signs: what was overheard at the old URL is not accepted any more. The old
 * webhook, known by the stored id, is removed once the new id is stored. Other webhooks of the account are not changed.
 * May be repeated after a crash.
 * @throws PayPalRefused `WEBHOOK_NUMBER_LIMIT_EXCEEDED`; `WEBHOOK_URL_ALREADY_EXISTS` when another REST app has the URL
 */
export async function subscribe(
  paypal: Api,
  url: string,
  stored: WebhookIds,
  store: (ids: WebhookIds) => Promise<void>,
): Promise<SubscribeResult> {
  const webhooks = await paypal.listWebhooks();
  const remove = async (id: string | undefined) => {
    const old = webhooks.find((webhook) => webhook.id === id);
    if (old && old.url !== url && pathOf(old.url) === pathOf(url)) await paypal.deleteWebhook(old.id);
  };
  await remove(stored.previous_webhook_id);

  const result = await createOrUpdate(paypal, url, webhooks);
  const { id: webhook_id } = result.webhook;
  if (webhook_id !== stored.webhook_id && stored.webhook_id) {
    await store({ webhook_id, previous_webhook_id: stored.webhook_id });
    await remove(stored.webhook_id);
  }
  if (webhook_id !== stored.webhook_id || stored.previous_webhook_id) await store({ webhook_id });
  return result;
}

async function createOrUpdate(paypal: Api, url: string, webhooks: readonly Webhook[]): Promise<SubscribeResult> {
  const ours = webhooks.find((webhook) => webhook.url === url);
  if (!ours) return { webhook: await paypal.createWebhook(url, SUBSCRIBED_EVENT_TYPES), outcome: 'created' };
  const missing = missingEventTypes(ours);
  if (missing.length === 0) return { webhook: ours, outcome: 'unchanged' };
  const eventTypes = [...ours.eventTypes, ...missing];
  return { webhook: await paypal.changeWebhook({ ...ours, eventTypes }), outcome: 'updated' };
}

/** The same for every shop of this project; a stored id may belong to another system. */
const pathOf = (url: string): string | undefined => URL.parse(url)?.pathname;
