import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { db, type Settlement, tables, takeStock } from './common.ts';

/*
 * The shape of AWS's airline booking sample: six states one after another, each with retries; what fails goes to a
 * dead-letter queue, then the execution fails.
 */

export { checkOut, order, webhook } from './common.ts';

/** @throws ConditionalCheckFailedException when there is too little */
export const reserveStock = (payment: Settlement): Promise<Settlement> => takeStock(payment, 'available >= :quantity');

/** The capture's id is the order's: a second execution of the same capture writes the same order. */
export async function createOrder(payment: Settlement): Promise<Settlement> {
  await db.send(
    new PutCommand({
      TableName: tables.orders,
      Item: { ...payment, order_id: payment.capture_id, status: 'pending' },
    }),
  );
  return payment;
}

export const collectPayment = (payment: Settlement): Promise<Settlement> => setSession(payment, 'collected');

export async function confirmOrder(payment: Settlement): Promise<Settlement> {
  await db.send(
    new UpdateCommand({
      TableName: tables.orders,
      Key: { payment_id: payment.payment_id, order_id: payment.capture_id },
      UpdateExpression: 'SET #status = :confirmed',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':confirmed': 'confirmed' },
    }),
  );
  return payment;
}

export const completeCheckout = (payment: Settlement): Promise<Settlement> => setSession(payment, 'completed');

export const notifyBuyer = (payment: Settlement): Promise<Settlement> => setSession(payment, 'notified');

async function setSession(payment: Settlement, status: string): Promise<Settlement> {
  await db.send(
    new UpdateCommand({
      TableName: tables.sessions,
      Key: { id: payment.payment_id },
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    }),
  );
  return payment;
}
