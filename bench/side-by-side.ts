import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { emulatorEnvironment } from '../local/deploy.ts';
import { ROOT } from '../local/paths.ts';
import { run as runProcess } from '../local/processes.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { stopSignal } from '../local/stop-signal.ts';
import { command, run, wholeNumber } from '../ops/command.ts';
import { startLoopbackServer } from '../test/support/loopback-server.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { recoverAll } from '../test/support/stack/after-storm.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import { allQuiet, redirectWebhook, umbrella } from '../test/support/stack/storm.ts';
import { startUnreliableNetwork } from '../test/support/stack/unreliable-network.ts';
import { REFERENCES, type ReferenceName } from './references/steps.ts';
import { type Losses, lossesOf, type Measured, tables } from './report.ts';

const PAGE = join(ROOT, 'docs/benchmarks.md');
const POLLS = 5;
const FAULTS = { duplicated: 0.15, lost: 0.1, reordered: 0.1 } as const;
const BUYERS_PER_PIECE = 1.5;
const CONCURRENCY = 6;

/** A purchase whose money PayPal has. */
interface Captured {
  readonly paymentId: string;
}

/** The shop, or a reference, as shoppers and PayPal see it. */
interface Design {
  readonly name: string;
  readonly webhook: string;
  /** A product with so many pieces. */
  readonly stocked: (pieces: number) => Promise<string>;
  /** @returns undefined when it is sold out */
  readonly checkOut: (sku: string) => Promise<{ readonly paymentId: string; readonly orderId: string } | undefined>;
  readonly isReadable: (purchase: Captured) => Promise<boolean>;
  /** What it does by itself, or its operators with one click, once the faults are over. */
  readonly recover: (payments: ReadonlySet<string>) => Promise<void>;
  /** Payments with a confirmed order, once for each order; those refunded; pieces left. */
  readonly outcome: (sku: string) => Promise<{ orders: string[]; refunded: Set<string>; available: number }>;
}

type Outputs = Readonly<Record<string, string>>;

async function deployReferences(stack: Stack, folder: string, signal: AbortSignal): Promise<Record<string, Outputs>> {
  const outputs = join(folder, 'outputs.json');
  const app = ['--app', 'node bench/references/app.ts', '--output', join(folder, 'cdk.out')];
  const options = ['--require-approval', 'never', '--method', 'direct', '--outputs-file', outputs];
  await runProcess('cdk', ['deploy', '--all', ...app, ...options], {
    env: emulatorEnvironment({ endpoint: stack.aws_endpoint_url, folder }),
    cwd: ROOT,
    log: join(ROOT, '.local/bench/cdk-deploy-references.log'),
    signal,
  });
  return JSON.parse(await readFile(outputs, 'utf8'));
}

async function compare(
  stack: Stack,
  deployed: Readonly<Record<string, Outputs>>,
  purchases: number,
  pieces: number,
): Promise<Measured[]> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const shop = shopOf(stack, db);
  const references = REFERENCES.map((name) => {
    const outputs = deployed[`bench-${name}`];
    if (!outputs) throw new Error(`stack bench-${name} has no outputs`);
    return { name, outputs, design: referenceOf(name, outputs, stack, db, shop) };
  });
  const designs = [shop, ...references.map(({ design }) => design)];

  const times = await timePurchases(stack, designs, purchases);
  const needs = [await needsOfShop()];
  for (const { name, design, outputs } of references) needs.push(await needsOfReference(stack, name, design, outputs));
  const measured: Measured[] = [];
  for (const [i, design] of designs.entries()) {
    console.log(`${design.name}: sells ${pieces} pieces under faults`);
    const storm = await sellUnderFaults(stack, design, pieces);
    measured.push({ name: design.name, ...(times[i] as Times), ...(needs[i] as Needs), storm });
  }
  return measured;
}

