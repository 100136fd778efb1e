import type { Money } from '../api/schema.ts';

/*
 * Amounts for display only: what is charged is computed by the API.
 */

const decimalsOf = ({ value }: Money): number => value.split('.')[1]?.length ?? 0;

export const multiplyForDisplay = (price: Money, quantity: number): Money => ({
  ...price,
  value: (Number(price.value) * quantity).toFixed(decimalsOf(price)),
});

/** Undefined when there are no prices, or they are in more than one currency. */
export function sumForDisplay(prices: readonly Money[]): Money | undefined {
  const [first] = prices;
  if (!first || hasMixedCurrencies(prices)) return undefined;
  return { ...first, value: prices.reduce((sum, { value }) => sum + Number(value), 0).toFixed(decimalsOf(first)) };
}

/** A checkout session has one currency. */
export const hasMixedCurrencies = (prices: readonly Money[]): boolean =>
  new Set(prices.map(({ currency_code }) => currency_code)).size > 1;
