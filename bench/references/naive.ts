import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { db, type Payment, sessionOf, setSessionStatus, tables, takeStock } from './common.ts';

/*
 * What a shop begins with: the webhook parses the event, stores it and starts three steps, which run in parallel.
 */

export { checkOut, orders, webhook } from './common.ts';

export async function inventory(payment: Payment): Promise<void> {
  const { sku, quantity } = await sessionOf(payment);
  await takeStock(sku, quantity);
}

export const checkout = (payment: Payment): Promise<void> => setSessionStatus(payment, 'paid');

export async function fulfillment(payment: Payment): Promise<void> {
  const { sku, quantity } = await sessionOf(payment);
  const order = { ...payment, order_id: randomUUID(), sku, quantity, status: 'confirmed' };
  await db.send(new PutCommand({ TableName: tables.orders, Item: order }));
}
