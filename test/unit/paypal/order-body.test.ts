import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreateOrder, orderBody, truncate } from '../../../src/paypal/order-body.ts';
import { sumOf, times } from '../../../src/shared/money.ts';

const eur = (minor: number) => ({ currency: 'EUR', minor });
const order: CreateOrder = {
  payment_id: 'pay_01JGFJJZ008XQ4WN0QZQW2J5T7',
  items: [
    { name: 'Mug', sku: 'MUG-1', quantity: 2, unit_price: eur(1250) },
    { name: 'Tea', sku: 'TEA-9', quantity: 1, unit_price: eur(499) },
  ],
  amount: eur(2999),
  return_url: 'https://shop.example/checkout/success?checkout_session_id=cs_1',
  cancel_url: 'https://shop.example/checkout/failure?checkout_session_id=cs_1',
};

describe('orderBody', () => {
  it('has the payment’s id, items, amount and return URLs', () => {
    expect(orderBody(order)).toEqual({
      intent: 'CAPTURE',
      purchase_units: [
        {
          reference_id: 'default',
          custom_id: 'pay_01JGFJJZ008XQ4WN0QZQW2J5T7',
          amount: {
            currency_code: 'EUR',
            value: '29.99',
            breakdown: { item_total: { currency_code: 'EUR', value: '29.99' } },
          },
          items: [
            {
              name: 'Mug',
              sku: 'MUG-1',
              quantity: '2',
              unit_amount: { currency_code: 'EUR', value: '12.50' },
              category: 'PHYSICAL_GOODS',
            },
            {
              name: 'Tea',
              sku: 'TEA-9',
              quantity: '1',
              unit_amount: { currency_code: 'EUR', value: '4.99' },
              category: 'PHYSICAL_GOODS',
            },
          ],
        },
      ],
      payment_source: {
        paypal: {
          experience_context: {
            return_url: 'https://shop.example/checkout/success?checkout_session_id=cs_1',
            cancel_url: 'https://shop.example/checkout/failure?checkout_session_id=cs_1',
            user_action: 'PAY_NOW',
            shipping_preference: 'GET_FROM_FILE',
          },
        },
      },
    });
  });

  it('writes yen without decimals', () => {
    const items = [{ name: 'Mug', sku: 'M', quantity: 3, unit_price: { currency: 'JPY', minor: 500 } }];

    const [unit] = orderBody({ ...order, items, amount: { currency: 'JPY', minor: 1500 } }).purchase_units;

    expect(unit?.amount).toEqual({
      currency_code: 'JPY',
      value: '1500',
      breakdown: { item_total: { currency_code: 'JPY', value: '1500' } },
    });
    expect(unit?.items[0]?.unit_amount).toEqual({ currency_code: 'JPY', value: '500' });
  });

  it.each([
    ['is less than its items', { amount: eur(2998) }],
    ['is more than its items', { amount: eur(3000) }],
    ['is of another currency than its items', { amount: { currency: 'USD', minor: 2999 } }],
    ['has no items', { items: [], amount: eur(0) }],
    ['costs nothing', { items: [{ name: 'Air', sku: 'A', quantity: 1, unit_price: eur(0) }], amount: eur(0) }],
    [
      'has items of two currencies',
      {
        items: [
          { name: 'Mug', sku: 'M', quantity: 1, unit_price: eur(1) },
          { name: 'Tea', sku: 'T', quantity: 1, unit_price: { currency: 'USD', minor: 1 } },
        ],
        amount: eur(2),
      },
    ],
    ['has no quantity', { items: [{ name: 'Mug', sku: 'M', quantity: 0, unit_price: eur(1) }], amount: eur(0) }],
    ['has half a mug', { items: [{ name: 'Mug', sku: 'M', quantity: 0.5, unit_price: eur(2) }], amount: eur(1) }],
    [
      'has a quantity above the limit',
      { items: [{ name: 'Mug', sku: 'M', quantity: 1e10, unit_price: eur(1) }], amount: eur(1e10) },
    ],
    [
      'has an amount that is not a safe integer',
      {
        items: [{ name: 'Mug', sku: 'M', quantity: 1_000_000, unit_price: eur(1e10) }],
        amount: eur(1e16),
      },
    ],
    [
      'has a negative unit price',
      {
        items: [
          { name: 'Mug', sku: 'M', quantity: 1, unit_price: eur(2) },
          { name: 'Gift', sku: 'G', quantity: 1, unit_price: eur(-1) },
        ],
        amount: eur(1),
      },
    ],
    [
      'has a fraction of a minor unit',
      { items: [{ name: 'Mug', sku: 'M', quantity: 2, unit_price: eur(0.5) }], amount: eur(1) },
    ],
  ])('throws when the order %s', (_, change) => {
    expect(() => orderBody({ ...order, ...change })).toThrow(RangeError);
  });

  it('throws with the payment’s id and both amounts when the items do not add up', () => {
    expect(() => orderBody({ ...order, amount: eur(3000) })).toThrow(
      'invalid amount of pay_01JGFJJZ008XQ4WN0QZQW2J5T7: expected the sum of its items, greater than 0: ' +
        '3000 EUR, items 2999 EUR in minor units',
    );
  });

  it('is valid by PayPal’s OpenAPI document for any items', () => {
    const specification = new URL('../../fixtures/paypal/openapi/checkout_orders_v2.json', import.meta.url);
    const ajv = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false });
    ajv.addSchema(JSON.parse(readFileSync(specification, 'utf8')), 'orders');
    const isOrderRequest = ajv.compile({ $ref: 'orders#/components/schemas/order_request' });
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter((name) => name.trim() !== '');
    const item = fc.record({
      name: text,
      sku: text,
      quantity: fc.integer({ min: 1, max: 999 }),
      minor: fc.integer({ min: 1, max: 10_000_000 }),
    });
    const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'HUF');

    fc.assert(
      fc.property(currency, fc.array(item, { minLength: 1, maxLength: 5 }), (currency, lines) => {
        const items = lines.map(({ minor, ...line }) => ({ ...line, unit_price: { currency, minor } }));
        const amount = sumOf(items.map(({ unit_price, quantity }) => times(unit_price, quantity)));

        isOrderRequest(orderBody({ ...order, items, amount }));

        expect(isOrderRequest.errors).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe('truncate', () => {
  it.each([
    ['a'.repeat(128), 127, 'a'.repeat(127)],
    ['Mug\n  with\ttea ', 127, 'Mug with tea'],
    ['ab😀', 3, 'ab'],
    ['ab😀', 4, 'ab😀'],
  ])('cuts %j to %i characters, on one line and without splitting a character', (text, length, expected) => {
    expect(truncate(text, length)).toBe(expected);
  });

  it('is applied to names and SKUs', () => {
    const items = [{ name: 'n'.repeat(200), sku: 's'.repeat(200), quantity: 1, unit_price: eur(2999) }];

    const [item] = orderBody({ ...order, items }).purchase_units[0]?.items ?? [];

    expect([item?.name, item?.sku]).toEqual(['n'.repeat(127), 's'.repeat(127)]);
  });
});