/** Buys a product of the shop that never sells out. */
async function buy(origin: string, sku: string) {
  const items = [{ sku, quantity: 1 }];
  const { checkout_session_id } = await callJson(origin, 'POST', '/api/v1/checkout-sessions', { items });
  const payment = await callJson(origin, 'POST', '/api/v1/payments', { checkout_session_id });
  return { paymentId: payment.payment_id as string, orderId: payment.paypal_order_id as string };
}

function shopOf(stack: Stack, db: DynamoDBDocumentClient): Design {
  const { api_url: api, tables: names } = stack;
  return {
    name: 'settle-once',
    webhook: `${api}/webhooks/paypal`,
    async stocked(pieces) {
      const sku = `BENCH-${Date.now()}`;
      await db.send(new PutCommand({ TableName: names.products, Item: umbrella(sku, pieces) }));
      return sku;
    },
    checkOut: (sku) =>
      buy(api, sku).catch((error: Error) => {
        if (error.message.includes('out-of-stock')) return undefined;
        throw error;
      }),
    isReadable: async ({ paymentId }) => Boolean((await callJson(api, 'GET', `/api/v1/payments/${paymentId}`)).order),
    recover: async (payments) => void (await recoverAll(stack, { payments }, () => {})),
    async outcome(sku) {
      const orders = (await everything(db, names.orders)).filter(
        ({ items, status }) => status === 'confirmed' && JSON.stringify(items).includes(sku),
      );
      const payments = await everything(db, names.payments);
      const { Item } = await db.send(new GetCommand({ TableName: names.products, Key: { sku }, ConsistentRead: true }));
      return {
        orders: orders.map(({ payment_id }) => String(payment_id)),
        refunded: new Set(
          payments.flatMap(({ status, payment_id }) => (status === 'refunded' ? [String(payment_id)] : [])),
        ),
        available: Number(Item?.available),
      };
    },
  };
}

/** Its payments are begun in the shop, with a product that does not sell out: only what follows is the reference's. */
function referenceOf(name: string, outputs: Outputs, stack: Stack, db: DynamoDBDocumentClient, shop: Design): Design {
  const api = `${stack.aws_endpoint_url}/_aws/execute-api/${outputs.ApiId}/$default`;
  let endless: Promise<string> | undefined;
  return {
    name,
    webhook: `${api}/webhooks/paypal`,
    async stocked(pieces) {
      const id = `BENCH-${name}-${Date.now()}`;
      await db.send(new PutCommand({ TableName: outputs.Tablestock, Item: { id, available: pieces } }));
      return id;
    },
    async checkOut(sku) {
      endless ??= shop.stocked(1_000_000);
      const purchase = await shop.checkOut(await endless);
      if (!purchase) throw new Error('the endless product is sold out');
      await callJson(api, 'POST', '/sessions', { payment_id: purchase.paymentId, sku, quantity: 1 });
      return purchase;
    },
    isReadable: async ({ paymentId }) => (await fetch(`${api}/orders/${paymentId}`)).ok,
    // It has no other source of events, and no operator.
    recover: async () => undefined,
    async outcome(sku) {
      const orders = (await everything(db, String(outputs.Tableorders))).filter(
        (order) => order.sku === sku && order.status === 'confirmed',
      );
      const { Item } = await db.send(
        new GetCommand({ TableName: outputs.Tablestock, Key: { id: sku }, ConsistentRead: true }),
      );
      return {
        orders: orders.map(({ payment_id }) => String(payment_id)),
        refunded: new Set<string>(),
        available: Number(Item?.available),
      };
    },
  };
}

async function everything(db: DynamoDBDocumentClient, TableName: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ConsistentRead: true }))
    found.push(...Items);
  return found;
}

/** Pays at PayPal, which captures without the shop. */
async function pay(stack: Stack, orderId: string): Promise<void> {
  await callJson(stack.simulator_url, 'POST', `/_sim/orders/${orderId}/approve`, { funding: 'instant' });
  await callJson(stack.simulator_url, 'POST', `/_sim/orders/${orderId}/capture`);
}

