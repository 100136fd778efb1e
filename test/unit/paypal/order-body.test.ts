import { describe, expect, it } from 'vitest';
import { type CreateOrder, orderBody } from '../../../src/paypal/order-body.ts';

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
  ])('throws when the order %s', (_, change) => {
    expect(() => orderBody({ ...order, ...change })).toThrow(RangeError);
  });

  it('throws with the SKU and the field that PayPal would reject', () => {
    const items = [{ name: ' ', sku: 'MUG-1', quantity: 1, unit_price: eur(2999) }];

    expect(() => orderBody({ ...order, items })).toThrow('invalid name of MUG-1: must not be blank');
  });

  it('throws with the payment’s id and both amounts when the items do not add up', () => {
    expect(() => orderBody({ ...order, amount: eur(3000) })).toThrow(
      'invalid amount of pay_01JGFJJZ008XQ4WN0QZQW2J5T7: expected the sum of its items: ' +
        '3000 EUR, items 2999 EUR in minor units',
    );
  });

  it('has names and SKUs on one line, within PayPal’s limit', () => {
    const items = [{ name: `a\n${'n'.repeat(200)}`, sku: 's'.repeat(200), quantity: 1, unit_price: eur(2999) }];

    const [item] = orderBody({ ...order, items }).purchase_units[0]?.items ?? [];

    expect([item?.name, item?.sku]).toEqual([`a ${'n'.repeat(125)}`, 's'.repeat(127)]);
  });
});
