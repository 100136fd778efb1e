import { describe, expect, it } from 'vitest';
import { leftToRefund, parsePartialRefund } from '../../../../web/admin/partial-refund.ts';

const eur = (value: string) => ({ currency_code: 'EUR', value });
const jpy = (value: string) => ({ currency_code: 'JPY', value });

describe('leftToRefund', () => {
  it('subtracts refunds from the captured amount', () => {
    expect(leftToRefund(eur('19.99'), eur('5.00'))).toEqual(eur('14.99'));
    expect(leftToRefund(jpy('500'), jpy('0'))).toEqual(jpy('500'));
    expect(leftToRefund(eur('19.99'), eur('19.99'))).toBeUndefined();
    expect(leftToRefund(null, eur('0.00'))).toBeUndefined();
  });
});

describe('parsePartialRefund', () => {
  it.each([
    ['5', '5.00'],
    ['5.5', '5.50'],
    [' 5,25 ', '5.25'],
    ['14.99', '14.99'],
  ])('accepts %j of 14.99', (typed, value) => {
    expect(parsePartialRefund(eur('14.99'), typed)).toEqual({ amount: eur(value) });
  });

  it.each(['', 'all', '1,000', '1.000', '1.2.3', '-5', '5 EUR', '1e1', '.5'])(
    'rejects %j, which is not an amount',
    (typed) => {
      expect(parsePartialRefund(eur('5000.00'), typed)).toEqual({ error: 'Enter an amount such as 5000.00.' });
    },
  );

  it('rejects decimals when the currency has none', () => {
    expect(parsePartialRefund(jpy('500'), '20')).toEqual({ amount: jpy('20') });
    expect(parsePartialRefund(jpy('500'), '20.5')).toEqual({ error: 'Enter an amount such as 500.' });
  });

  it.each([
    ['0', 'Enter an amount greater than zero.'],
    ['0.00', 'Enter an amount greater than zero.'],
    ['15', 'Enter at most 14.99.'],
  ])('rejects %j of 14.99', (typed, error) => {
    expect(parsePartialRefund(eur('14.99'), typed)).toEqual({ error });
  });
});
