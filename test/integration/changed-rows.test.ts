import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { change, dynamo } from '../support/stack/aws.ts';
import { findingOf, repair, runConsistencyCheck } from '../support/stack/consistency.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { paidPurchase, paymentOf, until } from '../support/stack/shop.ts';

const { tables } = inject('stack');

/** Records are collected for 15 s, and the grace period is as long. */
const SECONDS = 60;
const finding = (invariant: number, subject: string, isOpen: boolean) =>
  until(
    () => findingOf(invariant, subject),
    (found) => found !== undefined && (found.closed_at === undefined) === isOpen,
    SECONDS,
  );

describe('without a run of the consistency check', () => {
  it('a lost order is found once its change has aged', { timeout: 120_000 }, async () => {
    const purchase = await paidPurchase();
    const { order } = await paymentOf(purchase);
    const Key = { order_id: order.order_id, part: 'order' };
    await dynamo.send(new DeleteCommand({ TableName: tables.orders, Key }));

    const found = await finding(1, purchase.paymentId, true);

    expect(found).toMatchObject({ what: 'payment is captured, but no order exists' });
    expect(await repair(found?.id ?? '')).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
    await until(runConsistencyCheck, ({ findings }) => findings === 0);
  });

  it('changed counters are found and repaired while the product sells', { timeout: 120_000 }, async () => {
    const { sku } = await paidPurchase();
    await change('products', { sku }, { available: 6, sold: 4 });
    await paidPurchase({ sku });

    const found = await finding(4, sku, true);
    await paidPurchase({ sku });

    expect(found?.what).toBe('counters changed without a purchase: −3 available, +0 reserved, +3 sold');
    expect(await repair(found?.id ?? '')).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
    await until(
      () => stockOf(sku),
      ({ available, reserved, sold }) => available === 7 && reserved === 0 && sold === 3,
    );
    await finding(4, sku, false);
  });
});
