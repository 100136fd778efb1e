import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject, it } from 'vitest';
import { dynamo } from '../support/stack/aws.ts';
import { findingOf, repair, runConsistencyCheck } from '../support/stack/consistency.ts';
import { paidPurchase, paymentOf, until } from '../support/stack/shop.ts';

const { tables } = inject('stack');

it('a lost order is found without a run of the check, once its change has aged', { timeout: 120_000 }, async () => {
  const purchase = await paidPurchase();
  const { order } = await paymentOf(purchase);
  await dynamo.send(new DeleteCommand({ TableName: tables.orders, Key: { order_id: order.order_id, part: 'order' } }));

  // The stream's records are collected for 15 s, and the grace period is as long.
  const finding = await until(
    () => findingOf(1, purchase.paymentId),
    (found) => found !== undefined,
    60,
  );

  expect(finding).toMatchObject({ what: 'payment is captured, but no order exists' });
  expect(await repair(finding?.id ?? '')).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
  await until(
    async () => {
      await runConsistencyCheck();
      return findingOf(1, purchase.paymentId);
    },
    (found) => found?.closed_at !== undefined,
  );
});
