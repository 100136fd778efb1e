import { afterEach, describe, expect, it } from 'vitest';
import { callFunction, everythingIn } from '../support/stack/aws.ts';
import { breakFunction } from '../support/stack/broken-function.ts';
import { runConsistencyCheck } from '../support/stack/consistency.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { asOperator, seenByOperator } from '../support/stack/operator.ts';
import { deadLettersOf, firstFailuresOf, noFailuresOf } from '../support/stack/settlements.ts';
import { approve, beginPurchase, completedPayment, type Purchase, until } from '../support/stack/shop.ts';

let restore = async () => {};
afterEach(() => restore());

async function whileBroken(folder: string): Promise<void> {
  restore = (await breakFunction(folder)).restore;
}

/** The invariants that a check one hour later finds violated for a purchase. */
async function findingsOf({ paymentId }: Purchase): Promise<unknown[]> {
  await runConsistencyCheck(60);
  return (await everythingIn('operations'))
    .filter(({ kind, subject, closed_at }) => kind === 'finding' && subject === paymentId && !closed_at)
    .map(({ invariant }) => invariant)
    .toSorted();
}

describe.each([
  { folder: 'inventory', settlement: 'captured', broken: [2] },
  { folder: 'checkout', settlement: 'captured', broken: [3] },
  { folder: 'fulfillment', settlement: 'captured', broken: [1, 6] },
  // Nothing was captured, so no invariant is violated.
  { folder: 'payments', settlement: 'approved', broken: [] },
])('a purchase whose $folder function is broken', ({ folder, settlement, broken }) => {
  it('is on the queue and on the list of failed settlements, and becomes one order by one retry', async () => {
    await whileBroken(folder);
    const purchase = await beginPurchase();
    await approve(purchase.paypalOrderId);

    expect(await firstFailuresOf(purchase)).toMatchObject([
      { settlement, status: 'FAILED', cause: expect.stringContaining('not authorized') },
    ]);
    await until(
      () => deadLettersOf(purchase),
      (count) => count === 1,
    );
    const { body } = await seenByOperator('/api/v1/admin/settlements');
    expect(body.settlements).toContainEqual(expect.objectContaining({ payment_id: purchase.paymentId }));
    expect((await seenByOperator('/api/v1/admin/health')).body.checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'failed settlements', status: 'attention' }),
        expect.objectContaining({ name: 'queue dead letters', status: 'attention' }),
      ]),
    );
    expect(await findingsOf(purchase)).toEqual(broken);

    await restore();
    await asOperator(`/api/v1/admin/settlements/${purchase.paymentId}/retry`, {
      reason: 'the tables have their names again',
    });

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect((await everythingIn('orders')).filter(({ payment_id }) => payment_id === purchase.paymentId)).toHaveLength(
      1,
    );
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await noFailuresOf(purchase);
    await callFunction('reconciliation', { job: 'dead-letters' });
    expect(await deadLettersOf(purchase)).toBe(0);
    expect(await findingsOf(purchase)).toEqual([]);
  });
});
