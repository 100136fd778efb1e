import { expect, it } from 'vitest';
import { sweepDeadLetters } from '../../lambdas/settlements/sweep-dead-letters.ts';
import { everythingIn } from '../support/aws.ts';
import { stockOf } from '../support/books.ts';
import { purchaseWhoseOrderFails } from '../support/failing-order.ts';
import {
  deadLetters,
  failuresOf,
  firstFailuresOf,
  lettersOf,
  noFailuresOf,
  retry,
  settlements,
} from '../support/settlements.ts';
import { payPal, settledPayment, until } from '../support/shop.ts';

const now = () => new Date();

async function sweep() {
  const troubles: unknown[] = [];
  const trouble = (error: unknown) => void troubles.push(error);
  const swept = await sweepDeadLetters(
    { ...settlements, queue: deadLetters, now, trouble },
    new Date(Date.now() + 30_000),
  );
  expect(troubles).toEqual([]);
  return swept;
}

it('a settlement that failed is on queue and list until it is mended by one click, and leads to one order', async () => {
  const purchase = await purchaseWhoseOrderFails(1000);

  expect(await firstFailuresOf(purchase)).toMatchObject([
    { settlement: 'captured', status: 'FAILED', error: expect.any(String), cause: expect.stringContaining('503') },
  ]);
  expect((await sweep()).left).toBeGreaterThan(0);
  expect(await failuresOf(purchase)).toHaveLength(1);
  await until(
    () => lettersOf(purchase),
    (letters) => letters === 1,
  );

  await payPal('PUT', '/_sim/faults', { faults: [] });
  const retried = await Promise.all([retry(purchase), retry(purchase)]);
  for (const one of retried) {
    expect(one).toMatchObject({ settlements: [{ execution: `${purchase.paymentId}-captured-r1` }] });
  }

  expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
  expect((await everythingIn('orders')).filter(({ payment_id }) => payment_id === purchase.paymentId)).toHaveLength(1);
  expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  await noFailuresOf(purchase);
  expect((await sweep()).removed).toBeGreaterThan(0);
  expect(await lettersOf(purchase)).toBe(0);
  expect(await retry(purchase)).toEqual({ outcome: 'nothing_open' });
});
