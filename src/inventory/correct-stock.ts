import type { Counters } from './product.ts';
import type { StockRepository } from './stock-repository.ts';

/** What became of a correction. */
export type CorrectStockResult =
  | { readonly outcome: 'corrected' }
  /** The counters are not what they were when the pieces were counted: pieces were sold, given back or put in since. */
  | { readonly outcome: 'moved' }
  /** More is held and sold than was ever stocked, or less than nothing. */
  | { readonly outcome: 'impossible' };

/**
 * Sets a product's counters to what was counted, as after a stocktaking. What was ever stocked stays: an operator who puts pieces in
 * says so himself.
 * @param seen the counters at the time of the count; nothing is corrected if they have changed since
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
