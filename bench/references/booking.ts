import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { db, type Payment, sessionOf, setSessionStatus, tables, takeStock } from './common.ts';

/*
 * The shape of AWS's airline booking sample, a saga: six states one after another. When one fails, compensations undo the
 * ones before it, a message goes to a dead-letter queue, and the execution fails.
 */

export { checkOut, orders, webhook } from './common.ts';

/** The state after the first step, and after the second one. */
type Reserved = Payment & { readonly sku: string; readonly quantity: number };
type Booked = Reserved & { readonly order_id: string };

export async function reserveStock(payment: Payment): Promise<Reserved> {
  const { sku, quantity } = await sessionOf(payment);
  await takeStock(sku, quantity);
  return { ...payment, sku, quantity };
}

export async function createOrder(reserved: Reserved): Promise<Booked> {
  const booked = { ...reserved, order_id: randomUUID() };
  await db.send(new PutCommand({ TableName: tables.orders, Item: { ...booked, status: 'pending' } }));
  return booked;
}

/** The buyer's page has captured the payment: takes PayPal's word for it, not the webhook's. */
export async function collectPayment(booked: Booked): Promise<Booked> {
  const { status } = await callPayPal('GET', `/v2/payments/captures/${booked.capture_id}`);
  if (status !== 'COMPLETED') throw new Error(`the capture is ${status}`);
  await setOrderStatus(booked, 'paid');
  return booked;
}

export async function confirmOrder(booked: Booked): Promise<Booked> {
  await setOrderStatus(booked, 'confirmed');
  return booked;
}

export async function completeCheckout(booked: Booked): Promise<Booked> {
  await setSessionStatus(booked, 'paid');
  return booked;
}

export async function notifyBuyer(booked: Booked): Promise<Booked> {
  await setSessionStatus(booked, 'notified');
  return booked;
}

export async function cancelOrder(booked: Booked): Promise<Booked> {
  await setOrderStatus(booked, 'cancelled');
  return booked;
}

export async function releaseStock(reserved: Reserved): Promise<Reserved> {
  await takeStock(reserved.sku, -reserved.quantity);
  return reserved;
}

export async function refundPayment(payment: Payment): Promise<Payment> {
  await callPayPal('POST', `/v2/payments/captures/${payment.capture_id}/refund`, `refund-${payment.capture_id}`);
  return payment;
}

async function setOrderStatus({ session_id, order_id }: Booked, status: string): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName: tables.orders,
      Key: { session_id, order_id },
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    }),
  );
}

let token: Promise<string> | undefined;

/** @throws Error for any response but 2xx */
async function callPayPal(method: string, path: string, requestId = ''): Promise<{ readonly status: string }> {
  token ??= fetchToken();
  const response = await fetch(`${process.env.PAYPAL_URL}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await token}`,
      'content-type': 'application/json',
      ...(requestId && { 'paypal-request-id': requestId }),
    },
    ...(method === 'POST' && { body: '{}' }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { status: string };
}

async function fetchToken(): Promise<string> {
  const { PAYPAL_URL, PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET } = process.env;
  const credentials = Buffer.from(`${PAYPAL_CLIENT_ID}:${PAYPAL_CLIENT_SECRET}`).toString('base64');
  const response = await fetch(`${PAYPAL_URL}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
