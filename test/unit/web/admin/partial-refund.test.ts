import { describe, expect, it } from 'vitest';
import type { MoneyText } from '../../../../src/shared/money.ts';
import { leftPending, leftToRefund, parsePartialRefund } from '../../../../web/admin/partial-refund.ts';
import type { OperatorPayment } from '../../../../web/api/schema.ts';

const eur = (value: string) => ({ currency_code: 'EUR', value });
const jpy = (value: string) => ({ currency_code: 'JPY', value });

const pending = (amount: MoneyText | null) => ({ refund_id: 'R1', status: 'PENDING' as const, amount });
const failed = (amount: MoneyText | null) => ({ refund_id: 'R2', status: 'FAILED' as const, amount });

describe('leftToRefund', () => {
  const left = (captured: MoneyText | null, refunded: MoneyText, refunds: OperatorPayment['refunds'] = []) =>
    leftToRefund({ captured, refunded, refunds });

  it('subtracts refunds from the captured amount', () => {
    expect(left(eur('19.99'), eur('5.00'))).toEqual(eur('14.99'));
    expect(left(jpy('500'), jpy('0'))).toEqual(jpy('500'));
    expect(left(eur('19.99'), eur('19.99'))).toBeUndefined();
    expect(left(null, eur('0.00'))).toBeUndefined();
  });

  it('subtracts refunds that are pending, and none that failed', () => {
    expect(left(eur('19.99'), eur('5.00'), [pending(eur('4.00')), failed(eur('3.00'))])).toEqual(eur('10.99'));
    expect(left(eur('19.99'), eur('0.00'), [pending(eur('19.99'))])).toBeUndefined();
    expect(left(eur('19.99'), eur('0.00'), [pending(null)])).toEqual(eur('19.99'));
  });
});

describe('leftPending', () => {
  const nothing = { refunded: eur('0.00') };

  it('is true when the total did not change and a refund is pending', () => {
    expect(leftPending(nothing, { ...nothing, refunds: [pending(eur('5.00'))] })).toBe(true);
  });

  it('is false when the refund was completed, whatever was pending before', () => {
    expect(leftPending(nothing, { refunded: eur('5.00'), refunds: [pending(eur('4.00'))] })).toBe(false);
    expect(leftPending(nothing, { ...nothing, refunds: [failed(eur('5.00'))] })).toBe(false);
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