interface Times {
  readonly webhookMs: number;
  readonly orderMs: number;
}

/** Each design in turn, one purchase at a time, so that all have the same emulator. Only the capture is announced. */
async function timePurchases(stack: Stack, designs: readonly Design[], purchases: number): Promise<Times[]> {
  let design: Design | undefined;
  let answered: { readonly at: number; readonly ms: number } | undefined;
  const relay = await startLoopbackServer(async ({ headers, body }) => {
    if (!design || !body.includes('PAYMENT.CAPTURE.COMPLETED')) return { status: 200, body: '{}' };
    const at = performance.now();
    const response = await forward(design.webhook, headers, body);
    answered = { at, ms: performance.now() - at };
    return response;
  });
  const webhook = await redirectWebhook(stack.simulator_url, `${relay.url}/webhooks/paypal`);
  const times = designs.map(() => ({ webhook: [] as number[], order: [] as number[] }));
  const skus = await Promise.all(designs.map(({ stocked }) => stocked(purchases + WARM_UP)));
  try {
    for (let round = 0; round < purchases + WARM_UP; round++) {
      for (const [i, each] of designs.entries()) {
        const purchase = await each.checkOut(skus[i] ?? '');
        if (!purchase) throw new Error(`${each.name} is sold out`);
        [design, answered] = [each, undefined];
        await pay(stack, purchase.orderId);
        while (!(await each.isReadable(purchase))) await sleep(5);
        const readable = performance.now();
        while (!answered) await sleep(5);
        const { at, ms } = answered as { at: number; ms: number };
        if (round >= WARM_UP) {
          times[i]?.webhook.push(ms);
          times[i]?.order.push(readable - at);
        }
        await allQuiet(stack);
      }
      console.log(`${round + 1} of ${purchases + WARM_UP} rounds timed`);
    }
  } finally {
    await webhook.restore();
    await relay.close();
  }
  return times.map(({ webhook: webhooks, order }) => ({ webhookMs: median(webhooks), orderMs: median(order) }));
}

/** Rounds that start the functions, and are not timed. */
const WARM_UP = 2;

async function forward(url: string, headers: Readonly<Record<string, unknown>>, body: string) {
  const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
  const response = await fetch(url, { method: 'POST', headers: kept as Record<string, string>, body });
  return { status: response.status, body: await response.text() };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** More buyers than pieces, at the same time, whose events are lost, duplicated and reordered. */
async function sellUnderFaults(stack: Stack, design: Design, pieces: number): Promise<Losses> {
  const network = await startUnreliableNetwork(design.webhook, FAULTS, seededRandom(1));
  const webhook = await redirectWebhook(stack.simulator_url, network.url);
  const sku = await design.stocked(pieces);
  const captured: string[] = [];
  let buyers = Math.round(pieces * BUYERS_PER_PIECE);
  const buyer = async (): Promise<void> => {
    while (buyers-- > 0) {
      const purchase = await design.checkOut(sku);
      if (!purchase) continue;
      await pay(stack, purchase.orderId);
      captured.push(purchase.paymentId);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, buyer));
    await allQuiet(stack);
    await network.quiet();
    await allQuiet(stack);
  } finally {
    await webhook.restore();
    await network.stop();
  }
  await design.recover(new Set(captured));
  return lossesOf({ captured, pieces, ...(await design.outcome(sku)) });
}

type Needs = Omit<Measured, 'name' | 'storm' | keyof Times>;

/** As `npm run costs` counts it. */
async function needsOfShop(): Promise<Needs> {
  const counts = JSON.parse(await readFile(join(ROOT, 'docs/purchase-counts.json'), 'utf8'))['the buyer never returns'];
  const { storefront, 'payment-status': polls, 'paypal-webhook': webhooks } = counts.invocations;
  const invocations = Object.values(counts.invocations as Record<string, number>).reduce(
    (sum, count) => sum + count,
    0,
  );
  return {
    awsCalls: counts.aws_calls,
    transitions: counts.transitions,
    writeUnits: counts.write_units,
    readUnits: counts.read_units,
    invocations,
    requests: storefront + polls + webhooks,
  };
}

