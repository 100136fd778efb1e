import type { Money } from '../api/schema.ts';

/** An amount in the reader's own way of writing: `€19.99`. */
export const inWords = ({ currency_code, value }: Money): string =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency: currency_code }).format(Number(value));

/** The price of some pieces, for show: what is charged, the shop computes. */
export const timesForShow = ({ currency_code, value }: Money, quantity: number): Money => ({
  currency_code,
  value: String(Number(value) * quantity),
});

/** What prices add up to, for show; undefined when there are none. */
export function sumForShow(prices: readonly Money[]): Money | undefined {
  const [first] = prices;
  return first && { ...first, value: String(prices.reduce((sum, { value }) => sum + Number(value), 0)) };
}
