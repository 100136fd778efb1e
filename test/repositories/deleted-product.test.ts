import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { commitStock, holdStock, releaseStock, returnStock } from '../../src/inventory/stock-steps.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { settlementThat } from '../support/builders/settlements.ts';
import { dynamo, stockedProduct } from '../support/stack/aws.ts';

const { tables } = inject('aws');
const stock = stockRepository(dynamo, tables);

/** A held reservation of one item of each of two products. */
async function reservationOfTwo() {
  const [kept, sku] = [await stockedProduct(10), await stockedProduct(10)];
  const checkout_session_id = sessionId(ulid());
  const ids = { payment_id: paymentIdOf(checkout_session_id), checkout_session_id };
  const items = [
    { sku: kept, quantity: 1 },
    { sku, quantity: 1 },
  ];
  await stock.reserve({ checkout_session_id, status: 'held', items, expires_at: new Date().toISOString() });
  return {
    ids,
    deleteProduct: () => dynamo.send(new DeleteCommand({ TableName: tables.products, Key: { sku } })),
    counters: async () => {
      const { products } = await stock.productsOf([kept, sku]);
      return products.map(({ available, reserved, sold }) => [available, reserved, sold]);
    },
  };
}

describe('the inventory steps', () => {
  it('commits and holds no stock for late money when the product was deleted', async () => {
    const { ids, deleteProduct, counters } = await reservationOfTwo();
    await releaseStock(stock, ids);
    await deleteProduct();

    const none = { stock: 'none', changed: false };
    expect(await commitStock(stock, { ...settlementThat('captured_late'), ...ids })).toEqual(none);
    expect(await holdStock(stock, { ...settlementThat('approved_late'), ...ids })).toEqual(none);
    expect(await counters()).toEqual([[10, 0, 0]]);
  });

  it('releases the stock of the other products when one was deleted', async () => {
    const { ids, deleteProduct, counters } = await reservationOfTwo();
    await deleteProduct();

    expect(await releaseStock(stock, ids)).toEqual({ stock: 'released', changed: true });
    expect(await releaseStock(stock, ids)).toEqual({ stock: 'released', changed: false });

    expect(await counters()).toEqual([[10, 0, 0]]);
  });

  it('commits and returns the stock of the other products when one was deleted', async () => {
    const { ids, deleteProduct, counters } = await reservationOfTwo();
    await deleteProduct();

    expect(await commitStock(stock, { ...settlementThat('captured'), ...ids })).toMatchObject({ stock: 'committed' });
    expect(await counters()).toEqual([[9, 0, 1]]);
    expect(await returnStock(stock, { ...settlementThat('refunded'), ...ids })).toMatchObject({ stock: 'returned' });
    expect(await counters()).toEqual([[10, 0, 0]]);
  });

  it('returns the stock of the other products when one was deleted after the sale', async () => {
    const { ids, deleteProduct, counters } = await reservationOfTwo();
    await commitStock(stock, { ...settlementThat('captured'), ...ids });
    await deleteProduct();

    expect(await returnStock(stock, { ...settlementThat('refunded'), ...ids })).toMatchObject({ stock: 'returned' });

    expect(await counters()).toEqual([[10, 0, 0]]);
  });

  it('releases a reservation whose only product was deleted', async () => {
    const sku = await stockedProduct(1);
    const checkout_session_id = sessionId(ulid());
    const items = [{ sku, quantity: 1 }];
    await stock.reserve({ checkout_session_id, status: 'held', items, expires_at: new Date().toISOString() });
    await dynamo.send(new DeleteCommand({ TableName: tables.products, Key: { sku } }));

    expect(await releaseStock(stock, { checkout_session_id })).toEqual({ stock: 'released', changed: true });
  });
});