/** Runs one purchase, then its handlers in a process of their own. */
async function needsOfReference(stack: Stack, name: ReferenceName, design: Design, outputs: Outputs): Promise<Needs> {
  const sku = await design.stocked(3);
  const purchase = await design.checkOut(sku);
  if (!purchase) throw new Error(`${name} is sold out`);
  const bodies: string[] = [];
  const relay = await startLoopbackServer(async ({ headers, body }) => {
    bodies.push(body);
    return forward(design.webhook, headers, body);
  });
  const webhook = await redirectWebhook(stack.simulator_url, `${relay.url}/webhooks/paypal`);
  try {
    await pay(stack, purchase.orderId);
    while (!(await design.isReadable(purchase))) await sleep(50);
    await allQuiet(stack);
  } finally {
    await webhook.restore();
    await relay.close();
  }
  const { paymentId: payment_id } = purchase;
  const { stdout, status, stderr } = spawnSync('node', ['bench/references/count.ts', name], {
    cwd: ROOT,
    input: JSON.stringify({
      basket: { payment_id, sku, quantity: 1 },
      events: bodies.toSorted(approvalFirst),
      polls: POLLS,
    }),
    encoding: 'utf8',
    env: {
      ...emulatorEnvironment({ endpoint: stack.aws_endpoint_url, folder: tmpdir() }),
      ...Object.fromEntries(TABLES.map((table) => [`${table.toUpperCase()}_TABLE`, outputs[`Table${table}`]])),
      STATE_MACHINE_ARN: outputs.StateMachineArn,
    },
  });
  if (status !== 0) throw new Error(stderr);
  const transitions = await transitionsOf(new SFNClient(stack.clientOptions), String(outputs.StateMachineArn));
  return { ...JSON.parse(stdout), transitions };
}

const TABLES = ['events', 'sessions', 'stock', 'orders'];
const approvalFirst = (a: string) => (a.includes('CHECKOUT.ORDER.APPROVED') ? -1 : 1);

/** The states that an execution which succeeded has entered. */
async function transitionsOf(client: SFNClient, stateMachineArn: string): Promise<number> {
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: 1 }),
  );
  let entered = 0;
  const executionArn = executions[0]?.executionArn;
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn }))
    entered += events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  return entered;
}

await run(
  command('npm run bench', 'Compares the shop with two references on one emulator, and writes docs/benchmarks.md.')
    .argument('[purchases]', 'the number of purchases that are timed', wholeNumber(3, 10_000), 15)
    .argument('[pieces]', 'the number of pieces that are sold under faults', wholeNumber(4, 10_000), 40)
    .action(async (purchases, pieces) => {
      const folder = await mkdtemp(join(tmpdir(), 'settle-once-bench-'));
      const signal = stopSignal();
      const stack = await startStack({ stateDir: '.local/bench', signal });
      try {
        console.log('deploys the references');
        const deployed = await deployReferences(stack, folder, signal);
        const measured = await compare(stack, deployed, purchases, pieces);
        const text = tables(measured);
        console.log(`\n${text}`);
        const page = await readFile(PAGE, 'utf8');
        const written = page.replace(
          /(<!-- begin -->\n)[\s\S]*?(\n<!-- end -->)/,
          (_, begin, end) => `${begin}\n${text}\n${end}`,
        );
        await writeFile(PAGE, written);
        await runProcess('biome', ['format', '--write', PAGE], {
          cwd: ROOT,
          env: process.env,
          log: join(folder, 'biome.log'),
          signal,
        });
      } finally {
        await stack.stop();
        await rm(folder, { recursive: true, force: true });
      }
    }),
);
