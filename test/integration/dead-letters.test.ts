import { describe, expect, it } from 'vitest';
import { callFunction, everythingIn } from '../support/stack/aws.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { deadLettersOf, failuresOf, firstFailuresOf, noFailuresOf, retry } from '../support/stack/settlements.ts';
import { completedPayment, payPal, until } from '../support/stack/shop.ts';

/** One run of the dead-letters job. */
async function sweep(): Promise<Record<string, number>> {
  const { figures } = await callFunction('reconciliation', { job: 'dead-letters' });
  return figures as Record<string, number>;
}

describe('the dead-letter queue', () => {
  it('keeps a failed settlement on queue and list until one retry creates the order', async () => {
    const purchase = await purchaseWhoseOrderFails(1000);

    expect(await firstFailuresOf(purchase)).toMatchObject([
      { settlement: 'captured', status: 'FAILED', error: expect.any(String), cause: expect.stringContaining('503') },
    ]);
    await until(
      () => deadLettersOf(purchase),
      (count) => count === 1,
    );
    expect((await sweep()).left).toBeGreaterThan(0);
    expect(await failuresOf(purchase)).toHaveLength(1);
    expect(await deadLettersOf(purchase)).toBe(1);

    await payPal('PUT', '/_sim/faults', { faults: [] });
    const retried = await Promise.all([retry(purchase), retry(purchase)]);
    for (const one of retried) {
      expect(one).toMatchObject({ settlements: [{ execution: `${purchase.paymentId}-captured-r1` }] });
    }

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect((await everythingIn('orders')).filter(({ payment_id }) => payment_id === purchase.paymentId)).toHaveLength(
      1,
    );
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await noFailuresOf(purchase);
    expect((await sweep()).removed).toBeGreaterThan(0);
    expect(await deadLettersOf(purchase)).toBe(0);
    expect(await retry(purchase)).toEqual({ outcome: 'nothing_open' });
  });
});
