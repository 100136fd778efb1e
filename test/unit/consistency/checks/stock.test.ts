import { describe, expect, it } from 'vitest';
import { addReservations, checkCounters, startTallies } from '../../../../src/consistency/checks/stock.ts';
import type { Product } from '../../../../src/inventory/product.ts';
import type { Reservation, ReservationStatus } from '../../../../src/inventory/reservation.ts';
import { SESSION } from '../../../support/builders/payments.ts';
import { product } from '../../../support/in-memory/shop.ts';

const context = { now: new Date('2026-06-01T12:30:00.000Z'), graceSeconds: 300 };
const reserved = (status: ReservationStatus, quantity: number, sku = 'MUG'): Reservation => ({
  checkout_session_id: SESSION,
  status,
  items: [{ sku, quantity }],
  expires_at: '2026-06-01T12:30:00.000Z',
});
/** Ten mugs, `held` of them reserved and `sold` of them sold. */
const mugs = (held: number, sold: number, more: Partial<Product> = {}): Product => ({
  ...product(10),
  available: 10 - held - sold,
  reserved: held,
  sold,
  ...more,
});
/** Two scans in a row, of products that change during each. */
function scanTwice(before: Product[], reservations: Reservation[], after = before) {
  const tallies = addReservations(startTallies(before), reservations, context);
  return checkCounters(tallies, after, checkCounters(tallies, after, {}).suspects);
}
const violationsOf = (...scans: Parameters<typeof scanTwice>) => scanTwice(...scans).violations.map(({ what }) => what);

describe('checkCounters', () => {
  it('sums held and committed reservations over all pages, and no released or returned ones', () => {
    const pages = [[reserved('held', 1), reserved('committed', 2)], [reserved('held', 2)], [reserved('released', 5)]];
    const tallies = [...pages, [reserved('returned', 7)]].reduce(
      (sums, page) => addReservations(sums, page, context),
      startTallies([mugs(3, 2)]),
    );

    expect(checkCounters(tallies, [mugs(3, 2)], {})).toEqual({ violations: [], consistent: ['MUG'], suspects: {} });
  });

  it.each<[what: string, Product, Reservation[], violations: string[]]>([
    ['nothing when counters and reservations agree', mugs(1, 1), [reserved('held', 1), reserved('committed', 1)], []],
    ['more reserved than held', mugs(1, 0), [], ['1 reserved and 0 sold, but 0 held and 0 committed']],
    [
      'fewer sold than committed',
      mugs(0, 1),
      [reserved('committed', 2)],
      ['0 reserved and 1 sold, but 0 held and 2 committed'],
    ],
    [
      'missing units',
      mugs(0, 0, { available: 9 }),
      [],
      ['9 available, 0 reserved, 0 sold: sum is 9, expected 10 stocked'],
    ],
    [
      'a negative counter',
      mugs(0, 0, { available: 11, reserved: -1 }),
      [],
      ['11 available, -1 reserved, 0 sold: negative counter; -1 reserved and 0 sold, but 0 held and 0 committed'],
    ],
  ])('finds %s', (_, counters, reservations, violations) => {
    expect(violationsOf([counters], reservations)).toEqual(violations);
  });

  it('finds units of a product that does not exist', () => {
    expect(scanTwice([], [reserved('committed', 2, 'LOST')]).violations).toEqual([
      {
        invariant: 'stock_counters',
        subject: 'LOST',
        what: '0 held and 2 committed, but the product does not exist',
        repair: null,
      },
    ]);
  });

  it('finds unbalanced counters in the first scan', () => {
    const product = mugs(0, 0, { available: 9 });

    expect(checkCounters(startTallies([product]), [product], {}).violations).toHaveLength(1);
  });

  it('finds nothing when the difference is not that of the last scan', () => {
    const first = checkCounters(startTallies([mugs(1, 0)]), [mugs(1, 0)], {});

    expect(first.violations).toEqual([]);
    expect(checkCounters(startTallies([mugs(2, 0)]), [mugs(2, 0)], first.suspects).violations).toEqual([]);
  });

  it.each<[what: string, after: Product]>([
    ['sold', mugs(0, 1)],
    ['held', mugs(1, 0)],
    ['restocked', mugs(0, 0, { available: 11, stocked: 11 })],
  ])('leaves a product to the next scan when a unit was %s during this one', (_, after) => {
    const result = scanTwice([mugs(0, 0)], [reserved('held', 1)], [after]);

    expect(result).toEqual({ violations: [], consistent: [], suspects: {} });
  });

  it('leaves a product to the next scan when it was created during this one', () => {
    expect(scanTwice([], [reserved('held', 1)], [mugs(1, 0)])).toEqual({
      violations: [],
      consistent: [],
      suspects: {},
    });
  });

  it('finds unbalanced counters without a repair when the product was sold during the scan', () => {
    expect(scanTwice([mugs(0, 0)], [], [mugs(1, 0, { available: 5 })]).violations).toMatchObject([
      { what: '5 available, 1 reserved, 0 sold: sum is 6, expected 10 stocked', repair: null },
    ]);
  });
});

describe('checkCounters repair', () => {
  const correctionOf = (counters: Product, reservations: Reservation[]) =>
    scanTwice([counters], reservations).violations[0]?.repair;

  it('sets the counters to the tallied quantities and keeps the stocked quantity', () => {
    expect(correctionOf(mugs(0, 3), [reserved('held', 2), reserved('committed', 1)])).toEqual({
      kind: 'correct_stock',
      sku: 'MUG',
      seen: { available: 7, reserved: 0, sold: 3 },
      counted: { available: 7, reserved: 2, sold: 1 },
    });
  });

  it('leaves nothing available when all units are committed', () => {
    expect(correctionOf(mugs(0, 0), [reserved('committed', 10)])).toMatchObject({ counted: { available: 0 } });
  });

  it('is null when more was sold than ever stocked', () => {
    expect(correctionOf(mugs(0, 0), [reserved('committed', 11)])).toBeNull();
  });

  describe('with a reservation whose move is pending', () => {
    const moving = (begun_at: string): Reservation => ({
      ...reserved('released', 1),
      last_move: `${SESSION}/12345678`,
      pending: { to: 'held', counters: ['available', 'reserved'], begun_at },
    });
    const counters = mugs(1, 0);

    it('leaves the product to the next scan when it began recently', () => {
      const tallies = addReservations(startTallies([counters]), [moving('2026-06-01T12:29:00.000Z')], context);

      expect(checkCounters(tallies, [counters], { MUG: '1 reserved and 0 sold, but 0 held and 0 committed' })).toEqual({
        violations: [],
        consistent: [],
        suspects: {},
      });
    });

    it('finds the difference without a repair when it began long ago', () => {
      const { violations } = scanTwice([counters], [moving('2026-06-01T12:00:00.000Z')]);

      expect(violations).toEqual([
        {
          invariant: 'stock_counters',
          subject: 'MUG',
          what: '1 reserved and 0 sold, but 0 held and 0 committed',
          repair: null,
        },
      ]);
    });
  });
});
