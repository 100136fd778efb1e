import { describe, expect, inject, it } from 'vitest';
import { stockDriftRepository } from '../../src/consistency/stock-drift-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { dynamo, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';

const { tables } = inject('aws');
const drifts = stockDriftRepository(dynamo, tables.operations);
const stock = stockRepository(dynamo, tables);

const SOLD = { available: -1, reserved: 0, sold: 1 };
/** Of 21 digits, as DynamoDB's; the later one is the longer one. */
const [FIRST, SECOND, THIRD] = ['999999999999999999999', '1000000000000000000000', '1000000000000000000001'] as const;

describe('the drift of a product', () => {
  it('has each change once, in whatever batch it is read again', async () => {
    const sku = await stockedProduct(10);

    expect(await drifts.add(sku, SOLD, FIRST)).toMatchObject(SOLD);
    expect(await drifts.add(sku, SOLD, SECOND)).toMatchObject({ available: -2, sold: 2 });
    expect(await drifts.add(sku, SOLD, FIRST)).toMatchObject({ available: -2, sold: 2 });
    expect(await drifts.add(sku, SOLD, SECOND)).toMatchObject({ available: -2, sold: 2 });
  });

  it('starts over by a reset, once', async () => {
    const sku = await stockedProduct(10);
    await drifts.add(sku, SOLD, FIRST);

    expect(await drifts.reset(sku, SECOND)).toMatchObject({ available: 0, reserved: 0, sold: 0 });
    expect(await drifts.add(sku, SOLD, THIRD)).toMatchObject(SOLD);
    expect(await drifts.reset(sku, SECOND)).toMatchObject(SOLD);
  });

  it('is not stored for a product without one', async () => {
    expect(await drifts.reset(await stockedProduct(10), FIRST)).toBeUndefined();
  });
});

describe('offset', () => {
  it('changes the counters once for each id', async () => {
    const sku = await stockedProduct(10);

    expect(await stock.offset(sku, SOLD, 'one')).toBe(true);
    expect(await stock.offset(sku, SOLD, 'one')).toBe(true);
    expect(await stockOf(sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    expect(await stock.offset(sku, SOLD, 'two')).toBe(true);
    expect(await stockOf(sku)).toEqual({ available: 8, reserved: 0, sold: 2 });
  });

  it.each(['available', 'reserved', 'sold'] as const)('changes nothing when %s would be negative', async (counter) => {
    const sku = await stockedProduct(0);

    expect(await stock.offset(sku, { available: 1, reserved: 1, sold: 1, [counter]: -1 }, 'one')).toBe(false);
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 0, sold: 0 });
  });

  it('creates no product', async () => {
    expect(await stock.offset('NO-SUCH-PRODUCT', SOLD, 'one')).toBe(false);
    expect(await stockOf('NO-SUCH-PRODUCT').catch(() => undefined)).toBeUndefined();
  });
});
