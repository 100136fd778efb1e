import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { commitStock, holdStock, releaseStock } from '../../src/inventory/stock-steps.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { settlementThat } from '../support/builders/settlements.ts';
import { dynamo, stockedProduct } from '../support/stack/aws.ts';

const { tables } = inject('aws');
const stock = stockRepository(dynamo, tables);

describe('the inventory steps', () => {
  it('commits and holds no stock for late money when the product was deleted', async () => {
    const [sku, kept] = [await stockedProduct(10), await stockedProduct(10)];
    const checkout_session_id = sessionId(ulid());
    const ids = { payment_id: paymentIdOf(checkout_session_id), checkout_session_id };
    const items = [
      { sku: kept, quantity: 1 },
      { sku, quantity: 1 },
    ];
    await stock.reserve({ checkout_session_id, status: 'held', items, expires_at: new Date().toISOString() });
    await releaseStock(stock, ids);
    await dynamo.send(new DeleteCommand({ TableName: tables.products, Key: { sku } }));

    const none = { stock: 'none', changed: false };
    expect(await commitStock(stock, { ...settlementThat('captured_late'), ...ids })).toEqual(none);
    expect(await holdStock(stock, { ...settlementThat('approved_late'), ...ids })).toEqual(none);
    expect(await stock.productsOf([kept])).toMatchObject({ products: [{ available: 10, reserved: 0, sold: 0 }] });
  });
});
