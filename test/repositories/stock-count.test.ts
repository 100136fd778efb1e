import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { type StockCount, stockCountRepository } from '../../src/consistency/stock-count-repository.ts';
import { dynamo } from '../support/stack/aws.ts';

const counts = stockCountRepository(dynamo, inject('aws').tables.operations);

/** Of products with random SKUs, which hardly compress. */
const countOf = (products: number): StockCount => ({
  tallies: Object.fromEntries(
    Array.from({ length: products }, (_, i) => [
      randomUUID(),
      { counters: { available: i, reserved: 1, sold: 2, stocked: i + 3 }, held: 1, committed: 2 },
    ]),
  ),
  suspects: { MUG: '0 reserved and 1 sold, but 0 held and 2 committed' },
});

it('stores the count of 100,000 products', async () => {
  const count = countOf(100_000);

  const stored = await counts.save(count, 'count', undefined);

  expect(stored.parts).toBeGreaterThan(1);
  // As text: a deep comparison takes seconds.
  expect(JSON.stringify(await counts.read(stored)) === JSON.stringify(count)).toBe(true);
});

it('keeps the previous count until the one after the next', async () => {
  const [first, second, third] = [countOf(1), countOf(2), countOf(3)];
  const one = await counts.save(first, 'one', undefined);
  const two = await counts.save(second, 'two', one);
  expect([await counts.read(one), await counts.read(two)]).toEqual([first, second]);

  const three = await counts.save(third, 'three', two);

  expect(await counts.read(one)).toBeUndefined();
  expect([await counts.read(two), await counts.read(three)]).toEqual([second, third]);
});

it('does not return the count of a concurrent run', async () => {
  const before = await counts.save(countOf(1), 'before', undefined);
  const mine = await counts.save(countOf(2), 'mine', before);
  await counts.save(countOf(3), 'theirs', before);

  expect(await counts.read(mine)).toBeUndefined();
});
