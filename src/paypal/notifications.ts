import * as z from 'zod/mini';
import { agreed, agreedOrGone, segment } from './client.ts';
import { MalformedPayPalBody } from './errors.ts';
import { readAs } from './response.ts';
import type { CallPayPal } from './transport.ts';

/** A subscription to events. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** Names of event types; `*` stands for all. */
  readonly eventTypes: readonly string[];
}

/** An event in PayPal's list. */
export interface ListedEvent {
  readonly id: string;
  readonly event_type: string;
  /** ISO 8601. */
  readonly create_time: string;
}

/** Some of PayPal's events, the newest first. `next` asks for the following ones; absent at the end. */
export interface EventList {
  readonly events: readonly ListedEvent[];
  readonly next?: string;
}

/**
 * PayPal's webhooks API: who is told of events, and what was told. It throws as the client for orders and payments does.
 * https://developer.paypal.com/docs/api/webhooks/v1/
 */
export interface PayPalNotifications {
  /** All webhooks of the REST app, whoever made them. */
  listWebhooks(): Promise<readonly Webhook[]>;
  /** @throws PayPalRefused `WEBHOOK_URL_ALREADY_EXISTS`, `WEBHOOK_NUMBER_LIMIT_EXCEEDED` */
  createWebhook(url: string, eventTypes: readonly string[]): Promise<Webhook>;
  /** Gives a webhook another address and other events. */
  changeWebhook({ id, url, eventTypes }: Webhook): Promise<Webhook>;
  /** Events between two times, of the last 45 days; or the page that `next` of an earlier one asks for. */
  listEvents(wanted: { readonly from: Date; readonly to: Date } | { readonly next: string }): Promise<EventList>;
  /** An event as PayPal would send it; undefined when PayPal knows none of that id. */
  getEvent(id: string): Promise<object | undefined>;
  /** Asks PayPal to send an event once more. @returns false when PayPal does not know it, or not any more. */
  resendEvent(id: string, webhookId: string): Promise<boolean>;
}

const webhook = z.object({
  id: z.string(),
  url: z.string(),
  event_types: z.array(z.object({ name: z.string() })),
});
const webhooks = z.object({ webhooks: z.array(webhook) });
const listed = z.object({
  id: z.string(),
  event_type: z.string(),
  create_time: z.iso.datetime({ offset: true }),
});
const eventList = z.object({
  events: z.array(listed),
  links: z.catch(z.array(z.object({ rel: z.string(), href: z.string() })), []),
});

const EVENTS = '/v1/notifications/webhooks-events';
/** PayPal's own default is 10. */
const PAGE_SIZE = 100;

/** Makes the client, beside the one for orders and payments on the same transport. */
export function payPalNotifications(call: CallPayPal): PayPalNotifications {
  const webhookFrom = (wire: unknown): Webhook => webhookOf(readAs('webhook', webhook, wire));
  return {
    async listWebhooks() {
      const read = (wire: unknown) => readAs('list of webhooks', webhooks, wire).webhooks.map(webhookOf);
      return agreed(await call({ operation: 'listWebhooks', path: '/v1/notifications/webhooks', read }));
    },

    async createWebhook(url, eventTypes) {
      const change = { url, event_types: eventTypes.map((name) => ({ name })) };
      const path = '/v1/notifications/webhooks';
      return agreed(await call({ operation: 'createWebhook', path, method: 'POST', change, read: webhookFrom }));
    },

    async changeWebhook({ id, url, eventTypes }) {
      const change = [
        { op: 'replace', path: '/url', value: url },
        { op: 'replace', path: '/event_types', value: eventTypes.map((name) => ({ name })) },
      ];
      const path = `/v1/notifications/webhooks/${segment(id)}`;
      return agreed(await call({ operation: 'changeWebhook', path, method: 'PATCH', change, read: webhookFrom }));
    },

    async listEvents(wanted) {
      const path = 'next' in wanted ? wanted.next : `${EVENTS}?${rangeOf(wanted)}`;
      return agreed(await call({ operation: 'listEvents', path, read: eventListFrom }));
    },

    async getEvent(id) {
      const read = (wire: unknown): object => readAs('event', z.looseObject({ id: z.literal(id) }), wire);
      return agreedOrGone(await call({ operation: 'getEvent', path: `${EVENTS}/${segment(id)}`, read }));
    },

    async resendEvent(id, webhookId) {
      const change = { webhook_ids: [webhookId] };
      const path = `${EVENTS}/${segment(id)}/resend`;
      const answer = await call({ operation: 'resendEvent', path, method: 'POST', change, read: () => true });
      return agreedOrGone(answer) ?? false;
    },
  };
}

const webhookOf = ({ id, url, event_types }: z.infer<typeof webhook>): Webhook => ({
  id,
  url,
  eventTypes: event_types.map(({ name }) => name),
});

const rangeOf = ({ from, to }: { from: Date; to: Date }) =>
  new URLSearchParams({
    page_size: String(PAGE_SIZE),
    start_time: inSeconds(Math.floor(from.getTime() / 1000)),
    end_time: inSeconds(Math.ceil(to.getTime() / 1000)),
  });

/** As in PayPal's own examples: whole seconds. */
const inSeconds = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** The token goes where the client says, never where an answer does: of its link, only the query counts. */
function eventListFrom(wire: unknown): EventList {
  const { events, links } = readAs('list of events', eventList, wire);
  const next = links.find(({ rel }) => rel === 'next')?.href;
  if (next === undefined) return { events };
  const { pathname, search } = new URL(next, 'https://api-m.paypal.com');
  if (pathname !== EVENTS) throw new MalformedPayPalBody('list of events', 'links', 'leads elsewhere');
  return { events, next: `${EVENTS}${search}` };
}
