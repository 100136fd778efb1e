import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../../web/page/format-money.ts';
import { hasMixedCurrencies, multiplyForDisplay, sumForDisplay } from '../../../web/storefront/money.ts';

describe('formatMoney', () => {
  it.each([
    ['EUR', '19.99', '€19.99'],
    ['EUR', '0.00', '€0.00'],
    ['USD', '1234567.80', '$1,234,567.80'],
    ['JPY', '500', '¥500'],
    ['HUF', '1500', 'HUF 1,500'],
    ['TWD', '30', 'NT$30'],
    ['EUR', '90071992547409.93', '€90,071,992,547,409.93'],
  ])('formats %s %s as %s', (currency_code, value, text) => {
    expect(formatMoney({ currency_code, value }, 'en-US').replaceAll('\u00a0', ' ')).toBe(text);
  });
});

const price = (currency_code: string, value: string) => ({ currency_code, value });

describe('multiplyForDisplay and sumForDisplay', () => {
  it.each([
    ['EUR', '0.10', 3, '0.30'],
    ['EUR', '12.50', 2, '25.00'],
    ['HUF', '1500', 2, '3000'],
  ])('keeps the decimals of the currency: %s %s × %d', (currency, value, quantity, total) => {
    expect(multiplyForDisplay(price(currency, value), quantity)).toEqual(price(currency, total));
    expect(sumForDisplay(Array(quantity).fill(price(currency, value)))).toEqual(price(currency, total));
  });
});

describe('sumForDisplay', () => {
  it('returns undefined for mixed currencies and for no prices', () => {
    expect(sumForDisplay([price('EUR', '1.00'), price('USD', '1.00')])).toBeUndefined();
    expect(sumForDisplay([])).toBeUndefined();
  });
});

describe('hasMixedCurrencies', () => {
  it('detects a second currency', () => {
    expect(hasMixedCurrencies([price('EUR', '1.00'), price('USD', '1.00')])).toBe(true);
    expect(hasMixedCurrencies([price('EUR', '1.00'), price('EUR', '2.00')])).toBe(false);
  });
});
