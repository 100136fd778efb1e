import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { deliverAgain } from '../src/paypal-webhook/deliver-again.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { missingEventTypes, subscribe } from '../src/paypal-webhook/subscription.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, run, wholeNumber, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';
import { payPalClientFor } from './paypal-client.ts';
import { checkCredentials, readCredentials } from './paypal-credentials.ts';

/** PayPal keeps events for 45 days. */
const MAX_HOURS = 45 * 24 - 1;

const paypal = command('npm run paypal', "Manages the shop's credentials and its webhook at PayPal.")
  .addOption(STAGE)
  .addOption(STACK_FILE);

paypal
  .command('credentials')
  .description('Stores client id and secret, two lines of standard input, once PayPal has accepted them.')
  .addOption(DRY_RUN)
  .addOption(YES)
  .addOption(JSON_OUTPUT)
  .action(async ({ dryRun, yes, json }, program) => {
    const credentials = await readCredentials({ input: process.stdin, output: process.stderr });
    const {
      paypal: api,
      secret,
      stored,
      secretName,
      baseUrl,
    } = await payPalClientFor(program.optsWithGlobals(), credentials);
    const { outcome, needsWebhook } = await checkCredentials(api, stored, credentials);
    const question = `Replace the credentials of client ${stored.client_id} in secret ${secretName}?`;
    if (outcome === 'replaced' && !dryRun && !(await isConfirmed(question, yes))) return;

    const { clientId: client_id, clientSecret: client_secret } = credentials;
    if (outcome !== 'unchanged' && !dryRun) await secret.write({ ...stored, client_id, client_secret });
    if (json) {
      console.log(JSON.stringify({ client_id, secret: secretName, outcome, needs_webhook: needsWebhook }));
      return;
    }
    const OUTCOMES = { new: 'stored', replaced: 'replaced', unchanged: 'up to date' };
    console.log(`${baseUrl} accepts client ${client_id}`);
    console.log(`secret ${secretName}: ${dryRun && outcome !== 'unchanged' ? 'would be ' : ''}${OUTCOMES[outcome]}`);
    if (!dryRun && outcome !== 'unchanged') console.log('functions pick it up within 5 minutes');
    if (needsWebhook) console.log('its app does not have the webhook of the secret: npm run paypal -- register');
  });

paypal
  .command('register')
  .description('Creates or updates the webhook, and stores its id in the secret.')
  .addOption(DRY_RUN)
  .addOption(YES)
  .addOption(JSON_OUTPUT)
  .action(async ({ dryRun, yes, json }, program) => {
    const { paypal: api, secret, stored, webhookUrl, secretName } = await payPalClientFor(program.optsWithGlobals());
    const { client_id, client_secret } = stored;
    const removed: string[] = [];
    const preview = await subscribe(
      {
        listWebhooks: api.listWebhooks,
        createWebhook: async (url, eventTypes) => ({ id: '(new)', url, eventTypes }),
        changeWebhook: async (webhook) => webhook,
        deleteWebhook: async (id) => void removed.push(id),
      },
      webhookUrl,
      stored,
      async () => undefined,
    );
    const changes = [
      ...(preview.outcome === 'updated' ? [`change the event types of webhook ${preview.webhook.id}`] : []),
      ...removed.map((id) => `replace webhook ${id}, whose URL is another`),
    ];
    const question = `At PayPal: ${changes.join(', ')}?`;
    if (!dryRun && changes.length > 0 && !(await isConfirmed(question, yes))) return;

    const { webhook, outcome } = dryRun
      ? preview
      : await subscribe(api, webhookUrl, stored, (ids) => secret.write({ client_id, client_secret, ...ids }));
    const OUTCOMES = { created: 'created', updated: 'updated', unchanged: 'up to date' };
    const text = `${dryRun && outcome !== 'unchanged' ? 'would be ' : ''}${OUTCOMES[outcome]}`;
    if (json) console.log(JSON.stringify({ webhook_id: webhook.id, url: webhook.url, outcome, removed }));
    else console.log(`webhook ${webhook.id} for ${webhook.url}: ${text}`);
    if (!dryRun && !json && webhook.id !== stored.webhook_id)
      console.log(`stored its id in secret ${secretName}; functions pick it up within 5 minutes`);
  });

