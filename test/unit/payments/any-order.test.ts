import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingViolations, violationsOf } from '../../support/in-memory/invariants.ts';
import { type HistoryStep, histories, twoPurchaseHistories } from '../../support/in-memory/purchase-history.ts';
import { type HistoryResult, recover, runConcurrently, runHistory } from '../../support/in-memory/purchase-model.ts';

/*
 * Property tests over random histories of buyers, banks, PayPal, the network, operators and crashing processes: after
 * half a day of the regular jobs, every payment matches PayPal's state and every invariant holds.
 */

/** More: `RUNS=20000 SEED=1 npx vitest run --project slow test/unit/payments/any-order.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 300);
const TIMEOUT_MS = 120_000 + RUNS * 200;
/** Every run without `SEED` repeats the same histories. */
const SEED = Number(process.env.SEED ?? 771_301_679);
const PARAMETERS = { numRuns: RUNS, seed: SEED };
process.stdout.write(`${RUNS} histories of each kind with seed ${SEED}\n`);

async function violationsAfterRecovery(result: HistoryResult, options?: { mayTurnAway: boolean }): Promise<string[]> {
  const errors = await recover(result);
  const findings = await findingViolations(result.shop, result.purchases);
  return [...errors, ...findings, ...violationsOf(result.shop, result.purchases, options)];
}

describe('purchase', () => {
  it(
    'ends as PayPal’s state requires when webhooks are lost, duplicated or late and processes crash',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          expect(await violationsAfterRecovery(await runHistory(history, 10))).toEqual([]);
        }),
        PARAMETERS,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'ends as PayPal’s state requires when everything runs concurrently',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.scheduler(), async (history, scheduler) => {
          const result = await runConcurrently(history, 1, scheduler);

          expect(await violationsAfterRecovery(result, { mayTurnAway: true })).toEqual([]);
        }),
        PARAMETERS,
      );
    },
    TIMEOUT_MS,
  );
});

describe('two purchases of the last item', () => {
  it(
    'create one order at most, and charge no one without one, in any order of events',
    async () => {
      await fc.assert(
        fc.asyncProperty(twoPurchaseHistories, async (history) => {
          const result = await runHistory(history, 1);

          expect(await violationsAfterRecovery(result, { mayTurnAway: true })).toEqual([]);
          const orders = [...result.shop.orders.rows.values()];
          expect(orders.filter(({ status }) => status === 'confirmed').length).toBeLessThan(2);
        }),
        PARAMETERS,
      );
    },
    TIMEOUT_MS,
  );

  it('give the item to the first buyer who pays', async () => {
    // Both cancel, so that neither holds the item; then both return and approve. The second begins when the item is
    // available again.
    const late = (buyer: number): HistoryStep[] => [
      { action: { kind: 'cancel' }, buyer },
      { action: { kind: 'runTask', which: 0, task: 0 }, buyer },
      { action: { kind: 'runTask', which: 0, task: 0 }, buyer },
    ];
    const begins: HistoryStep = { action: { kind: 'runJobs' }, buyer: 1 };
    const result = await runHistory([...late(0), begins, ...late(1)], 1);
    const { shop, purchases } = result;
    const [first, second] = purchases;
    if (!first || !second) throw new Error('expected two payments');
    for (const { orderId } of [second, first]) {
      shop.paypal.advance(1);
      shop.paypal.approve(orderId);
    }

    await shop.reconcilePayment(second.paymentId);
    await shop.finish();

    expect(await violationsAfterRecovery(result, { mayTurnAway: true })).toEqual([]);
    expect(shop.payments.rows.get(second.paymentId)?.status).toBe('captured');
    expect(shop.payments.rows.get(first.paymentId)?.status).toBe('cancelled');
    expect(shop.paypal.orders.get(first.orderId)?.capture).toBeUndefined();
  });
});
