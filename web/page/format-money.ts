import type { Money } from '../api/schema.ts';

/**
 * `€19.99`, `¥500`: an amount in the reader's own way of writing, with the decimals that the API gave, which are PayPal's (`Intl` would write
 * HUF and TWD with two). The locale can be given, for tests.
 */
export function formatMoney({ currency_code, value }: Money, locale?: string): string {
  const decimals = value.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency_code,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    // The text itself: as a number, an amount beyond 2^53 would lose its cents.
  }).format(value as Intl.StringNumericLiteral);
}
