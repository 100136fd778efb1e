import { describe, expect, it } from 'vitest';
import { addReservations, checkCounters, startTallies } from '../../../../src/consistency/checks/stock.ts';
import type { Product } from '../../../../src/inventory/product.ts';
import type { Reservation, ReservationStatus } from '../../../../src/inventory/reservation.ts';
import { SESSION } from '../../../support/builders/payments.ts';
import { product } from '../../../support/in-memory/shop.ts';

const reserved = (status: ReservationStatus, quantity: number, sku = 'MUG'): Reservation => ({
  checkout_session_id: SESSION,
  status,
  items: [{ sku, quantity }],
  expires_at: '2026-06-01T12:30:00.000Z',
});
/** Ten mugs, of which so many are held and sold. */
const mugs = (held: number, sold: number, more: Partial<Product> = {}): Product => ({
  ...product(10),
  available: 10 - held - sold,
  reserved: held,
  sold,
  ...more,
});
/** What two counts in a row come to, of products that change between the beginning and the end of each. */
function countTwice(before: Product[], reservations: Reservation[], after = before) {
  const tallies = addReservations(startTallies(before), reservations);
  return checkCounters(tallies, after, checkCounters(tallies, after, {}).suspects);
}
const wrongOf = (...counted: Parameters<typeof countTwice>) =>
  countTwice(...counted).violations.map(({ what }) => what);

describe('a count of the stock', () => {
  it('adds up what is held and what is committed, over all pages; what was given back is nowhere', () => {
    const pages = [[reserved('held', 1), reserved('committed', 2)], [reserved('held', 2)], [reserved('released', 5)]];
    const tallies = [...pages, [reserved('returned', 7)]].reduce(addReservations, startTallies([mugs(3, 2)]));

    expect(checkCounters(tallies, [mugs(3, 2)], {})).toEqual({ violations: [], consistent: ['MUG'], suspects: {} });
  });

  it.each<[what: string, Product, Reservation[], wrong: string[]]>([
    ['everything that adds up', mugs(1, 1), [reserved('held', 1), reserved('committed', 1)], []],
    ['more reserved than held', mugs(1, 0), [], ['1 reserved where 0 are held, 0 sold where 0 are committed']],
    [
      'fewer sold than committed',
      mugs(0, 1),
      [reserved('committed', 2)],
      ['0 reserved where 0 are held, 1 sold where 2 are committed'],
    ],
    [
      'pieces that are nowhere',
      mugs(0, 0, { available: 9 }),
      [],
      ['9 available + 0 reserved + 0 sold is not 10 stocked'],
    ],
    [
      'less than nothing',
      mugs(0, 0, { available: 11, reserved: -1 }),
      [],
      [
        '11 available, -1 reserved, 0 sold: none can be less than nothing; -1 reserved where 0 are held, 0 sold where 0 are committed',
      ],
    ],
  ])('finds %s', (_, counters, reservations, wrong) => {
    expect(wrongOf([counters], reservations)).toEqual(wrong);
  });

  it('finds pieces of a product that does not exist', () => {
    expect(countTwice([], [reserved('committed', 2, 'LOST')]).violations).toEqual([
      {
        invariant: 'stock_counters',
        subject: 'LOST',
        what: '0 held and 2 committed of a product that does not exist',
        repair: null,
      },
    ]);
  });

  it('finds at once what is wrong with the counters by themselves', () => {
    const product = mugs(0, 0, { available: 9 });

    expect(checkCounters(startTallies([product]), [product], {}).violations).toHaveLength(1);
  });

  it('does not call another difference than the last time a violation', () => {
    const first = checkCounters(startTallies([mugs(1, 0)]), [mugs(1, 0)], {});

    expect(first.violations).toEqual([]);
    expect(checkCounters(startTallies([mugs(2, 0)]), [mugs(2, 0)], first.suspects).violations).toEqual([]);
  });

  it.each<[what: string, after: Product]>([
    ['sold', mugs(0, 1)],
    ['held', mugs(1, 0)],
    ['put in', mugs(0, 0, { available: 11, stocked: 11 })],
  ])('leaves for the next time what was %s in between, whether or not it seems right', (_, after) => {
    const counted = countTwice([mugs(0, 0)], [reserved('held', 1)], [after]);

    expect(counted).toEqual({ violations: [], consistent: [], suspects: {} });
  });

  it('leaves for the next time a product that came in between', () => {
    expect(countTwice([], [reserved('held', 1)], [mugs(1, 0)])).toEqual({
      violations: [],
      consistent: [],
      suspects: {},
    });
  });

  it('finds that counters do not add up though the product is being sold, and leaves the correction for a quiet moment', () => {
    expect(countTwice([mugs(0, 0)], [], [mugs(1, 0, { available: 5 })]).violations).toMatchObject([
      { what: '5 available + 1 reserved + 0 sold is not 10 stocked', repair: null },
    ]);
  });
});

describe('the correction of a product', () => {
  const correctionOf = (counters: Product, reservations: Reservation[]) =>
    countTwice([counters], reservations).violations[0]?.repair;

  it('sets its counters to what was counted, and leaves what was ever stocked', () => {
    expect(correctionOf(mugs(0, 3), [reserved('held', 2), reserved('committed', 1)])).toEqual({
      kind: 'correct_stock',
      sku: 'MUG',
      seen: { available: 7, reserved: 0, sold: 3 },
      counted: { available: 7, reserved: 2, sold: 1 },
    });
  });

  it('can use up all there is', () => {
    expect(correctionOf(mugs(0, 0), [reserved('committed', 10)])).toMatchObject({ counted: { available: 0 } });
  });

  it('is none where more was sold than there ever was', () => {
    expect(correctionOf(mugs(0, 0), [reserved('committed', 11)])).toBeNull();
  });
});
