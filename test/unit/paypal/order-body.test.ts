import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreateOrder, cut, orderBody } from '../../../src/paypal/order-body.ts';
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

describe('an order for PayPal', () => {
  it('names the payment, the items, their sum, and how the buyer comes back', () => {
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
      'has too many mugs',
      { items: [{ name: 'Mug', sku: 'M', quantity: 1e10, unit_price: eur(1) }], amount: eur(1e10) },
    ],
    [
      'is too large to be exact',
      {
        items: [{ name: 'Mug', sku: 'M', quantity: 1_000_000, unit_price: eur(1e10) }],
        amount: eur(1e16),
      },
    ],
    [
      'has an item that costs less than nothing',
      {
        items: [
          { name: 'Mug', sku: 'M', quantity: 1, unit_price: eur(2) },
          { name: 'Gift', sku: 'G', quantity: 1, unit_price: eur(-1) },
        ],
        amount: eur(1),
      },
    ],
    [
      'has a fraction of a cent',
      { items: [{ name: 'Mug', sku: 'M', quantity: 2, unit_price: eur(0.5) }], amount: eur(1) },
    ],
  ])('is refused when it %s', (_, change) => {
    expect(() => orderBody({ ...order, ...change })).toThrow(RangeError);
  });

  it('says which payment does not add up, and by how much', () => {
    expect(() => orderBody({ ...order, amount: eur(3000) })).toThrow(
      'the amount of pay_01JGFJJZ008XQ4WN0QZQW2J5T7 must be positive and the sum of its items: ' +
        '3000 EUR against 2999 EUR in minor units',
    );
  });

  it('is what PayPal’s OpenAPI document asks for, whatever is sold', () => {
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

describe('a text that is too long for PayPal', () => {
  it.each([
    ['a'.repeat(128), 127, 'a'.repeat(127)],
    ['Mug\n  with\ttea ', 127, 'Mug with tea'],
    ['ab😀', 3, 'ab'],
    ['ab😀', 4, 'ab😀'],
  ])('%j is cut to %i characters, on one line and with whole characters', (text, length, expected) => {
    expect(cut(text, length)).toBe(expected);
  });

  it('is cut in names and SKUs', () => {
    const items = [{ name: 'n'.repeat(200), sku: 's'.repeat(200), quantity: 1, unit_price: eur(2999) }];

    const [item] = orderBody({ ...order, items }).purchase_units[0]?.items ?? [];

    expect([item?.name, item?.sku]).toEqual(['n'.repeat(127), 's'.repeat(127)]);
  });
});
