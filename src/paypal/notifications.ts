import * as z from 'zod/mini';
import { segment, valueOrThrow, valueOrUndefined } from './client.ts';
import { MalformedPayPalBody } from './errors.ts';
import { lenient, listOf, readAs, text } from './response.ts';
import type { CallPayPal } from './transport.ts';

export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** `*` stands for all. */
  readonly eventTypes: readonly string[];
}

export interface ListedEvent {
  readonly id: string;
  readonly event_type?: string | undefined;
  /** ISO 8601. */
  readonly create_time?: string | undefined;
}

/** Newest first; without `next` and `brokenLink`, the last page. PayPal may return fewer events than requested. */
export interface EventList {
  readonly events: readonly ListedEvent[];
  readonly next?: string;
  /** There is a next page, but its link cannot be used. */
  readonly brokenLink?: MalformedPayPalBody;
}

/**
 * PayPal's webhooks API. Throws as `PayPal` in client.ts does.
 * https://developer.paypal.com/docs/api/webhooks/v1/
 */
export interface PayPalNotifications {
  /** All webhooks of the REST app, those of other systems included. */
  listWebhooks(): Promise<readonly Webhook[]>;
  /** @throws PayPalRefused `WEBHOOK_URL_ALREADY_EXISTS`, `WEBHOOK_NUMBER_LIMIT_EXCEEDED` */
  createWebhook(url: string, eventTypes: readonly string[]): Promise<Webhook>;
  /** Replaces URL and event types. */
  changeWebhook({ id, url, eventTypes }: Webhook): Promise<Webhook>;
  /** A no-op when there is no such webhook. */
  deleteWebhook(id: string): Promise<void>;
  /** PayPal keeps events for 45 days. */
  listEvents(range: { readonly from: Date; readonly to: Date } | { readonly next: string }): Promise<EventList>;
  /** An event as PayPal delivers it; undefined when not found. */
  getEvent(id: string): Promise<object | undefined>;
  /** Requests another delivery. @returns false when the event is not found. */
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
  event_type: lenient(z.string()),
  create_time: lenient(z.iso.datetime({ offset: true })),
});
const eventList = z.object({
  // An event without an id cannot be fetched. Anything but a list may be another page of a proxy.
  events: z.nullish(z.array(lenient(listed))),
  links: listOf(z.object({ rel: z.string(), href: text })),
});

const EVENTS = '/v1/notifications/webhooks-events';
/** PayPal's own default is 10. */
const PAGE_SIZE = 100;

export function payPalNotifications(call: CallPayPal): PayPalNotifications {
  const webhookFrom = (wire: unknown): Webhook => webhookOf(readAs('webhook', webhook, wire));
  return {
    async listWebhooks() {
      const read = (wire: unknown) => readAs('list of webhooks', webhooks, wire).webhooks.map(webhookOf);
      return valueOrThrow(await call({ operation: 'listWebhooks', path: '/v1/notifications/webhooks', read }));
    },

    async createWebhook(url, eventTypes) {
      const change = { url, event_types: eventTypes.map((name) => ({ name })) };
      const path = '/v1/notifications/webhooks';
      return valueOrThrow(await call({ operation: 'createWebhook', path, method: 'POST', change, read: webhookFrom }));
    },

    async changeWebhook({ id, url, eventTypes }) {
      const change = [
        { op: 'replace', path: '/url', value: url },
        { op: 'replace', path: '/event_types', value: eventTypes.map((name) => ({ name })) },
      ];
      const path = `/v1/notifications/webhooks/${segment(id)}`;
      return valueOrThrow(await call({ operation: 'changeWebhook', path, method: 'PATCH', change, read: webhookFrom }));
    },

    async deleteWebhook(id) {
      const path = `/v1/notifications/webhooks/${segment(id)}`;
      valueOrUndefined(await call({ operation: 'deleteWebhook', path, method: 'DELETE', read: () => undefined }));
    },

    async listEvents(range) {
      const path = 'next' in range ? range.next : `${EVENTS}?${queryOf(range)}`;
      return valueOrThrow(await call({ operation: 'listEvents', path, read: eventListFrom }));
    },

    async getEvent(id) {
      const read = (wire: unknown): object => readAs('event', z.looseObject({ id: z.literal(id) }), wire);
      return valueOrUndefined(await call({ operation: 'getEvent', path: eventPath(id), read }));
    },

    async resendEvent(id, webhookId) {
      const change = { webhook_ids: [webhookId] };
      const path = `${eventPath(id)}/resend`;
      const response = await call({ operation: 'resendEvent', path, method: 'POST', change, read: () => true });
      return valueOrUndefined(response) ?? false;
    },
  };
}

/** @throws RangeError for an id that would address another resource */
function eventPath(id: string): string {
  if (/^\.{1,2}$/.test(id)) throw new RangeError(`invalid event id "${id}"`);
  return `${EVENTS}/${encodeURIComponent(id)}`;
}

const webhookOf = ({ id, url, event_types }: z.infer<typeof webhook>): Webhook => ({
  id,
  url,
  eventTypes: event_types.map(({ name }) => name),
});

const queryOf = ({ from, to }: { from: Date; to: Date }) =>
  new URLSearchParams({
    page_size: String(PAGE_SIZE),
    start_time: inSeconds(Math.floor(from.getTime() / 1000)),
    end_time: inSeconds(Math.ceil(to.getTime() / 1000)),
  });

/** Whole seconds, as in PayPal's examples. */
const inSeconds = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

function eventListFrom(wire: unknown): EventList {
  const { events: listedEvents, links } = readAs('list of events', eventList, wire);
  const events = (listedEvents ?? []).filter((event) => event !== undefined);
  const link = links.find(({ rel }) => rel === 'next');
  if (!link) return { events };
  const query = queryOfLink(link.href);
  return query === undefined
    ? { events, brokenLink: new MalformedPayPalBody('list of events', 'links', 'unusable link to the next page') }
    : { events, next: `${EVENTS}${query}` };
}

/**
 * Only the query of a link is used: the token is sent to the configured origin, never to one from a response. PayPal's
 * reference writes a slash before the query, and its SDKs' recordings `&amp;` between the parameters.
 * https://developer.paypal.com/docs/api/webhooks/v1/#webhooks-events_list
 */
function queryOfLink(href: string | undefined): string | undefined {
  const url = href === undefined ? null : URL.parse(href.replaceAll('&amp;', '&'), 'https://api-m.paypal.com');
  return url?.pathname.replace(/\/+$/, '') === EVENTS && url.search ? url.search : undefined;
}
