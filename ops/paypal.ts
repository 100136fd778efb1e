import './report-errors.ts';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { missingEventTypes, subscribe } from '../src/paypal-webhook/subscription.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { DEPLOYMENT_OPTIONS, findDeployment } from './find-deployment.ts';
import { payPalClientFor } from './paypal-client.ts';

/*
 * Manages the webhook at PayPal:
 *   npm run paypal -- register | status | events [--hours 24] | resend WH-… [--stage prod]
 */

const DEFAULT_HOURS = 24;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ...DEPLOYMENT_OPTIONS, hours: { type: 'string', default: String(DEFAULT_HOURS) } },
});
const [command = '', eventId = '', extra] = positionals;
const hours = Number(values.hours);

const COMMANDS: Readonly<Record<string, (() => Promise<void>) | undefined>> = {
  register,
  status,
  events: hours > 0 && hours < 24 * 45 ? events : undefined,
  resend: eventId ? resend : undefined,
};
const run = extra === undefined && (command === 'resend' || !eventId) ? COMMANDS[command] : undefined;
if (run) await run();
else {
  console.error('usage: npm run paypal -- register | status | events [--hours N] | resend WH-… [--stage NAME]');
  process.exitCode = 2;
}

/** Creates or updates the webhook, and stores its id in the secret. */
async function register(): Promise<void> {
  const { paypal, secret, stored, webhookUrl, secretName } = await payPalClientFor(values);
  const { webhook, outcome } = await subscribe(paypal, webhookUrl, stored.webhook_id);
  const OUTCOMES = { created: 'created', updated: 'updated', unchanged: 'up to date' };
  console.log(`webhook ${webhook.id} for ${webhook.url}: ${OUTCOMES[outcome]}`);
  if (webhook.id === stored.webhook_id) return;
  await secret.write({ ...stored, webhook_id: webhook.id });
  console.log(`stored its id in secret ${secretName}; functions pick it up within 5 minutes`);
}

/** Checks the URL and the event types of the webhook. */
async function status(): Promise<void> {
  const { paypal, stored, webhookUrl, baseUrl } = await payPalClientFor(values);
  const webhooks = await paypal.listWebhooks();
  console.log(`${baseUrl} accepts the credentials; webhooks of the app: ${webhooks.length}`);
  const ours = webhooks.find(({ id }) => id === stored.webhook_id);
  const problems = ours
    ? [
        ...(ours.url === webhookUrl ? [] : [`wrong URL ${ours.url}: expected ${webhookUrl}`]),
        ...missingEventTypes(ours).map((name) => `not subscribed to ${name}`),
      ]
    : [stored.webhook_id ? `webhook ${stored.webhook_id} not found` : 'the secret has no webhook id'];
  if (problems.length === 0) console.log(`webhook ${stored.webhook_id} for ${webhookUrl}: up to date`);
  else {
    console.error([...problems, 'to fix this: npm run paypal -- register'].join('\n'));
    process.exitCode = 1;
  }
}

/** Lists PayPal's events of the last hours, each with its status in the shop. */
async function events(): Promise<void> {
  const { paypal } = await payPalClientFor(values);
  const { clientOptions, tables } = await findDeployment(values);
  const client = new DynamoDBClient(clientOptions);
  const stored = eventRepository(documentClient(client), tables['webhook-events']);
  const to = new Date();
  let page = await paypal.listEvents({ from: new Date(to.getTime() - hours * 3_600_000), to });
  let [total, missing] = [0, 0];
  for (;;) {
    for (const { id, event_type, create_time } of page.events) {
      const ours = await stored.get(id);
      console.log(
        [create_time, id, event_type, ours?.status ?? 'not received', ours?.payment_id ?? ''].join('  ').trim(),
      );
      total += 1;
      missing += ours ? 0 : 1;
    }
    if (page.next === undefined) break;
    page = await paypal.listEvents({ next: page.next });
  }
  console.log(`${total} events in ${hours} hours, ${missing} not received`);
  client.destroy();
}

/** Requests another delivery of one event. */
async function resend(): Promise<void> {
  const { paypal, stored } = await payPalClientFor(values);
  if (await paypal.resendEvent(eventId, stored.webhook_id)) {
    console.log(`PayPal will deliver ${eventId} again, unless a delivery is already in progress`);
    return;
  }
  console.error(`event ${eventId} not found at PayPal, or no longer available`);
  process.exitCode = 1;
}
