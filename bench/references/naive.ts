import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { db, type Settlement, tables, takeStock } from './common.ts';

/*
 * The design that most shops begin with: parse the event, store it, start three steps. Nothing is verified and nothing is
 * conditional.
 */

export { checkOut, order, webhook } from './common.ts';

export const inventory = (payment: Settlement): Promise<Settlement> => takeStock(payment);

export async function checkout(payment: Settlement): Promise<Settlement> {
  await db.send(
    new UpdateCommand({
      TableName: tables.sessions,
      Key: { id: payment.payment_id },
      UpdateExpression: 'SET paid = :true',
      ExpressionAttributeValues: { ':true': true },
    }),
  );
  return payment;
}

export async function fulfillment(payment: Settlement): Promise<Settlement> {
  await db.send(
    new PutCommand({ TableName: tables.orders, Item: { ...payment, order_id: randomUUID(), status: 'confirmed' } }),
  );
  return payment;
}
