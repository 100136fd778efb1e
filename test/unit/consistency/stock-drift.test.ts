import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { trackStock, unexplainedChange } from '../../../src/consistency/stock-drift.ts';
import type { Drift } from '../../../src/consistency/stock-drift-repository.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const MUG = { ...product(10), applied: new Set(['cs_1/a']) };
const MARKED = { ...MUG, applied: new Set(['cs_1/a', 'cs_2/b']) };

let sequence = 0;
const recordOf = (before: object | undefined, after: object | undefined): Pick<DynamoDBRecord, 'dynamodb'> => ({
  dynamodb: {
    Keys: { sku: { S: 'MUG' } },
    SequenceNumber: String(++sequence),
    ...(before && { OldImage: marshall(before) as never }),
    ...(after && { NewImage: marshall(after) as never }),
  },
});

describe('unexplainedChange', () => {
  it.each([
    ['a move with its mark', MUG, { ...MARKED, available: 7, reserved: 3 }],
    ['a move back with its mark', { ...MUG, available: 7, reserved: 3 }, { ...MARKED, available: 10 }],
    ['a mark that moves nothing', MUG, MARKED],
    ['marks that are removed', MARKED, { ...product(10) }],
    ['restocking', MUG, { ...MUG, available: 15, stocked: 15 }],
    ['another price', MUG, { ...MUG, price: { currency: 'EUR', minor: 1 } }],
    ['a new product', undefined, product(10)],
    ['a row that is no product', MUG, { sku: 'MUG' }],
  ])('does not report %s', (_, before, after) => {
    expect(unexplainedChange(recordOf(before, after))).toBeUndefined();
  });

  it.each([
    ['a move without a mark', MUG, { ...MUG, available: 7, reserved: 3 }, { available: -3, reserved: 3, sold: 0 }],
    ['one counter with a mark', MUG, { ...MARKED, available: 7 }, { available: -3, reserved: 0, sold: 0 }],
    ['a lossy move', MUG, { ...MARKED, available: 7, sold: 2 }, { available: -3, reserved: 0, sold: 2 }],
    [
      'two marks at once',
      product(10),
      { ...MARKED, available: 9, reserved: 1 },
      { available: -1, reserved: 1, sold: 0 },
    ],
    ['items that were not stocked', MUG, { ...MUG, available: 12 }, { available: 2, reserved: 0, sold: 0 }],
    ['stock without items', MUG, { ...MUG, stocked: 12 }, { available: -2, reserved: 0, sold: 0 }],
    [
      'a new product that was sold',
      undefined,
      { ...product(10), available: 9, sold: 1 },
      { available: -1, reserved: 0, sold: 1 },
    ],
  ])('reports %s', (_, before, after, by) => {
    expect(unexplainedChange(recordOf(before, after))).toEqual({ sku: 'MUG', sequence: String(sequence), by });
  });

  it.each([
    ['a count of all reservations', { ...MUG, sold: 4, counted_at: NOW.toISOString() }],
    ['a deleted product', undefined],
  ])('starts over after %s', (_, after) => {
    expect(unexplainedChange(recordOf(MUG, after))).toMatchObject({ by: 'reset' });
  });
});

describe('trackStock', () => {
  function tracked() {
    const check = checkOf(shopInMemory());
    const rows = new Map<string, Drift>();
    const none = { available: 0, reserved: 0, sold: 0 };
    const deps = {
      findings: check.deps.findings,
      drifts: {
        add: async (sku: string, by: typeof none, sequence: string) => {
          const { available, reserved, sold, sequence: last } = rows.get(sku) ?? { ...none, sequence: '0' };
          if (Number(last) < Number(sequence))
            rows.set(sku, {
              available: available + by.available,
              reserved: reserved + by.reserved,
              sold: sold + by.sold,
              sequence,
            });
          return rows.get(sku);
        },
        reset: async (sku: string, sequence: string) => {
          if (rows.has(sku)) rows.set(sku, { ...none, sequence });
          return rows.get(sku);
        },
      },
    };
    const finding = () => check.findings.get('4:MUG');
    return { finding, track: (...records: ReturnType<typeof recordOf>[]) => trackStock(deps, records, NOW) };
  }
  const sold = (count: number) => ({ ...MUG, available: 10 - count, sold: count });

  it('sums up what nothing explains, while the product sells, and offers the opposite', async () => {
    const { track, finding } = tracked();

    const violations = await track(
      recordOf(MUG, sold(2)),
      recordOf(sold(2), { ...sold(2), reserved: 1, available: 7, applied: MARKED.applied }),
      recordOf(sold(2), { ...sold(2), available: 9 }),
    );

    expect(violations).toHaveLength(2);
    expect(finding()).toMatchObject({
      invariant: 'stock_counters',
      what: 'counters changed without a purchase: −1 available, +0 reserved, +2 sold',
      repair: {
        kind: 'offset_stock',
        sku: 'MUG',
        by: { available: 1, reserved: 0, sold: -2 },
        drift: String(sequence),
      },
    });
  });

  it('counts a record once when its batch is read twice', async () => {
    const { track, finding } = tracked();
    const record = recordOf(MUG, sold(2));

    await track(record);
    await track(record);

    expect(finding()).toMatchObject({ repair: { by: { available: 2, reserved: 0, sold: -2 } } });
  });

  it.each([
    ['the opposite change', () => recordOf(sold(2), MUG)],
    ['a count of all reservations', () => recordOf(sold(2), { ...MUG, counted_at: NOW.toISOString() })],
    ['a deletion', () => recordOf(sold(2), undefined)],
  ])('closes the finding after %s', async (_, end) => {
    const { track, finding } = tracked();
    await track(recordOf(MUG, sold(2)));
    expect(finding()?.closed_at).toBeUndefined();

    expect(await track(end())).toEqual([]);

    expect(finding()?.closed_at).toBe(NOW.toISOString());
  });

  it('leaves a finding of the scan alone while nothing changed but by purchases', async () => {
    const { track, finding } = tracked();

    expect(await track(recordOf(MUG, { ...MARKED, available: 7, reserved: 3 }))).toEqual([]);

    expect(finding()).toBeUndefined();
  });
});
