import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../local/stack.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import type { Design } from './designs.ts';
import { approve, quiet, startRelay } from './relay.ts';

/** Milliseconds of each purchase. */
export interface Times {
  /** From a delivery to its answer. */
  readonly webhook: readonly number[];
  /** From the same delivery to the order that a buyer's page can read. */
  readonly order: readonly number[];
}

/** Rounds that start the functions, and are not timed. */
const WARM_UP = 2;

/**
 * Times one purchase at a time, of each design in turn and each first in its turn: the emulator is as busy for each.
 * PayPal captures without the shop, and announces only that.
 */
export async function timePurchases(
  stack: Stack,
  designs: readonly Design[],
  { purchases, signal }: { readonly purchases: number; readonly signal: AbortSignal },
): Promise<Times[]> {
  const times = designs.map(() => ({ webhook: [] as number[], order: [] as number[] }));
  const skus = await Promise.all(designs.map((design) => design.stock(purchases + WARM_UP)));
  const relay = await startRelay(stack);
  try {
    for (let round = 0; round < purchases + WARM_UP; round++) {
      for (const place of designs.keys()) {
        const i = (round + place) % designs.length;
        const design = designs[i] as Design;
        const purchase = await design.checkOut(skus[i] ?? '');
        if (!purchase) throw new Error(`${design.name} is sold out`);
        const delivered = relay.next(design, 'PAYMENT.CAPTURE.COMPLETED');
        await approve(stack, purchase);
        await callJson(stack.simulator_url, 'POST', `/_sim/orders/${purchase.payPalOrderId}/capture`);
        while (!(await design.isOrderReadable(purchase))) await sleep(5, undefined, { signal });
        const readable = performance.now();
        const { began, ended } = await delivered;
        if (round >= WARM_UP) {
          times[i]?.webhook.push(ended - began);
          times[i]?.order.push(readable - began);
        }
        await quiet(stack, design, signal);
      }
    }
  } finally {
    await relay.stop();
  }
  return times;
}
