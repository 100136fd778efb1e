import * as z from 'zod/mini';
import { countersSchema, type Product } from '../../inventory/product.ts';
import type { Reservation } from '../../inventory/reservation.ts';
import { type CheckContext, isPast } from './check-context.ts';
import type { Violation } from './violation.ts';

/** Reserved quantities of one SKU, summed while the reservations are scanned. */
const tallySchema = z.object({
  /** The product's counters before the scan; absent where the product does not exist. */
  counters: z.optional(z.extend(countersSchema, { stocked: z.int() })),
  held: z.int(),
  committed: z.int(),
  /** Whether a reservation of it has a pending move, which may have changed the counters or not. */
  moving: z.optional(z.enum(['recently', 'for long'])),
});
type StockTally = z.infer<typeof tallySchema>;

/** By SKU. */
export const talliesSchema = z.record(z.string(), tallySchema);
type StockTallies = z.infer<typeof talliesSchema>;

/** Differences found by the previous scan, as text, by SKU. */
export const suspectsSchema = z.record(z.string(), z.string());
type Suspects = Readonly<z.infer<typeof suspectsSchema>>;

export const startTallies = (products: readonly Product[]): StockTallies =>
  Object.fromEntries(
    products.map(({ sku, available, reserved, sold, stocked }) => [
      sku,
      { counters: { available, reserved, sold, stocked }, held: 0, committed: 0 },
    ]),
  );

/** Longer than the reservations job takes to end the move of a dead caller. */
const MOVE_SECONDS = 900;

export function addReservations(
  tallies: StockTallies,
  reservations: readonly Reservation[],
  context: CheckContext,
): StockTallies {
  const added = { ...tallies };
  for (const { status, items, pending } of reservations) {
    const isCounted = status === 'held' || status === 'committed';
    if (!isCounted && !pending) continue;
    for (const { sku, quantity } of items) {
      const tally = added[sku] ?? { held: 0, committed: 0 };
      added[sku] = {
        ...tally,
        ...(isCounted && { [status]: tally[status] + quantity }),
        ...(pending && tally.moving !== 'recently' && { moving: ageOf(pending.begun_at, context) }),
      };
    }
  }
  return added;
}

const ageOf = (begunAt: string, context: CheckContext) =>
  isPast(begunAt, MOVE_SECONDS, context) ? 'for long' : 'recently';

export interface StockCheckResult {
  readonly violations: readonly Violation[];
  /** SKUs whose counters match their reservations. */
  readonly consistent: readonly string[];
  /** Input of the next check. */
  readonly suspects: Suspects;
}

/**
 * `stock_counters`, after a scan of all reservations. The scan takes several runs while the shop sells: a product whose
 * counters changed since it began, or may still change by a recent move, is left to the next scan. A product that was
 * sold and returned in between has its old counters back, so a difference becomes a violation only when two consecutive
 * scans find the same one.
 * @param products read after the scan
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
    const isUnchanged = tally.moving !== 'recently' && areUnchanged(tally.counters, product);
    const difference = isUnchanged ? differenceOf(tally) : undefined;
    if (difference) suspected[sku] = difference;
    const isConfirmed = difference !== undefined && suspects[sku] === difference;
    if (imbalance || isConfirmed) {
      const what = [imbalance, isConfirmed && difference].filter(Boolean).join('; ');
      const repair = isUnchanged ? correction(sku, tally) : null;
      violations.push({ invariant: 'stock_counters', subject: sku, what, repair });
    } else if (isUnchanged && !difference) consistent.push(sku);
  }
  return { violations, consistent, suspects: suspected };
}

/** `stock_counters`, without a scan: counters that contradict each other. Only the scan can tell how to correct them. */
export const imbalances = (products: readonly Product[]): Violation[] =>
  products.flatMap((product) => {
    const what = imbalanceOf(product);
    return what === undefined ? [] : [{ invariant: 'stock_counters', subject: product.sku, what, repair: null }];
  });

const COUNTERS = ['available', 'reserved', 'sold', 'stocked'] as const;
const areUnchanged = (before: StockTally['counters'], product: Product | undefined) =>
  COUNTERS.every((counter) => before?.[counter] === product?.[counter]);

/** Compares a product's counters with each other. */
function imbalanceOf({ available, reserved, sold, stocked }: Product): string | undefined {
  const counters = `${available} available, ${reserved} reserved, ${sold} sold`;
  const sum = available + reserved + sold;
  if (sum !== stocked) return `${counters}: sum is ${sum}, expected ${stocked} stocked`;
  return Math.min(available, reserved, sold) < 0 ? `${counters}: negative counter` : undefined;
}

/** Compares a product's counters with its reservations. */
function differenceOf({ counters, held, committed }: StockTally): string | undefined {
  if (!counters)
    return held + committed > 0 ? `${held} held and ${committed} committed, but the product does not exist` : undefined;
  const { reserved, sold } = counters;
  return reserved === held && sold === committed
    ? undefined
    : `${reserved} reserved and ${sold} sold, but ${held} held and ${committed} committed`;
}

/** Null where more is held and committed than was ever stocked, and while a move may still change the counters. */
function correction(sku: string, { counters, held, committed, moving }: StockTally): Violation['repair'] {
  if (!counters || moving || held + committed > counters.stocked) return null;
  const { available, reserved, sold } = counters;
  return {
    kind: 'correct_stock',
    sku,
    seen: { available, reserved, sold },
    counted: { available: counters.stocked - held - committed, reserved: held, sold: committed },
  };
}
