import type { Money } from '../api/schema.ts';

const decimalsOf = ({ value }: Money): number => value.split('.')[1]?.length ?? 0;

/** The price of some pieces, for show: what is charged, the shop computes. */
export const multiplyForDisplay = (price: Money, quantity: number): Money => ({
  ...price,
  value: (Number(price.value) * quantity).toFixed(decimalsOf(price)),
});

/** What prices add up to, for show; undefined when there are none, or they are not in one currency. */
export function sumForDisplay(prices: readonly Money[]): Money | undefined {
  const [first] = prices;
  if (!first || hasMixedCurrencies(prices)) return undefined;
  return { ...first, value: prices.reduce((sum, { value }) => sum + Number(value), 0).toFixed(decimalsOf(first)) };
}

/** Whether prices are in more than one currency: these cannot be paid at once. */
export const hasMixedCurrencies = (prices: readonly Money[]): boolean =>
  new Set(prices.map(({ currency_code }) => currency_code)).size > 1;
