import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Money, moneyText, parseMoney, sameMoney, sumOf, times } from '../../../src/shared/money.ts';

const currency = fc.constantFrom('EUR', 'USD', 'GBP', 'HUF', 'JPY', 'TWD');
const money: fc.Arbitrary<Money> = fc.record({ currency, minor: fc.maxSafeInteger() });

it('parseMoney reads what moneyText writes', () => {
  fc.assert(
    fc.property(money, (amount) => {
      expect(parseMoney(moneyText(amount))).toEqual(amount);
    }),
  );
});

it('moneyText writes HUF, JPY and TWD without decimals, others with two', () => {
  fc.assert(
    fc.property(money, (amount) => {
      const { value } = moneyText(amount);
      const form = ['HUF', 'JPY', 'TWD'].includes(amount.currency) ? /^-?\d+$/ : /^-?\d+\.\d{2}$/;

      expect(value).toMatch(form);
      // PayPal's own pattern: https://developer.paypal.com/docs/api/orders/v2/#definition-money
      expect(value).toMatch(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/);
    }),
  );
});

it.each<[number, string, string]>([
  [1999, 'EUR', '19.99'],
  [5, 'EUR', '0.05'],
  [0, 'EUR', '0.00'],
  [-5, 'EUR', '-0.05'],
  [-1999, 'EUR', '-19.99'],
  [500, 'JPY', '500'],
  [0, 'HUF', '0'],
  [-7, 'TWD', '-7'],
])('moneyText writes %i minor units of %s as %s', (minor, currency, value) => {
  expect(moneyText({ currency, minor })).toEqual({ currency_code: currency, value });
});

it.each<[string, string, number]>([
  ['19.9', 'EUR', 1990],
  ['19', 'EUR', 1900],
  ['.5', 'EUR', 50],
  ['-.5', 'EUR', -50],
  ['19.990', 'EUR', 1999],
  ['007.10', 'EUR', 710],
  ['-0.00', 'EUR', 0],
  ['500.00', 'JPY', 500],
  ['500', 'HUF', 500],
  ['-7', 'TWD', -7],
  ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
])('parseMoney reads %s %s as %i minor units', (value, currency_code, minor) => {
  expect(parseMoney({ currency_code, value })).toStrictEqual({ currency: currency_code, minor });
});

describe('parseMoney: invalid amounts', () => {
  it.each([
    ['an empty text', ''],
    ['a sign alone', '-'],
    ['a point alone', '.'],
    ['a trailing point', '5.'],
    ['a comma', '19,99'],
    ['a thousands separator', '1,999.00'],
    ['an exponent', '1e3'],
    ['a hexadecimal number', '0x10'],
    ['a plus sign', '+5'],
    ['a leading space', ' 5'],
    ['a trailing line feed', '5\n'],
    ['two signs', '--5'],
    ['two points', '1.2.3'],
    ['words', 'NaN'],
    ['non-ASCII digits', '٥'],
    ['a fraction of a cent', '0.001'],
    ['more than a safe integer', '90071992547409.92'],
  ])('parseMoney rejects %s', (_, value) => {
    expect(() => parseMoney({ currency_code: 'EUR', value })).toThrow(RangeError);
  });

  it('parseMoney rejects half a yen', () => {
    expect(() => parseMoney({ currency_code: 'JPY', value: '0.5' })).toThrow(RangeError);
  });

  it('parseMoney returns the exact value of any text, or throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.-,e+ ') }), (value) => {
        let minor: number | undefined;
        try {
          minor = parseMoney({ currency_code: 'EUR', value }).minor;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(minor / 100).toBeCloseTo(Number(value), 1);
      }),
      { numRuns: 2000 },
    );
  });
});

it('sameMoney compares currencies', () => {
  const euro = { currency: 'EUR', minor: 500 };

  expect(sameMoney(euro, { ...euro })).toBe(true);
  expect(sameMoney(euro, { ...euro, minor: 501 })).toBe(false);
  expect(sameMoney(euro, { ...euro, currency: 'USD' })).toBe(false);
});

it('times multiplies the price by the quantity', () => {
  expect(times({ currency: 'EUR', minor: 1999 }, 3)).toEqual({ currency: 'EUR', minor: 5997 });
});

it('sumOf is independent of order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (minors) => {
      const amounts = minors.map((minor) => ({ currency: 'EUR', minor }));

      expect(sumOf(amounts)).toEqual(sumOf([...amounts].reverse()));
      expect(sumOf(amounts).minor).toBe(minors.reduce((sum, minor) => sum + minor, 0));
    }),
  );
});

it('sumOf throws for different currencies and for no amounts', () => {
  const mixed = [
    { currency: 'EUR', minor: 1 },
    { currency: 'USD', minor: 1 },
  ];

  expect(() => sumOf(mixed)).toThrow('cannot add USD to EUR');
  expect(() => sumOf([])).toThrow(RangeError);
});
