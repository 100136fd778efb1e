import { describe, expect, it } from 'vitest';
import { change, everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { shop } from '../support/stack/shop.ts';

const TABLES = ['products', 'reservations', 'checkout-sessions', 'payments'] as const;
const everything = async () => JSON.stringify(await Promise.all(TABLES.map(everythingIn)));

describe('the shop opens no session', () => {
  it.each<[string, { minor?: number; currency?: string; name?: string }, string]>([
    ['of free items', { minor: 0 }, 'amount'],
    ['with a negative price', { minor: -1 }, 'unit_price'],
    ['above PayPal’s maximum', { minor: 2 ** 52 }, 'amount'],
    ['in a currency that PayPal does not support', { currency: 'XAU' }, 'unit_price'],
    ['with a blank name', { name: '   ' }, 'name'],
    ['with a name without visible characters', { name: '\u200b\u00a0' }, 'name'],
  ])('%s: nothing is reserved, and the response names the field', async (_, { minor, currency, name }, field) => {
    const sku = await stockedProduct(5, minor, currency);
    if (name !== undefined) await change('products', { sku }, { name });
    const before = await everything();

    const { status, body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] });

    expect({ status, ...body }).toMatchObject({
      status: 409,
      type: '/problems/not-payable',
      items: [{ sku: field === 'amount' ? null : sku, field }],
    });
    expect(await everything()).toBe(before);
  });
});
