import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/*
 * What both references share: tables, the basket of a payment, the webhook, and the page that waits for the order.
 */

export const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const stepFunctions = new SFNClient({});

export const tables = {
  events: process.env.EVENTS_TABLE ?? '',
  sessions: process.env.SESSIONS_TABLE ?? '',
  stock: process.env.STOCK_TABLE ?? '',
  orders: process.env.ORDERS_TABLE ?? '',
};

/** A request of the HTTP API. */
export interface Delivery {
  readonly body: string;
}

/** The input of the steps. */
export interface Settlement {
  readonly payment_id: string;
  readonly capture_id: string;
  readonly amount: object;
  readonly sku?: string;
  readonly quantity?: number;
}

/** Parses the event, stores it, and starts the steps. Nothing is verified. */
export async function webhook({ body }: Delivery) {
  const { id, event_type, resource } = JSON.parse(body);
  await db.send(new PutCommand({ TableName: tables.events, Item: { id, event_type, body } }));
  if (event_type === 'PAYMENT.CAPTURE.COMPLETED') {
    const payment: Settlement = { payment_id: resource.custom_id, capture_id: resource.id, amount: resource.amount };
    const input = JSON.stringify(payment);
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn: process.env.STATE_MACHINE_ARN, input }));
  }
  return { statusCode: 200, body: '{}' };
}

/** Stores the basket of a payment. */
export async function checkOut({ body }: Delivery) {
  const { payment_id, sku, quantity } = JSON.parse(body);
  await db.send(new PutCommand({ TableName: tables.sessions, Item: { id: payment_id, sku, quantity } }));
  return { statusCode: 201, body: '{}' };
}

/** Takes the basket from the stock. @param condition @default - none: the stock may become negative */
export async function takeStock(payment: Settlement, condition?: string): Promise<Settlement> {
  const { Item: session } = await db.send(
    new GetCommand({ TableName: tables.sessions, Key: { id: payment.payment_id } }),
  );
  const { sku, quantity } = session as { sku: string; quantity: number };
  await db.send(
    new UpdateCommand({
      TableName: tables.stock,
      Key: { id: sku },
      UpdateExpression: 'SET available = available - :quantity',
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':quantity': quantity },
    }),
  );
  return { ...payment, sku, quantity };
}

/** The orders of a payment; 404 before there is one. */
export async function order({ pathParameters: { id } }: { pathParameters: { id: string } }) {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: tables.orders,
      KeyConditionExpression: 'payment_id = :id',
      ExpressionAttributeValues: { ':id': id },
    }),
  );
  const orders = Items.filter(({ status }) => status === 'confirmed');
  return { statusCode: orders.length > 0 ? 200 : 404, body: JSON.stringify({ orders }) };
}
