import * as z from 'zod/mini';
import { countersSchema, type Product } from '../../inventory/product.ts';
import type { Reservation } from '../../inventory/reservation.ts';
import type { Violation } from '../finding.ts';

/** What the reservations of one SKU add up to, so far, beside the counters that its product had before they were counted. */
const tallySchema = z.object({
  /** Absent where there is no such product. */
  counters: z.optional(z.extend(countersSchema, { stocked: z.int() })),
  /** Pieces of all reservations that are `held`. */
  held: z.int(),
  /** Pieces of all reservations that are `committed`. */
  committed: z.int(),
});
type StockTally = z.infer<typeof tallySchema>;

/** Every product's shelf, by SKU. */
export const talliesSchema = z.record(z.string(), tallySchema);
type StockTallies = z.infer<typeof talliesSchema>;

/** What did not add up in the count before, in words, by SKU. */
type Suspects = Readonly<Record<string, string>>;

/** The shelves before anything is counted. */
export const startTallies = (products: readonly Product[]): StockTallies =>
  Object.fromEntries(
    products.map(({ sku, available, reserved, sold, stocked }) => [
      sku,
      { counters: { available, reserved, sold, stocked }, held: 0, committed: 0 },
    ]),
  );

/** Adds some reservations to the count. */
export function addReservations(tallies: StockTallies, reservations: readonly Reservation[]): StockTallies {
  const counted = { ...tallies };
  for (const { status, items } of reservations) {
    if (status !== 'held' && status !== 'committed') continue;
    for (const { sku, quantity } of items) {
      const tally = counted[sku] ?? { held: 0, committed: 0 };
      counted[sku] = { ...tally, [status]: tally[status] + quantity };
    }
  }
  return counted;
}

/** What a count of all reservations came to. */
export interface StockCheckResult {
  readonly violations: readonly Violation[];
  /** SKUs of which everything adds up. */
  readonly consistent: readonly string[];
  /** For the next count. */
  readonly suspects: Suspects;
}

/**
 * Invariant 4 for all products, once their reservations have been counted. While that went on, pieces were sold: a product whose
 * counters are not what they were before is left for the next count. One that was sold and given back in between has the same
 * counters again, so a difference is no violation before the next count has found the very same.
 * @param products as they are after the count
 */
export function checkCounters(
  tallies: StockTallies,
  products: readonly Product[],
  suspects: Suspects,
): StockCheckResult {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const violations: Violation[] = [];
  const consistent: string[] = [];
  const suspected: Record<string, string> = {};
  for (const [sku, tally] of Object.entries(tallies)) {
    const product = bySku.get(sku);
    const imbalance = product && imbalanceOf(product);
    const isUnchanged = areUnchanged(tally.counters, product);
    const differences = isUnchanged ? differencesOf(tally) : undefined;
    if (differences) suspected[sku] = differences;
    const isConfirmed = differences !== undefined && suspects[sku] === differences;
    if (imbalance || isConfirmed) {
      const what = [imbalance, isConfirmed && differences].filter(Boolean).join('; ');
      violations.push({
        invariant: 'stock_counters',
        subject: sku,
        what,
        repair: isUnchanged ? correction(sku, tally) : null,
      });
    } else if (isUnchanged && !differences) consistent.push(sku);
  }
  return { violations, consistent, suspects: suspected };
}

const COUNTERS = ['available', 'reserved', 'sold', 'stocked'] as const;
const areUnchanged = (before: StockTally['counters'], product: Product | undefined) =>
  COUNTERS.every((counter) => before?.[counter] === product?.[counter]);

/** What is wrong with a product's counters by themselves. */
function imbalanceOf({ available, reserved, sold, stocked }: Product): string | undefined {
  if (available + reserved + sold !== stocked)
    return `${available} available + ${reserved} reserved + ${sold} sold is not ${stocked} stocked`;
  return Math.min(available, reserved, sold) < 0
    ? `${available} available, ${reserved} reserved, ${sold} sold: none can be less than nothing`
    : undefined;
}

function differencesOf({ counters, held, committed }: StockTally): string | undefined {
  if (!counters)
    return held + committed > 0
      ? `${held} held and ${committed} committed of a product that does not exist`
      : undefined;
  const { reserved, sold } = counters;
  return reserved === held && sold === committed
    ? undefined
    : `${reserved} reserved where ${held} are held, ${sold} sold where ${committed} are committed`;
}

/** The counters as they should be; none where more is held and sold than was ever stocked. */
function correction(sku: string, { counters, held, committed }: StockTally): Violation['repair'] {
  if (!counters || held + committed > counters.stocked) return null;
  const { available, reserved, sold } = counters;
  return {
    kind: 'correct_stock',
    sku,
    seen: { available, reserved, sold },
    counted: { available: counters.stocked - held - committed, reserved: held, sold: committed },
  };
}
