import { type Money, sumOf, times } from '../shared/money.ts';

export interface OrderItem {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unit_price: Money;
}

/** Why PayPal does not take an order. */
export interface ItemProblem {
  /** Null when it is about all items. */
  readonly sku: string | null;
  /** Such as `unit_price`; `amount` is the sum. */
  readonly field: string;
  /** What is allowed. */
  readonly detail: string;
}

/** PayPal's limit for names, SKUs and ids: https://developer.paypal.com/docs/api/orders/v2/#orders_create */
const MAX_TEXT = 127;

/** PayPal's pattern for a quantity is ^[1-9][0-9]{0,9}$. */
const MAX_QUANTITY = 9_999_999_999;

/** https://developer.paypal.com/reference/currency-codes/ */
const CURRENCIES: ReadonlySet<string> = new Set([
  ...['AUD', 'BRL', 'CAD', 'CHF', 'CNY', 'CZK', 'DKK', 'EUR', 'GBP', 'HKD', 'HUF', 'ILS', 'JPY', 'MXN', 'MYR', 'NOK'],
  ...['NZD', 'PHP', 'PLN', 'SEK', 'SGD', 'THB', 'TWD', 'USD'],
]);

/**
 * PayPal's largest amount is 999999999999999.99 (MAX_VALUE_EXCEEDED). In minor units, that of a currency with decimals
 * is no safe integer, so this is the limit for those without, and for all.
 */
const MAX_MINOR = 999_999_999_999_999;

/** The amount of an order with these items, or why PayPal would reject it. @throws RangeError for two currencies */
export function amountOf(
  items: readonly OrderItem[],
): { readonly amount: Money } | { readonly problems: readonly ItemProblem[] } {
  const amount = sumOf(items.map(({ unit_price, quantity }) => times(unit_price, quantity)));
  const problems = items.flatMap(problemsOf);
  if (problems.length > 0) return { problems };
  // Checked with all prices being 0 or more, so that no item exceeds the sum.
  const isPayable = amount.minor >= 1 && amount.minor <= MAX_MINOR;
  return isPayable
    ? { amount }
    : { problems: [{ sku: null, field: 'amount', detail: `must be from 1 to ${MAX_MINOR} in minor units` }] };
}

function problemsOf({ sku, name, quantity, unit_price: { currency, minor } }: OrderItem): ItemProblem[] {
  const problem = (field: string, detail: string): ItemProblem => ({ sku, field, detail });
  return [
    ...(wireText(sku) === '' ? [problem('sku', 'must not be blank')] : []),
    ...(wireText(name) === '' ? [problem('name', 'must not be blank')] : []),
    ...(Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY
      ? []
      : [problem('quantity', `must be an integer from 1 to ${MAX_QUANTITY}`)]),
    ...(CURRENCIES.has(currency) ? [] : [problem('unit_price', 'must be in a currency that PayPal supports')]),
    ...(Number.isSafeInteger(minor) && minor >= 0 ? [] : [problem('unit_price', 'must be 0 or more, in minor units')]),
  ];
}

/** On one line, cut to PayPal's limit without splitting a surrogate pair; empty if nothing in it is visible. */
export function wireText(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_TEXT)
    .replace(/[\uD800-\uDBFF]$/, '');
  return /[^\p{C}\p{Z}]/u.test(line) ? line : '';
}
