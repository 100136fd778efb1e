import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { MOCK_WEBHOOK_ID } from '../delivery/signing.ts';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { type Link, webhooksError } from '../state/errors.ts';
import { EVENT_TYPES } from '../state/events.ts';
import { newId } from '../state/ids.ts';
import { memberSource, parseJson } from '../state/json.ts';
import { httpUrlSchema } from '../state/schemas.ts';
import type { Webhook } from '../state/state.ts';

/** "Up to 10 webhook URLs": https://developer.paypal.com/api/webhooks/ */
const MAX_WEBHOOKS = 10;

const eventTypesSchema = z
  .array(z.object({ name: z.string().check(z.regex(/^(\*|[A-Z0-9._-]+)$/)) }))
  .check(z.minLength(1), z.maxLength(500));
const webhookSchema = z.object({ url: httpUrlSchema, event_types: eventTypesSchema });
const patchSchema = z.array(
  z.discriminatedUnion('path', [
    z.object({ op: z.literal('replace'), path: z.literal('/url'), value: httpUrlSchema }),
    z.object({ op: z.literal('replace'), path: z.literal('/event_types'), value: eventTypesSchema }),
  ]),
);
const verifySchema = z.object({
  auth_algo: z.string(),
  cert_url: z.string(),
  transmission_id: z.string(),
  transmission_sig: z.string(),
  transmission_time: z.string(),
  webhook_id: z.string(),
  webhook_event: z.record(z.string(), z.unknown()),
});

/** `/v1/notifications`: webhooks, event types, `verify-webhook-signature`. */
export function webhooksApi(sim: Simulation): Hono<Env> {
  const { webhooks } = sim.state;
  const app = new Hono<Env>().basePath('/v1/notifications');

  app.post('/webhooks', async (c) => {
    const { url, event_types } = await parseBody(c, webhookSchema);
    assertUrlAvailable(webhooks, url);
    if (webhooks.size >= MAX_WEBHOOKS) {
      throw webhooksError(400, 'WEBHOOK_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the maximum number of webhooks');
    }
    const webhook: Webhook = { id: newId(), url, eventTypes: event_types.map(({ name }) => name) };
    webhooks.set(webhook.id, webhook);
    return c.json(webhookBody(sim, webhook), 201);
  });

  app.get('/webhooks', (c) => c.json({ webhooks: [...webhooks.values()].map((webhook) => webhookBody(sim, webhook)) }));

  app.get('/webhooks/:id', (c) => c.json(webhookBody(sim, findWebhook(sim, c.req.param('id')))));

  app.patch('/webhooks/:id', async (c) => {
    const webhook = findWebhook(sim, c.req.param('id'));
    for (const change of await parseBody(c, patchSchema)) {
      if (change.path === '/event_types') webhook.eventTypes = change.value.map(({ name }) => name);
      else if (change.value !== webhook.url) {
        assertUrlAvailable(webhooks, change.value);
        webhook.url = change.value;
      }
    }
    return c.json(webhookBody(sim, webhook));
  });

  app.delete('/webhooks/:id', (c) => {
    webhooks.delete(findWebhook(sim, c.req.param('id')).id);
    return c.body(null, 204);
  });

  app.get('/webhooks/:id/event-types', (c) =>
    c.json({ event_types: eventTypes(findWebhook(sim, c.req.param('id')).eventTypes) }),
  );

  app.get('/webhooks-event-types', (c) => c.json({ event_types: eventTypes(EVENT_TYPES.map(({ name }) => name)) }));

  app.post('/verify-webhook-signature', async (c) => {
    const request = await parseBody(c, verifySchema);
    const genuine =
      request.auth_algo === 'SHA256withRSA' &&
      // "Postback verification is not supported" for the events of PayPal's webhooks simulator.
      request.webhook_id !== MOCK_WEBHOOK_ID &&
      sim.signer.isValid(
        {
          transmissionId: request.transmission_id,
          time: request.transmission_time,
          webhookId: request.webhook_id,
          body: Buffer.from(memberSource(await c.req.text(), 'webhook_event') ?? ''),
        },
        request.transmission_sig,
        request.cert_url,
      );
    return c.json({ verification_status: genuine ? 'SUCCESS' : 'FAILURE' });
  });

  return app;
}

/**
 * Validates the body of a request to the webhooks API; an empty body is `{}`.
 * @throws PayPalError 400 VALIDATION_ERROR with the invalid fields
 */
export async function parseBody<Schema extends z.ZodMiniType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const text = await c.req.text();
  const parsed = z.safeParse(schema, text === '' ? {} : parseJson(text));
  if (parsed.success) return parsed.data;
  throw invalidData(parsed.error.issues.map(({ path }) => path.join('.')));
}

/** The webhooks API's error for invalid fields. */
export const invalidData = (fields: readonly string[]) =>
  webhooksError(
    400,
    'VALIDATION_ERROR',
    'Invalid data provided',
    fields.map((field) => ({ field, issue: 'Invalid data provided' })),
  );

/** The webhooks API's error for an unknown id. */
export const invalidId = () => webhooksError(404, 'INVALID_RESOURCE_ID', 'Resource id is invalid');

/** @throws PayPalError 404 */
export function findWebhook({ state }: Simulation, id: string): Webhook {
  const webhook = state.webhooks.get(id);
  if (!webhook) throw invalidId();
  return webhook;
}

function assertUrlAvailable(webhooks: Simulation['state']['webhooks'], url: string): void {
  if ([...webhooks.values()].some((webhook) => webhook.url === url)) {
    throw webhooksError(400, 'WEBHOOK_URL_ALREADY_EXISTS', 'Webhook URL already exists');
  }
}

function webhookBody({ origin }: Simulation, { id, url, eventTypes: names }: Webhook) {
  const self = `${origin}/v1/notifications/webhooks/${id}`;
  const links: Link[] = [
    { href: self, rel: 'self', method: 'GET' },
    { href: self, rel: 'update', method: 'PATCH' },
    { href: self, rel: 'delete', method: 'DELETE' },
  ];
  return { id, url, event_types: eventTypes(names), links };
}

const eventTypes = (names: readonly string[]) =>
  names.map((name) => ({
    name,
    description: name === '*' ? 'ALL' : (EVENT_TYPES.find((type) => type.name === name)?.description ?? name),
    status: 'ENABLED',
  }));
