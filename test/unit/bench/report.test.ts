import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Losses, lossesOf, type Measured, priceOf, quantile, tables } from '../../../bench/report.ts';
import { PRICES } from '../../../scripts/prices.ts';

const NO_LOSSES: Losses = {
  captured: 2,
  refunded: 0,
  lost: 0,
  unpaid: 0,
  doubled: 0,
  oversold: 0,
  stranded: 0,
};

const NAIVE: Measured = {
  name: 'naive',
  times: { webhook: [10, 30, 20], order: [100, 300, 200] },
  counts: {
    awsCalls: 13,
    transitions: 4,
    writeUnits: 9,
    readUnits: 3,
    invocations: 10,
    memoryGb: 5,
    requests: 8,
    codeBytes: 1000,
  },
  behindCloudFront: false,
  storm: { before: NO_LOSSES, after: NO_LOSSES },
};

/** The cells of each row by its title. */
const cellsOf = (text: string): Record<string, string[]> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      )
      .map(([title = '', ...cells]) => [title, cells]),
  );

describe('lossesOf', () => {
  const all = { captured: ['a', 'b'], refunded: [], orders: ['a', 'b'], pieces: 3, available: 1 };

  it.each<[string, Partial<Parameters<typeof lossesOf>[0]>, Partial<Losses>]>([
    ['nothing when each payment has an order', {}, {}],
    ['a payment without order or refund', { orders: ['a'], available: 2 }, { lost: 1 }],
    [
      'a refund instead of an order',
      { captured: ['a'], refunded: ['b'], orders: ['a'], available: 2 },
      { refunded: 1 },
    ],
    ['an order whose money was refunded', { captured: ['a'], refunded: ['b'] }, { unpaid: 1 }],
    ['an order without a payment', { captured: ['a'] }, { captured: 1, unpaid: 1 }],
    ['the second order of a payment', { orders: ['a', 'b', 'b'], available: 0 }, { doubled: 1 }],
    ['orders beyond the pieces', { pieces: 1, available: 0 }, { oversold: 1 }],
    ['pieces that are nowhere', { available: 0 }, { stranded: 1 }],
  ])('counts %s', (_, found, expected) => {
    expect(lossesOf({ ...all, ...found })).toEqual({ ...NO_LOSSES, ...expected });
  });
});

describe('quantile', () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i);

  it('is the value below which the share lies', () => {
    expect([0, 0.5, 0.95, 1].map((share) => quantile(values, share))).toEqual([1, 11, 20, 20]);
  });
});

describe('priceOf', () => {
  it('adds up the list prices', () => {
    const transitions = (count: number) => priceOf({ ...NAIVE, counts: { ...NAIVE.counts, transitions: count } });

    expect(transitions(5) - transitions(4)).toBeCloseTo(PRICES.transition, 12);
    expect(priceOf({ ...NAIVE, behindCloudFront: true }) - priceOf(NAIVE)).toBeCloseTo(8 * PRICES.frontDoorRequest, 12);
  });
});

describe('tables', () => {
  it('have ratios to the first design, and losses as they are', () => {
    const shop: Measured = {
      ...NAIVE,
      name: 'shop',
      times: { webhook: [40, 40, 40], order: [50, 200, 400] },
      counts: { ...NAIVE.counts, transitions: 5 },
    };
    const lossy = { captured: 12, refunded: 5, lost: 1, unpaid: 6, doubled: 2, oversold: 3, stranded: 4 };
    const storm = { before: { ...lossy, lost: 9 }, after: lossy };

    const { needs, losses } = tables([shop, { ...NAIVE, storm }]);

    expect(cellsOf(`${needs}\n${losses}`)).toMatchObject({
      '': ['shop', 'naive'],
      'webhook answered, median': ['1.00', '0.50'],
      'webhook answered, p95': ['1.00', '0.75'],
      'webhook → order readable, median': ['1.00', '1.00'],
      'webhook → order readable, p95': ['1.00', '0.75'],
      'state transitions': ['1.00', '0.80'],
      'captured payments': ['2', '12'],
      'without order or refund, when the faults are over': ['0', '9'],
      '**lost**: still without order or refund, after recovery': ['0', '1'],
      'refunded instead of delivered': ['0', '5'],
      'orders whose money was refunded': ['0', '6'],
      'doubled orders': ['0', '2'],
      'oversold pieces': ['0', '3'],
      'pieces neither for sale nor in an order': ['0', '4'],
    });
  });
});

describe('docs/benchmarks.md', () => {
  const page = cellsOf(readFileSync('docs/benchmarks.md', 'utf8'));

  it('has every row of the tables, for the shop and two references', () => {
    const { needs, losses } = tables([NAIVE]);
    const rows = cellsOf(`${needs}\n${losses}`);

    expect(Object.keys(page).filter((title) => !title.includes('-'.repeat(4)))).toEqual(
      Object.keys(rows).filter((title) => title !== '---'),
    );
    expect(page['']).toEqual(['settle-once', 'naive', 'booking']);
  });

  it('shows a shop that loses nothing', () => {
    const lost = Object.entries(page).flatMap(([title, [shop]]) => (/lost|orders|pieces/.test(title) ? [shop] : []));

    expect(lost).toEqual(['0', '0', '0', '0', '0']);
  });
});
