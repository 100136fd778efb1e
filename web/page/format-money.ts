import type { Money } from '../api/schema.ts';

/**
 * `€19.99`, `¥500`: an amount in the reader's locale, with the decimals of the API's value. Those are PayPal's: `Intl`
 * defaults to two for HUF and TWD.
 */
export function formatMoney({ currency_code, value }: Money, locale?: string): string {
  const decimals = value.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency_code,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    // A string: as a number, an amount beyond 2^53 would lose its decimals.
  }).format(value as Intl.StringNumericLiteral);
}
