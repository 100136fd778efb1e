import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ClientOptions } from '../ops/emulator-client.ts';
import type { Product } from '../src/inventory/product.ts';

const product = (sku: string, name: string, minor: number, stocked: number): Product => ({
  sku,
  name,
  price: { currency: 'EUR', minor },
  available: stocked,
  reserved: 0,
  sold: 0,
  stocked,
});

/** The last one has little stock, to try what happens when an item sells out. */
const SAMPLE_PRODUCTS: readonly Product[] = [
  product('MUG-BLUE', 'Mug, blue', 1250, 120),
  product('MUG-WHITE', 'Mug, white', 1250, 80),
  product('NOTEBOOK-A5', 'Notebook, A5, dotted', 890, 300),
  product('PEN-BLACK', 'Fountain pen, black', 3490, 40),
  product('INK-BLUE', 'Ink, royal blue, 50 ml', 1190, 60),
  product('LAMP-DESK', 'Desk lamp, brass', 12900, 12),
  product('TEA-ASSAM', 'Assam tea, 250 g', 1480, 200),
  product('PRINT-HARBOUR', 'Print “Harbour”, numbered', 24900, 3),
];

export async function stockSampleProducts(tableName: string, options: ClientOptions): Promise<void> {
  const client = new DynamoDBClient(options);
  await DynamoDBDocumentClient.from(client).send(
    new BatchWriteCommand({ RequestItems: { [tableName]: SAMPLE_PRODUCTS.map((Item) => ({ PutRequest: { Item } })) } }),
  );
  client.destroy();
}
