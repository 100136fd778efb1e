import type { Counters } from './product.ts';
import type { StockRepository } from './stock-repository.ts';

export type CorrectStockResult =
  | { readonly outcome: 'corrected' }
  /** The counters have changed since the count: items were sold, returned or restocked. */
  | { readonly outcome: 'moved' }
  /** A counter would be negative: more items are reserved and sold than were ever stocked. */
  | { readonly outcome: 'impossible' };

/**
 * Sets a product's counters to the counted values. `stocked` stays: only restocking changes it.
 * @param seen the counters at the time of the count; if they have changed since, nothing is corrected
 */
export async function correctStock(
  stock: Pick<StockRepository, 'correct'>,
  sku: string,
  seen: Counters,
  counted: Counters,
): Promise<CorrectStockResult> {
  if (Math.min(...Object.values(counted)) < 0) return { outcome: 'impossible' };
  return { outcome: (await stock.correct(sku, seen, counted)) ? 'corrected' : 'moved' };
}
