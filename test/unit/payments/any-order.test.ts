import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsIn } from '../../support/in-memory/consistency-check.ts';
import { violationsOf } from '../../support/in-memory/invariants.ts';
import { type HistoryStep, histories, twoPurchaseHistories } from '../../support/in-memory/purchase-history.ts';
import { recover, runConcurrently, runHistory } from '../../support/in-memory/purchase-model.ts';

/*
 * Property tests over random histories of buyers, banks, PayPal, the network and crashing processes: after one more
 * reconciliation, and once the workflow is idle, every payment matches PayPal's state and every invariant holds.
 */

const TIMEOUT_MS = 120_000;
/** More by `RUNS=20000 npx vitest run --project unit test/unit/payments/any-order.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 400);

describe('purchase', () => {
  it(
    'ends as PayPal’s state requires when webhooks are lost, duplicated or late and processes crash',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const { shop, purchases } = await runHistory(history, 10);

          expect(await recover(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases)).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'ends as PayPal’s state requires when everything runs concurrently',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.scheduler(), async (history, scheduler) => {
          const { shop, purchases } = await runConcurrently(history, 1, scheduler);

          expect(await recover(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
        }),
        { numRuns: RUNS },
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
          const { shop, purchases } = await runHistory(history, 1);

          expect(await recover(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
          expect([...shop.orders.rows.values()].filter(({ status }) => status === 'confirmed').length).toBeLessThan(2);
        }),
        { numRuns: RUNS },
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
    const begins: HistoryStep = { action: { kind: 'reconcile' }, buyer: 1 };
    const { shop, purchases } = await runHistory([...late(0), begins, ...late(1)], 1);
    const [first, second] = purchases;
    if (!first || !second) throw new Error('expected two payments');
    for (const { orderId } of [second, first]) shop.paypal.approve(orderId);

    await shop.reconcilePayment(second.paymentId);
    await shop.finish();
    await recover(shop, purchases);

    expect(shop.payments.rows.get(second.paymentId)?.status).toBe('captured');
    expect(shop.payments.rows.get(first.paymentId)?.status).toBe('cancelled');
    expect(shop.paypal.orders.get(first.orderId)?.capture).toBeUndefined();
    expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
    expect(await findingsIn(shop)).toEqual([]);
  });
});
