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
import { causeMoneyEvents, type MoneyEvents } from './money-events.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from './unreliable-network.ts';

/** The part of the running stack that a storm uses. */
export type StormStack = Omit<Stack, 'ended' | 'stop' | 'restartAws'>;

/** Probability of each delivery fault, from 0 to 1. */
const NETWORK = { duplicated: 0.05, lost: 0.05, reordered: 0.05 } as const;
/** Every 50th purchase has a failing step: 2 %. */
const STEP_FAILS_EVERY = 50;
/** Every 100th capture gets 503, or its response is lost: 1 %. */
const PAYPAL_FAILS_EVERY = 100;
/** Every 40th buyer is declined and approves again; every 80th order is unknown at PayPal for two reads. */
const DECLINED_EVERY = 40;
const UNKNOWN_EVERY = 80;
/** Three of five buyers return from PayPal; the others close the window. */
const returns = (number: number) => number % 5 < 3;
/** Concurrent shoppers: they keep two cores busy. */
const CONCURRENCY = 8;
const PRODUCTS = 10;

export interface Storm {
  /** Payment ids of all purchases. */
  readonly payments: ReadonlySet<string>;
  readonly deliveries: UnreliableNetwork['counts'];
  readonly failedCaptures: number;
  readonly failingSteps: number;
  /** Captures that PayPal declined first, and captured after another approval. */
  readonly declines: number;
  readonly moneyEvents: Partial<MoneyEvents>;
  /** Repairs the failing steps. */
  readonly repair: () => Promise<void>;
}

/** Runs purchases under injected faults. Calls `log` with the progress every few seconds. */
export async function storm(
  stack: StormStack,
  {
    purchases,
    seed,
    log,
    movesMoney = false,
  }: {
    readonly purchases: number;
    readonly seed: number;
    readonly log: (line: string) => void;
    /** Declines, orders that PayPal does not find, and what happens to the money afterwards. @default false */
    readonly movesMoney?: boolean;
  },
): Promise<Storm> {
  const { front_door_url: shop, simulator_url: payPal, tables } = stack;
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const network = await startUnreliableNetwork(`${shop}/webhooks/paypal`, NETWORK, seededRandom(seed));
  const webhook = await redirectWebhook(payPal, network.url);
  const skus = Array.from({ length: PRODUCTS }, (_, i) => `STORM-${Date.now()}-${i}`);
  for (const sku of skus) await db.send(new PutCommand({ TableName: tables.products, Item: umbrella(sku, purchases) }));

  const payments = new Set<string>();
  const failing: FailingStep[] = [];
  let failedCaptures = 0;
  let declines = 0;
  const buy = async (number: number): Promise<void> => {
    const items = [{ sku: skus[number % PRODUCTS], quantity: 1 }];
    const session = await callJson(shop, 'POST', '/api/v1/checkout-sessions', { items });
    const { checkout_session_id } = session;
    const payment = await callJson(shop, 'POST', '/api/v1/payments', { checkout_session_id });
    payments.add(payment.payment_id);
    if (number % STEP_FAILS_EVERY === 0) {
      const step = FAILABLE_STEPS[failing.length % FAILABLE_STEPS.length] ?? 'CommitStock';
      failing.push(await makeStepFail(step, payment, db, tables));
    }
    if (number % PAYPAL_FAILS_EVERY === 1) {
      failedCaptures += 1;
      const path = `/v2/checkout/orders/${payment.paypal_order_id}/capture`;
      // The PayPal client makes two attempts per call.
      const faults = [{ method: 'POST', path, status: 503, times: 2, after: failedCaptures % 2 === 0 }];
      await callJson(payPal, 'PUT', '/_sim/faults', { faults });
    }
    const orderPath = `/v2/checkout/orders/${payment.paypal_order_id}`;
    if (movesMoney && number % UNKNOWN_EVERY === 7) {
      const faults = [{ method: 'GET', path: orderPath, status: 404, times: 2 }];
      await callJson(payPal, 'PUT', '/_sim/faults', { faults });
    }
    const approve = () =>
      callJson(payPal, 'POST', `/_sim/orders/${payment.paypal_order_id}/approve`, { funding: 'instant' });
    if (movesMoney && number % DECLINED_EVERY === 13) {
      declines += 1;
      const faults = [{ method: 'POST', path: `${orderPath}/capture`, issue: 'INSTRUMENT_DECLINED', times: 1 }];
      await callJson(payPal, 'PUT', '/_sim/faults', { faults });
      await approve();
      await callJson(shop, 'POST', `/api/v1/payments/${payment.payment_id}/capture`).catch(() => undefined);
    }
    await approve();
    // When this capture fails, the workflow captures.
    if (returns(number))
      await callJson(shop, 'POST', `/api/v1/payments/${payment.payment_id}/capture`).catch(() => undefined);
  };

  let moneyEvents: Partial<MoneyEvents> = {};
  let begun = 0;
  let reported = Date.now();
  const shopper = async (): Promise<void> => {
    while (begun < purchases) {
      await buy(++begun);
      if (Date.now() - reported < 5000) continue;
      reported = Date.now();
      log(`${begun} of ${purchases} purchases`);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, shopper));
    await allQuiet(stack);
    await network.quiet();
    await allQuiet(stack);
    if (movesMoney) {
      // A capture that is announced again within a minute does not end a reversal.
      await sleep(60_000);
      log('money moves at PayPal: refunds, reversals, disputes, second captures');
      moneyEvents = await causeMoneyEvents(payPal, payments, 'EUR');
      await network.quiet();
      await allQuiet(stack);
    }
  } finally {
    await callJson(payPal, 'PUT', '/_sim/faults', { faults: [] });
    await webhook.restore();
    await network.stop();
  }
  return {
    payments,
    declines,
    moneyEvents,
    deliveries: network.counts,
    failedCaptures,
    failingSteps: failing.length,
    async repair() {
      for (const step of failing) await step.repair();
    },
  };
}

/** Waits until no delivery is pending and no execution has run for three seconds. */
export async function allQuiet({
  clientOptions,
  simulator_url: payPal,
  state_machine_arn: stateMachineArn,
}: StormStack): Promise<void> {
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

/** Points the webhook at another URL. */
export async function redirectWebhook(
  simulatorUrl: string,
  url: string,
): Promise<{ readonly restore: () => Promise<unknown> }> {
  const credentials = async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' });
  const payPal = payPalNotifications(transport({ baseUrl: simulatorUrl, credentials }));
  const [webhook] = await payPal.listWebhooks();
  if (!webhook) throw new Error('no webhook is registered');
  await payPal.changeWebhook({ ...webhook, url });
  return { restore: () => payPal.changeWebhook(webhook) };
}

export const umbrella = (sku: string, quantity: number) => ({
  sku,
  name: 'Umbrella',
  price: { currency: 'EUR', minor: 1999 },
  available: quantity,
  reserved: 0,
  sold: 0,
  stocked: quantity,
});
