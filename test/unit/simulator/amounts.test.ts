import { describe, expect, it } from 'vitest';
import { amountIssue, feeOf, formatSummaryAmount } from '../../../simulator/state/amounts.ts';

describe('feeOf', () => {
  it.each([
    [1999, 85],
    [10_000, 284],
    [20, 20],
    [1, 1],
  ])('charges for %i cents a fee of %i', (minor, fee) => {
    expect(feeOf({ currency: 'EUR', minor })).toEqual({ currency: 'EUR', minor: fee });
  });
});

describe('formatSummaryAmount', () => {
  it.each([
    [{ currency: 'USD', minor: 18_510 }, '$ 185.1 USD'],
    [{ currency: 'USD', minor: 10_000 }, '$ 100.0 USD'],
    [{ currency: 'EUR', minor: 1999 }, '€ 19.99 EUR'],
    [{ currency: 'JPY', minor: 500 }, '¥ 500 JPY'],
  ])('formats %j like PayPal’s event summaries', (money, text) => {
    expect(formatSummaryAmount(money)).toBe(text);
  });
});

describe('amountIssue', () => {
  it.each([
    ['EUR', '19.99', undefined],
    ['EUR', '19', undefined],
    ['EUR', '.5', undefined],
    ['EUR', '19.999', 'DECIMAL_PRECISION'],
    ['JPY', '500', undefined],
    ['HUF', '500.0', 'DECIMALS_NOT_SUPPORTED'],
    ['TWD', '500.00', 'DECIMALS_NOT_SUPPORTED'],
    ['XXX', '1', 'INVALID_CURRENCY_CODE'],
    ['EUR', '9999999999999.99', undefined],
    ['EUR', '10000000000000.00', 'MAX_VALUE_EXCEEDED'],
  ])('returns for %s %s: %s', (currency_code, value, issue) => {
    expect(amountIssue({ currency_code, value })).toBe(issue);
  });
});
