import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../local/stack.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import { redirectWebhook } from '../test/support/stack/storm.ts';
import { startUnreliableNetwork } from '../test/support/stack/unreliable-network.ts';
import type { AwsProxies } from './aws-proxies.ts';
import type { Design, Purchase } from './designs.ts';
import { approve, quiet } from './relay.ts';
import { type Losses, lossesOf } from './report.ts';

/** Probability of each delivery fault, from 0 to 1. */
export const NETWORK = { duplicated: 0.15, lost: 0.05, reordered: 0.15 } as const;
export const BUYERS_PER_PIECE = 1.5;
/** In every tenth purchase, DynamoDB fails for one of the steps until the storm is over. */
export const STEP_FAILS_EVERY = 10;
/** Buyers at the same time. */
const CONCURRENCY = 6;
const POLLS = 5;
const POLL_MS = 300;
const SEED = 1;

export interface Storm {
  /** When the faults are over. */
  readonly before: Losses;
  /** After the design has recovered. */
  readonly after: Losses;
}

/** Sells limited stock to more buyers than there are pieces, under injected faults. */
export async function sellUnderFaults(
  stack: Stack,
  design: Design,
  proxies: AwsProxies,
  { pieces, signal }: { readonly pieces: number; readonly signal: AbortSignal },
): Promise<Storm> {
  const network = await startUnreliableNetwork(design.webhook, NETWORK, seededRandom(SEED));
  const webhook = await redirectWebhook(stack.simulator_url, network.url);
  const sku = await design.stock(pieces);
  const purchases: Purchase[] = [];
  let buyers = Math.round(pieces * BUYERS_PER_PIECE);
  const buyer = async (): Promise<void> => {
    while (buyers-- > 0) {
      signal.throwIfAborted();
      const purchase = await design.checkOut(sku);
      if (!purchase) continue;
      purchases.push(purchase);
      if (purchases.length % STEP_FAILS_EVERY === 0) {
        const step = design.steps[(purchases.length / STEP_FAILS_EVERY) % design.steps.length] ?? '';
        proxies.of[step]?.failing.add(design.mark(purchase));
      }
      await approve(stack, purchase);
      // When the shop's capture fails, its workflow captures.
      await design.capture(purchase).catch(() => undefined);
      await waitForOrder(design, purchase, signal);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, buyer));
    await quiet(stack, design, signal);
    await network.quiet();
    await quiet(stack, design, signal);
  } finally {
    await webhook.restore();
    await network.stop();
    for (const proxy of Object.values(proxies.of)) proxy.failing.clear();
  }
  const losses = async () => lossesOf({ pieces, ...(await moneyOf(stack, purchases)), ...(await design.sold(sku)) });
  const before = await losses();
  await design.recover(purchases);
  await quiet(stack, design, signal);
  return { before, after: await losses() };
}

/** As the buyer's page does, before the next buyer comes. */
async function waitForOrder(design: Design, purchase: Purchase, signal: AbortSignal): Promise<void> {
  for (let poll = 0; poll < POLLS && !(await design.isOrderReadable(purchase)); poll++)
    await sleep(POLL_MS, undefined, { signal });
}

/** By PayPal's own state: the purchases whose money it has, and those whose money it has given back. */
async function moneyOf({ simulator_url: payPal }: Stack, purchases: readonly Purchase[]) {
  const { captures } = await callJson(payPal, 'GET', '/_sim/state');
  const statuses = new Map(
    Object.values(captures as Record<string, { order_id: string; status: string }>).map(({ order_id, status }) => [
      order_id,
      status,
    ]),
  );
  const withStatus = (status: string) =>
    purchases.filter(({ payPalOrderId }) => statuses.get(payPalOrderId) === status).map(({ id }) => id);
  return { captured: withStatus('COMPLETED'), refunded: withStatus('REFUNDED') };
}