paypal
  .command('status')
  .description('Checks the URL and the event types of the webhook.')
  .addOption(JSON_OUTPUT)
  .action(async ({ json }, program) => {
    const { paypal: api, stored, webhookUrl, baseUrl } = await payPalClientFor(program.optsWithGlobals());
    const webhooks = await api.listWebhooks();
    const ours = webhooks.find(({ id }) => id === stored.webhook_id);
    const problems = ours
      ? [
          ...(ours.url === webhookUrl ? [] : [`wrong URL ${ours.url}: expected ${webhookUrl}`]),
          ...missingEventTypes(ours).map((name) => `not subscribed to ${name}`),
        ]
      : [stored.webhook_id ? `webhook ${stored.webhook_id} not found` : 'the secret has no webhook id'];
    if (problems.length > 0) process.exitCode = FAILED;
    if (json) {
      console.log(JSON.stringify({ webhook_id: stored.webhook_id, url: webhookUrl, problems }, null, 2));
      return;
    }
    console.log(`${baseUrl} accepts the credentials; webhooks of the app: ${webhooks.length}`);
    if (problems.length === 0) console.log(`webhook ${stored.webhook_id} for ${webhookUrl}: up to date`);
    else console.error([...problems, 'to fix this: npm run paypal -- register'].join('\n'));
  });

paypal
  .command('events')
  .description("Lists PayPal's events of the last hours, each with its status in the shop.")
  .option('--hours <number>', 'the number of hours', wholeNumber(1, MAX_HOURS), 24)
  .addOption(JSON_OUTPUT)
  .action(async ({ hours, json }, program) => {
    const selector = program.optsWithGlobals();
    const { paypal: api } = await payPalClientFor(selector);
    const { clientOptions, tables } = await findDeployment(selector);
    const client = new DynamoDBClient(clientOptions);
    const stored = eventRepository(documentClient(client), tables['webhook-events']);
    const to = new Date();
    let page = await api.listEvents({ from: new Date(to.getTime() - hours * 3_600_000), to });
    const events = [];
    for (;;) {
      for (const { id, event_type, create_time } of page.events) {
        const ours = await stored.get(id);
        const event = {
          create_time,
          event_id: id,
          event_type,
          status: ours?.status ?? null,
          payment_id: ours?.payment_id ?? null,
        };
        events.push(event);
        if (!json) {
          const { status, payment_id } = event;
          const columns = [create_time ?? '', id, event_type ?? '', status ?? 'not received', payment_id ?? ''];
          console.log(columns.join('  ').trim());
        }
      }
      if (page.brokenLink) throw page.brokenLink;
      if (page.next === undefined) break;
      page = await api.listEvents({ next: page.next });
    }
    if (json) console.log(JSON.stringify({ events }, null, 2));
    else {
      const missing = events.filter(({ status }) => status === null).length;
      console.log(`${events.length} events in ${hours} hours, ${missing} not received`);
    }
    client.destroy();
  });

const RESENT = {
  delivered: 'PayPal delivered it again',
  fetched: 'its delivery did not arrive: fetched it, the shop processes it within minutes',
  stored_before: 'its delivery did not arrive, but the shop has it already: an operator can replay it',
};

paypal
  .command('resend')
  .description('Requests another delivery of one event; fetches the event when the delivery does not arrive.')
  .argument('<event-id>', "PayPal's id of the event: WH-…")
  .addOption(DRY_RUN)
  .action(async (eventId, { dryRun }, program) => {
    const selector = program.optsWithGlobals();
    const { paypal: api, stored } = await payPalClientFor(selector);
    const { clientOptions, tables } = await findDeployment(selector);
    const client = new DynamoDBClient(clientOptions);
    const events = eventRepository(documentClient(client), tables['webhook-events']);
    const { resendEvent, getEvent } = api;
    const isFound = !dryRun || (await getEvent(eventId)) !== undefined;
    const outcome = dryRun
      ? undefined
      : await deliverAgain({ resendEvent, getEvent, events, now: () => new Date(), sleep }, eventId, stored.webhook_id);
    if (!isFound || outcome === 'unknown_event') {
      console.error(`event ${eventId} not found at PayPal, or no longer available`);
      process.exitCode = FAILED;
    } else if (outcome) console.log(`${eventId}: ${RESENT[outcome]}`);
    else console.log(`PayPal has ${eventId} and would deliver it again`);
    client.destroy();
  });

await run(paypal);
