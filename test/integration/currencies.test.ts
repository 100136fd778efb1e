import { describe, expect, it } from 'vitest';
import { stockedProduct } from '../support/stack/aws.ts';
import { approve, beginPurchase, captureOf, completedPayment, shop } from '../support/stack/shop.ts';

describe('the shop', () => {
  it.each([
    ['JPY', 500, '500', '1000'],
    ['HUF', 3990, '3990', '7980'],
    ['USD', 5, '0.05', '0.10'],
  ])('sells in %s with the decimals that PayPal accepts', async (currency, minor, price, sum) => {
    const sku = await stockedProduct(5, minor, currency);
    const { products } = (await shop('GET', '/api/v1/products')).body;
    expect(products.find((product: { sku: string }) => product.sku === sku).unit_price).toEqual({
      currency_code: currency,
      value: price,
    });
    const purchase = await beginPurchase({ sku, quantity: 2 });

    await approve(purchase.paypalOrderId);

    expect((await completedPayment(purchase, 'captured')).order.amount).toEqual({
      currency_code: currency,
      value: sum,
    });
    expect((await captureOf(purchase)).amount).toMatchObject({ currency_code: currency, value: sum });
  });

  it('rejects a session with two currencies', async () => {
    const items = [
      { sku: await stockedProduct(5, 500, 'JPY'), quantity: 1 },
      { sku: await stockedProduct(5, 500, 'EUR'), quantity: 1 },
    ];

    expect(await shop('POST', '/api/v1/checkout-sessions', { items })).toMatchObject({
      status: 400,
      body: { type: '/problems/invalid-request' },
    });
  });
});
