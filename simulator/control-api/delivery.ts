import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { createEvent } from '../state/events.ts';
import { newEventId } from '../state/ids.ts';
import { parseJson } from '../state/json.ts';
import type { WebhookEvent } from '../state/state.ts';
import { parseControlBody } from './input.ts';

const settingsSchema = z.strictObject({
  hold: z.exactOptional(z.boolean()),
  delay_ms: z.exactOptional(z.int().check(z.minimum(0), z.maximum(600_000))),
  copies: z.exactOptional(z.int().check(z.minimum(1), z.maximum(100))),
  shuffle: z.exactOptional(z.boolean()),
  drop: z.exactOptional(z.boolean()),
});
const eventSchema = z.strictObject({
  event_type: z.string().check(z.minLength(1)),
  resource: z.optional(z.record(z.string(), z.unknown())),
  signature: z._default(z.enum(['good', 'bad', 'wrong-cert', 'mock-id']), 'good'),
  event_id: z.optional(z.string().check(z.minLength(1))),
  /** Signed and sent verbatim instead of a generated event. */
  body: z.optional(z.string()),
  headers: z.optional(
    z.record(z.string().check(z.regex(/^[a-z0-9-]+$/i)), z.string().check(z.regex(/^[\x20-\x7e]*$/))),
  ),
});
const emptySchema = z.strictObject({});

/** `/_sim/delivery`, `/_sim/deliveries`, `/_sim/events`: delivery settings, delivery log, custom events. */
export function deliveryControl(sim: Simulation): Hono<Env> {
  const { deliverer, state } = sim;
  const app = new Hono<Env>().basePath('/_sim');

  app.put('/delivery', async (c) => {
    deliverer.configure(await parseControlBody(c, settingsSchema));
    return c.json(deliverer.settings());
  });

  app.post('/delivery/flush', async (c) => {
    await parseControlBody(c, emptySchema);
    return c.json({ delivered: await deliverer.flush() });
  });

  app.get('/deliveries', (c) => c.json({ deliveries: deliverer.records() }));

  app.post('/events', async (c) => {
    const { signature, headers, ...request } = await parseControlBody(c, eventSchema);
    const event = buildEvent(sim, request);
    const genuine = signature === 'good';
    // PayPal's event list has only genuine events: no forgeries, no arbitrary bodies.
    if (genuine && request.body === undefined && !state.events.has(event.id)) state.events.set(event.id, event);
    const options = { signature, retry: genuine, headers: headers && lowerCased(headers) };
    const attempts = await Promise.all([...state.webhooks.keys()].map((id) => deliverer.sendNow(event, id, options)));
    const deliveries = attempts.flat().map(({ http_status, answer }) => ({ http_status, answer }));
    return c.json({ event_id: event.id, deliveries });
  });

  return app;
}

type EventRequest = Pick<z.infer<typeof eventSchema>, 'event_type' | 'resource' | 'event_id' | 'body'>;

function buildEvent(
  { origin, now }: Simulation,
  { event_type, resource = {}, event_id, body }: EventRequest,
): WebhookEvent {
  const id = event_id ?? idIn(body) ?? newEventId();
  const transactionIds = typeof resource.id === 'string' ? [resource.id] : [];
  const draft = { type: event_type, summary: 'A custom event', resource, orderId: newEventId(), transactionIds };
  const event = createEvent(origin, now(), draft, id);
  return body === undefined ? event : { ...event, body: Buffer.from(body) };
}

/** The event id inside a verbatim body, so that its deliveries can be looked up. */
function idIn(body: string | undefined): string | undefined {
  return z.safeParse(z.object({ id: z.string() }), parseJson(body ?? '')).data?.id;
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
