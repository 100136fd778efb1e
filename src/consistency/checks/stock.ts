import * as z from 'zod/mini';
import { countersSchema, type Product } from '../../inventory/product.ts';
import type { Reservation } from '../../inventory/reservation.ts';
import type { Violation } from '../finding.ts';

/** What the reservations of one SKU add up to, so far, beside the counters that its product had before they were counted. */
const shelfSchema = z.object({
  /** Absent where there is no such product. */
  counters: z.optional(z.extend(countersSchema, { stocked: z.int() })),
  /** Pieces of all reservations that are `held`. */
  held: z.int(),
  /** Pieces of all reservations that are `committed`. */
  committed: z.int(),
});
type Shelf = z.infer<typeof shelfSchema>;

/** Every product's shelf, by SKU. */
export const shelvesSchema = z.record(z.string(), shelfSchema);
type Shelves = z.infer<typeof shelvesSchema>;

/** What did not add up in the count before, in words, by SKU. */
type Suspects = Readonly<Record<string, string>>;

/** The shelves before anything is counted. */
export const uncounted = (products: readonly Product[]): Shelves =>
  Object.fromEntries(
    products.map(({ sku, available, reserved, sold, stocked }) => [
      sku,
      { counters: { available, reserved, sold, stocked }, held: 0, committed: 0 },
    ]),
  );

/** Adds some reservations to the count. */
export function count(shelves: Shelves, reservations: readonly Reservation[]): Shelves {
  const counted = { ...shelves };
  for (const { status, items } of reservations) {
    if (status !== 'held' && status !== 'committed') continue;
    for (const { sku, quantity } of items) {
      const shelf = counted[sku] ?? { held: 0, committed: 0 };
      counted[sku] = { ...shelf, [status]: shelf[status] + quantity };
    }
  }
  return counted;
}

/** What a count of all reservations came to. */
export interface StockCheckResult {
  readonly mistakes: readonly Violation[];
  /** SKUs of which everything adds up. */
  readonly right: readonly string[];
  /** For the next count. */
  readonly suspects: Suspects;
}

/**
 * Invariant 4 for all products, once their reservations have been counted. While that went on, pieces were sold: a product whose
 * counters are not what they were before is left for the next count. One that was sold and given back in between has the same
 * counters again, so a difference is no mistake before the next count has found the very same.
 * @param products as they are after the count
 */
export function checkCounters(shelves: Shelves, products: readonly Product[], suspects: Suspects): StockCheckResult {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const mistakes: Violation[] = [];
  const right: string[] = [];
  const suspected: Record<string, string> = {};
  for (const [sku, shelf] of Object.entries(shelves)) {
    const product = bySku.get(sku);
    const sums = product && wrongSums(product);
    const isQuiet = haveStayed(shelf.counters, product);
    const differences = isQuiet ? differencesOf(shelf) : undefined;
    if (differences) suspected[sku] = differences;
    const isSure = differences !== undefined && suspects[sku] === differences;
    if (sums || isSure) {
      const what = [sums, isSure && differences].filter(Boolean).join('; ');
      mistakes.push({ invariant: 4, subject: sku, what, repair: isQuiet ? correction(sku, shelf) : null });
    } else if (isQuiet && !differences) right.push(sku);
  }
  return { mistakes, right, suspects: suspected };
}

const COUNTERS = ['available', 'reserved', 'sold', 'stocked'] as const;
const haveStayed = (before: Shelf['counters'], product: Product | undefined) =>
  COUNTERS.every((counter) => before?.[counter] === product?.[counter]);

/** What is wrong with a product's counters by themselves. */
function wrongSums({ available, reserved, sold, stocked }: Product): string | undefined {
  if (available + reserved + sold !== stocked)
    return `${available} available + ${reserved} reserved + ${sold} sold is not ${stocked} stocked`;
  return Math.min(available, reserved, sold) < 0
    ? `${available} available, ${reserved} reserved, ${sold} sold: none can be less than nothing`
    : undefined;
}

function differencesOf({ counters, held, committed }: Shelf): string | undefined {
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
function correction(sku: string, { counters, held, committed }: Shelf): Violation['repair'] {
  if (!counters || held + committed > counters.stocked) return null;
  const { available, reserved, sold } = counters;
  return {
    kind: 'correct_stock',
    sku,
    seen: { available, reserved, sold },
    counted: { available: counters.stocked - held - committed, reserved: held, sold: committed },
  };
}
