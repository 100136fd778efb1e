import { describe, expect, it } from 'vitest';
import { amountOf, type OrderItem, wireText } from '../../../src/paypal/order-items.ts';

const eur = (minor: number) => ({ currency: 'EUR', minor });
const mug: OrderItem = { sku: 'MUG', name: 'Mug', quantity: 2, unit_price: eur(1250) };
const gift: OrderItem = { sku: 'GIFT', name: 'Gift', quantity: 1, unit_price: eur(0) };
/** PayPal's limit for an amount without decimals. */
const MAX = 999_999_999_999_999;

describe('amountOf', () => {
  it.each<[string, OrderItem[], object]>([
    ['sums all items', [mug, { ...mug, sku: 'TEA', quantity: 1 }], eur(3750)],
    ['accepts a free item beside one that costs something', [gift, mug], eur(2500)],
    ['accepts the smallest amount', [{ ...mug, quantity: 1, unit_price: eur(1) }], eur(1)],
    ['accepts the largest amount', [{ ...mug, quantity: 1, unit_price: eur(MAX) }], eur(MAX)],
    ['accepts the largest quantity', [{ ...mug, quantity: 9_999_999_999, unit_price: eur(1) }], eur(9_999_999_999)],
    ['accepts yen', [{ ...mug, unit_price: { currency: 'JPY', minor: 500 } }], { currency: 'JPY', minor: 1000 }],
  ])('%s', (_, items, amount) => {
    expect(amountOf(items)).toEqual({ amount });
  });

  it.each<[string, Partial<OrderItem>, string]>([
    ['a blank name', { name: '' }, 'name'],
    ['a name of spaces and line ends', { name: ' \n\t\u00a0' }, 'name'],
    ['a name of characters without width', { name: '\u200b\ufeff\u0000' }, 'name'],
    ['a name of half a character', { name: '\ud83d' }, 'name'],
    ['a blank SKU', { sku: '  ' }, 'sku'],
    ['no quantity', { quantity: 0 }, 'quantity'],
    ['half an item', { quantity: 0.5 }, 'quantity'],
    ['a quantity above PayPal’s limit', { quantity: 1e10 }, 'quantity'],
    ['a negative price', { unit_price: eur(-1) }, 'unit_price'],
    ['a fraction of a minor unit', { unit_price: eur(0.5) }, 'unit_price'],
    ['a price that is no safe integer', { unit_price: eur(2 ** 53) }, 'unit_price'],
    ['a price that is not a number', { unit_price: eur(Number.NaN) }, 'unit_price'],
    ['an unknown currency', { unit_price: { currency: 'XXX', minor: 1250 } }, 'unit_price'],
    ['a currency in lower case', { unit_price: { currency: 'eur', minor: 1250 } }, 'unit_price'],
    ['a currency that PayPal dropped', { unit_price: { currency: 'RUB', minor: 1250 } }, 'unit_price'],
  ])('names SKU and field of an item with %s', (_, change, field) => {
    const item = { ...mug, ...change };

    expect(amountOf([item])).toEqual({ problems: [{ sku: item.sku, field, detail: expect.stringMatching(/^must /) }] });
  });

  it('names the item that is wrong among others', () => {
    expect(amountOf([mug, { ...gift, unit_price: eur(-1) }])).toMatchObject({
      problems: [{ sku: 'GIFT', field: 'unit_price' }],
    });
  });

  it('returns all problems', () => {
    expect(
      amountOf([
        { ...mug, name: '' },
        { ...gift, sku: ' ', quantity: 0 },
      ]),
    ).toMatchObject({
      problems: [
        { sku: 'MUG', field: 'name' },
        { sku: ' ', field: 'sku' },
        { sku: ' ', field: 'quantity' },
      ],
    });
  });

  it.each<[string, OrderItem[]]>([
    ['nothing', [gift, { ...gift, sku: 'CARD' }]],
    ['more than PayPal takes in one item', [{ ...mug, quantity: 1, unit_price: eur(MAX + 1) }]],
    [
      'more than PayPal takes in sum',
      [
        { ...mug, quantity: 1, unit_price: eur(MAX) },
        { ...mug, sku: 'TEA', quantity: 1, unit_price: eur(1) },
      ],
    ],
    ['more than a number can hold', [{ ...mug, quantity: 9_999_999_999, unit_price: eur(MAX) }]],
  ])('rejects the amount of items that cost %s', (_, items) => {
    expect(amountOf(items)).toEqual({
      problems: [{ sku: null, field: 'amount', detail: `must be from 1 to ${MAX} in minor units` }],
    });
  });

  it('throws for two currencies', () => {
    expect(() => amountOf([mug, { ...gift, unit_price: { currency: 'USD', minor: 1 } }])).toThrow(RangeError);
  });
});

describe('wireText', () => {
  it.each([
    ['a'.repeat(128), 'a'.repeat(127)],
    ['Mug\n  with\ttea ', 'Mug with tea'],
    [`${'a'.repeat(126)}😀`, 'a'.repeat(126)],
    [`${'a'.repeat(125)}😀`, `${'a'.repeat(125)}😀`],
    [`${' '.repeat(200)}a`, 'a'],
    [`${'\u200b'.repeat(127)}a`, ''],
  ])('cuts %j on one line, without splitting a character', (text, expected) => {
    expect(wireText(text)).toBe(expected);
  });
});
