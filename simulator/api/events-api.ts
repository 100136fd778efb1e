import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { isSubscribed } from '../state/events.ts';
import { httpUrlSchema } from '../state/schemas.ts';
import type { EventListSettings, WebhookEvent } from '../state/state.ts';
import { mockEvent } from './mock-events.ts';
import { findWebhook, invalidData, invalidId, parseBody } from './webhooks-api.ts';

/** PayPal responds with 400 to an older `start_time` (recorded). */
const MAX_AGE_MS = 45 * 24 * 60 * 60 * 1000;

const querySchema = z.object({
  page_size: z._default(z.coerce.number().check(z.int(), z.minimum(1)), 10),
  start_time: z.optional(z.iso.datetime({ offset: true })),
  end_time: z.optional(z.iso.datetime({ offset: true })),
  event_type: z.optional(z.string()),
  transaction_id: z.optional(z.string()),
  // Cursor of PayPal's `next` links: the page starts after the event with this number.
  index_id: z.optional(z.coerce.number().check(z.int())),
});
const resendSchema = z.object({ webhook_ids: z.optional(z.array(z.string()).check(z.maxLength(500))) });
const simulateSchema = z.object({
  event_type: z.string(),
  url: z.optional(httpUrlSchema),
  webhook_id: z.optional(z.string()),
  resource_version: z.optional(z.string()),
});

/** `/v1/notifications/webhooks-events` and `/simulate-event`. */
export function eventsApi(sim: Simulation): Hono<Env> {
  const { events, webhooks } = sim.state;
  const app = new Hono<Env>().basePath('/v1/notifications');

  const listEvents = (c: Context<Env>) => {
    const query = z.safeParse(querySchema, c.req.query());
    if (!query.success) throw invalidData(query.error.issues.map(({ path }) => path.join('.')));
    const { page_size, index_id, ...filter } = query.data;
    if (filter.start_time && Date.parse(filter.start_time) < sim.now().getTime() - MAX_AGE_MS) {
      throw invalidData(['start_time']);
    }
    const matching = [...events.values()]
      .map((event, index) => ({ event, number: index + 1 }))
      .reverse() // newest first, as recorded
      .filter(({ event }) => filterBy(filter)(event));
    const start = index_id === undefined ? 0 : matching.filter(({ number }) => number >= index_id).length;
    const page = matching.slice(start, start + page_size);
    const last = matching.length > start + page_size ? page.at(-1) : undefined;
    const self = new URL(c.req.path + new URL(c.req.url).search, sim.origin);
    const links: { href: string | null; rel: string; method: 'GET' }[] = [
      { href: self.href, rel: 'self', method: 'GET' },
    ];
    if (last) {
      const { next, page: only } = sim.state.eventList;
      const pageNumber = Math.floor(start / page_size) + 1;
      const spell = SPELLINGS[only === null || only === pageNumber ? next : 'slash'];
      links.push({ href: spell(nextUrl(self, last)), rel: 'next', method: 'GET' });
    }
    return c.json({ events: page.map(({ event }) => bodyOf(event)), count: page.length, links });
  };
  app.get('/webhooks-events', listEvents);
  app.get('/webhooks-events/', listEvents);

  app.get('/webhooks-events/:id', (c) => c.json(bodyOf(findEvent(sim, c.req.param('id')))));

  app.post('/webhooks-events/:id/resend', async (c) => {
    const event = findEvent(sim, c.req.param('id'));
    const { webhook_ids } = await parseBody(c, resendSchema);
    const targets = webhook_ids
      ? webhook_ids.map((id) => findWebhook(sim, id))
      : [...webhooks.values()].filter((webhook) => isSubscribed(webhook, event));
    for (const webhook of targets) {
      // "Any pending notifications are not resent": PayPal's OpenAPI.
      if (!sim.deliverer.isPending(event.id, webhook.id)) sim.deliverer.send(event, webhook);
    }
    return c.json(bodyOf(event), 202);
  });

  app.post('/simulate-event', async (c) => {
    const { event_type, url, webhook_id } = await parseBody(c, simulateSchema);
    const target = url ?? (webhook_id ? findWebhook(sim, webhook_id).url : undefined);
    if (!target) throw invalidData(['url', 'webhook_id']);
    const event = mockEvent(event_type);
    if (!event) throw invalidData(['event_type']);
    void sim.deliverer.sendNow(event, '', { signature: 'mock-id', retry: false, url: target });
    return c.json(bodyOf(event), 202);
  });

  return app;
}

/** An event with its position among all, from 1. */
interface NumberedEvent {
  readonly event: WebhookEvent;
  readonly number: number;
}

type Filter = Omit<z.infer<typeof querySchema>, 'page_size' | 'index_id'>;

const filterBy =
  ({ start_time, end_time, event_type, transaction_id }: Filter) =>
  ({ createTime, type, transactionIds }: WebhookEvent): boolean =>
    (!start_time || createTime.getTime() >= Date.parse(start_time)) &&
    (!end_time || createTime.getTime() <= Date.parse(end_time)) &&
    (!event_type || type === event_type) &&
    (!transaction_id || transactionIds.includes(transaction_id));

/** In PayPal's reference, the path of a `next` link ends with a slash. */
function nextUrl(self: URL, { event, number }: NumberedEvent): URL {
  const url = new URL(self);
  url.pathname = url.pathname.replace(/\/?$/, '/');
  url.searchParams.set('move_to', 'next');
  url.searchParams.set('index_time', event.createTime.toISOString());
  url.searchParams.set('index_id', String(number));
  return url;
}

const SPELLINGS: Readonly<Record<EventListSettings['next'], (url: URL) => string | null>> = {
  slash: (url) => url.href,
  plain: (url) => url.href.replace('/?', '?'),
  escaped: (url) => url.href.replaceAll('&', '&amp;'),
  misspelt: (url) => url.href.replace('/notifications/', '/notfications/'),
  'other-host': (url) => `https://api.paypal.com${url.pathname}${url.search}`,
  broken: () => 'https://',
  null: () => null,
};

function findEvent({ state }: Simulation, id: string): WebhookEvent {
  const event = state.events.get(id);
  if (!event) throw invalidId();
  return event;
}

const bodyOf = ({ body }: WebhookEvent): Record<string, unknown> => JSON.parse(body.toString());
