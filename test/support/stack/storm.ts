import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../../local/stack.ts';
import { payPalNotifications } from '../../../src/paypal/notifications.ts';
import { transport } from '../../../src/paypal/transport.ts';
import { seededRandom } from '../seeded-random.ts';
import { callJson } from './call-json.ts';
import { FAILABLE_STEPS, type FailingStep, makeStepFail } from './failing-steps.ts';
import { type BadNetwork, startBadNetwork } from './unreliable-network.ts';

/*
 * Many purchases in bad weather: on the running stack, and from outside it alone.
 */

/** The running shop, as far as a storm goes. */
export type StormyStack = Omit<Stack, 'ended' | 'stop' | 'restartAws'>;

/** How likely each trouble of a delivery is, from 0 to 1. */
const NETWORK = { duplicated: 0.05, lost: 0.05, reordered: 0.05 } as const;
/** One step of each purchase of that many cannot be done: 2 %. */
const STEP_FAILS_EVERY = 50;
/** The capture of each purchase of that many is answered by PayPal with 503, or its answer is lost: 1 %. */
const PAYPAL_FAILS_EVERY = 100;
/** Of five buyers, three come back from PayPal; the others close the window. */
const comesBack = (number: number) => number % 5 < 3;
/** Shoppers at once: they keep two cores busy. */
const AT_ONCE = 8;
const PRODUCTS = 10;

/** A storm that has passed. */
export interface Storm {
  /** The payments of all purchases, by their ids. */
  readonly payments: ReadonlySet<string>;
  readonly deliveries: BadNetwork['counts'];
  readonly payPalFailed: number;
  readonly stepsSpoiled: number;
  /** Mends what steps need. */
  readonly mend: () => Promise<void>;
}

/** Lets so many purchases go through a storm; `say` hears every few seconds how far it is. */
export async function storm(
  stack: StormyStack,
  { purchases, seed, say }: { readonly purchases: number; readonly seed: number; readonly say: (line: string) => void },
): Promise<Storm> {
  const { front_door_url: shop, simulator_url: payPal, tables } = stack;
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const network = await startBadNetwork(`${shop}/webhooks/paypal`, NETWORK, seededRandom(seed));
  const webhook = await redirectWebhook(payPal, network.url);
  const skus = Array.from({ length: PRODUCTS }, (_, i) => `STORM-${Date.now()}-${i}`);
  for (const sku of skus) await db.send(new PutCommand({ TableName: tables.products, Item: umbrella(sku, purchases) }));

  const payments = new Set<string>();
  const spoiled: FailingStep[] = [];
  let payPalFailed = 0;
  const buy = async (number: number): Promise<void> => {
    const items = [{ sku: skus[number % PRODUCTS], quantity: 1 }];
    const session = await callJson(shop, 'POST', '/api/v1/checkout-sessions', { items });
    const { checkout_session_id } = session;
    const payment = await callJson(shop, 'POST', '/api/v1/payments', { checkout_session_id });
    payments.add(payment.payment_id);
    if (number % STEP_FAILS_EVERY === 0) {
      const step = FAILABLE_STEPS[spoiled.length % FAILABLE_STEPS.length] ?? 'CommitStock';
      spoiled.push(await makeStepFail(step, payment, db, tables));
    }
    if (number % PAYPAL_FAILS_EVERY === 1) {
      payPalFailed += 1;
      const path = `/v2/checkout/orders/${payment.paypal_order_id}/capture`;
      // The client asks twice.
      const faults = [{ method: 'POST', path, status: 503, times: 2, after: payPalFailed % 2 === 0 }];
      await callJson(payPal, 'PUT', '/_sim/faults', { faults });
    }
    await callJson(payPal, 'POST', `/_sim/orders/${payment.paypal_order_id}/approve`, { funding: 'instant' });
    // What the page cannot capture, the workflow will.
    if (comesBack(number))
      await callJson(shop, 'POST', `/api/v1/payments/${payment.payment_id}/capture`).catch(() => undefined);
  };

  let begun = 0;
  let told = Date.now();
  const shopper = async (): Promise<void> => {
    while (begun < purchases) {
      await buy(++begun);
      if (Date.now() - told < 5000) continue;
      told = Date.now();
      say(`${begun} of ${purchases} purchases`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, shopper));
    await allQuiet(stack);
    await network.quiet();
    await allQuiet(stack);
  } finally {
    await callJson(payPal, 'PUT', '/_sim/faults', { faults: [] });
    await webhook.back();
    await network.stop();
  }
  return {
    payments,
    deliveries: network.counts,
    payPalFailed,
    stepsSpoiled: spoiled.length,
    async mend() {
      for (const one of spoiled) await one.mend();
    },
  };
}

/** Waits until PayPal has delivered all events, and the workflow has had nothing to do for some seconds. */
export async function allQuiet({
  clientOptions,
  simulator_url: payPal,
  state_machine_arn: stateMachineArn,
}: StormyStack): Promise<void> {
  const stepFunctions = new SFNClient(clientOptions);
  for (let quiet = 0; quiet < 3; ) {
    await sleep(1000);
    const { executions = [] } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    const { delivery } = await callJson(payPal, 'GET', '/_sim/state');
    quiet = executions.length === 0 && delivery.pending === 0 ? quiet + 1 : 0;
  }
}

/** Lets PayPal send to another URL. */
async function redirectWebhook(simulatorUrl: string, url: string): Promise<{ readonly back: () => Promise<unknown> }> {
  const credentials = async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' });
  const payPal = payPalNotifications(transport({ baseUrl: simulatorUrl, credentials }));
  const [webhook] = await payPal.listWebhooks();
  if (!webhook) throw new Error('no webhook is registered');
  await payPal.changeWebhook({ ...webhook, url });
  return { back: () => payPal.changeWebhook(webhook) };
}

const umbrella = (sku: string, pieces: number) => ({
  sku,
  name: 'Umbrella',
  price: { currency: 'EUR', minor: 1999 },
  available: pieces,
  reserved: 0,
  sold: 0,
  stocked: pieces,
});
