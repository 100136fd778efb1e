import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../../web/page/format-money.ts';
import { hasMixedCurrencies, multiplyForDisplay, sumForDisplay } from '../../../web/storefront/money.ts';

it.each([
  ['EUR', '19.99', '€19.99'],
  ['EUR', '0.00', '€0.00'],
  ['USD', '1234567.80', '$1,234,567.80'],
  ['JPY', '500', '¥500'],
  ['HUF', '1500', 'HUF 1,500'],
  ['TWD', '30', 'NT$30'],
  ['EUR', '90071992547409.93', '€90,071,992,547,409.93'],
])('writes %s %s as %s', (currency_code, value, words) => {
  expect(formatMoney({ currency_code, value }, 'en-US').replaceAll('\u00a0', ' ')).toBe(words);
});

const price = (currency_code: string, value: string) => ({ currency_code, value });

describe('a basket', () => {
  it.each([
    ['EUR', '0.10', 3, '0.30'],
    ['EUR', '12.50', 2, '25.00'],
    ['HUF', '1500', 2, '3000'],
  ])('adds up %s %s, %d times, in that currency’s decimals', (currency, value, pieces, sum) => {
    expect(multiplyForDisplay(price(currency, value), pieces)).toEqual(price(currency, sum));
    expect(sumForDisplay(Array(pieces).fill(price(currency, value)))).toEqual(price(currency, sum));
  });

  it('has no sum of two currencies, and none of nothing', () => {
    expect(sumForDisplay([price('EUR', '1.00'), price('USD', '1.00')])).toBeUndefined();
    expect(sumForDisplay([])).toBeUndefined();
    expect(hasMixedCurrencies([price('EUR', '1.00'), price('USD', '1.00')])).toBe(true);
    expect(hasMixedCurrencies([price('EUR', '1.00'), price('EUR', '2.00')])).toBe(false);
  });
});
