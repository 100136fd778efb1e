import './report-errors.ts';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { missingEventTypes, subscribe } from '../src/paypal-webhook/subscription.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { DEPLOYMENT_OPTIONS, findDeployment } from './find-deployment.ts';
import { payPalClientFor } from './paypal-client.ts';

/*
 * What PayPal tells the shop: npm run paypal -- register | status | events [--hours 24] | resend WH-… [--stage prod]
 */

const HOURS = 24;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ...DEPLOYMENT_OPTIONS, hours: { type: 'string', default: String(HOURS) } },
});
const [what = '', eventId = '', tooMuch] = positionals;
const hours = Number(values.hours);

const COMMANDS: Readonly<Record<string, (() => Promise<void>) | undefined>> = {
  register,
  status,
  events: hours > 0 && hours < 24 * 45 ? events : undefined,
  resend: eventId ? resend : undefined,
};
const run = tooMuch === undefined && (what === 'resend' || !eventId) ? COMMANDS[what] : undefined;
if (run) await run();
else {
  console.error('usage: npm run paypal -- register | status | events [--hours N] | resend WH-… [--stage NAME]');
  process.exitCode = 2;
}

/** Makes or repairs the subscription, and stores its id. */
async function register(): Promise<void> {
  const { paypal, secret, stored, webhookUrl, secretName } = await payPalClientFor(values);
  const { webhook, did } = await subscribe(paypal, webhookUrl, stored.webhook_id);
  const DID = { created: 'was made', repaired: 'was repaired', nothing: 'is as it should be' };
  console.log(`webhook ${webhook.id} of ${webhook.url} ${DID[did]}`);
  if (webhook.id === stored.webhook_id) return;
  await secret.write({ ...stored, webhook_id: webhook.id });
  console.log(`its id is stored in ${secretName}: functions read it within five minutes`);
}

/** Tells whether PayPal tells the shop all that it acts on. */
async function status(): Promise<void> {
  const { paypal, stored, webhookUrl, baseUrl } = await payPalClientFor(values);
  const webhooks = await paypal.listWebhooks();
  console.log(`${baseUrl} knows the shop; webhooks of its app: ${webhooks.length}`);
  const ours = webhooks.find(({ id }) => id === stored.webhook_id);
  const faults = ours
    ? [
        ...(ours.url === webhookUrl ? [] : [`it goes to ${ours.url}, not to ${webhookUrl}`]),
        ...missingEventTypes(ours).map((name) => `it is not told of ${name}`),
      ]
    : [`there is no webhook ${stored.webhook_id || '(the secret names none)'}`];
  if (faults.length === 0) console.log(`webhook ${stored.webhook_id} of ${webhookUrl} is as it should be`);
  else {
    console.error([...faults, 'npm run paypal -- register puts it right'].join('\n'));
    process.exitCode = 1;
  }
}

/** Lists PayPal's events of the last hours, and what became of them here. */
async function events(): Promise<void> {
  const { paypal } = await payPalClientFor(values);
  const { clientOptions, tables } = await findDeployment(values);
  const client = new DynamoDBClient(clientOptions);
  const stored = eventRepository(documentClient(client), tables['webhook-events']);
  const to = new Date();
  let page = await paypal.listEvents({ from: new Date(to.getTime() - hours * 3_600_000), to });
  let [all, unseen] = [0, 0];
  for (;;) {
    for (const { id, event_type, create_time } of page.events) {
      const ours = await stored.get(id);
      console.log(
        [create_time, id, event_type, ours?.status ?? 'never came', ours?.payment_id ?? ''].join('  ').trim(),
      );
      all += 1;
      unseen += ours ? 0 : 1;
    }
    if (page.next === undefined) break;
    page = await paypal.listEvents({ next: page.next });
  }
  console.log(`${all} events in ${hours} hours, of which ${unseen} never came`);
  client.destroy();
}

/** Asks PayPal to send one event to the shop once more. */
async function resend(): Promise<void> {
  const { paypal, stored } = await payPalClientFor(values);
  if (await paypal.resendEvent(eventId, stored.webhook_id)) {
    console.log(`${eventId} is on its way, unless a delivery of it is under way already`);
    return;
  }
  console.error(`PayPal does not know ${eventId}, or not any longer`);
  process.exitCode = 1;
}
