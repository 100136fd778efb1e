import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/*
 * What both references share: their tables, the session of a basket, the webhook, and the page that waits for the order.
 */

export const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const stepFunctions = new SFNClient({});

const table = (name: string): string => process.env[`${name}_TABLE`] ?? '';

export const tables = {
  events: table('EVENTS'),
  sessions: table('SESSIONS'),
  stock: table('STOCK'),
  orders: table('ORDERS'),
};

/** What the steps need of a request to the HTTP API. */
interface Request {
  readonly body: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A captured payment: the input of the steps. */
export interface Payment {
  readonly session_id: string;
  readonly capture_id: string;
}

interface Session {
  readonly sku: string;
  readonly quantity: number;
}

const respond = (statusCode: number, body: object) => ({ statusCode, body: JSON.stringify(body) });

/** Stores a basket. The page's PayPal buttons then create and capture the PayPal order, with the session's id. */
export async function checkOut({ body }: Request) {
  const { session_id, sku, quantity } = JSON.parse(body);
  await db.send(new PutCommand({ TableName: tables.sessions, Item: { session_id, sku, quantity, status: 'open' } }));
  return respond(201, { session_id });
}

/** Parses the event, stores it, and starts the steps. */
export async function webhook({ body }: Request) {
  const { id, event_type, resource } = JSON.parse(body);
  await db.send(new PutCommand({ TableName: tables.events, Item: { event_id: id, event_type, body } }));
  if (event_type === 'PAYMENT.CAPTURE.COMPLETED') {
    const payment: Payment = { session_id: resource.custom_id, capture_id: resource.id };
    const stateMachineArn = process.env.STATE_MACHINE_ARN;
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(payment) }));
  }
  return respond(200, {});
}

/** The confirmed orders of a session. */
export async function orders({ pathParameters: { id } }: Request) {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: tables.orders,
      KeyConditionExpression: 'session_id = :id',
      ExpressionAttributeValues: { ':id': id },
    }),
  );
  return respond(200, { orders: Items.filter(({ status }) => status === 'confirmed') });
}

export async function sessionOf({ session_id }: Payment): Promise<Session> {
  const { Item } = await db.send(new GetCommand({ TableName: tables.sessions, Key: { session_id } }));
  return Item as Session;
}

export async function setSessionStatus({ session_id }: Payment, status: string): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName: tables.sessions,
      Key: { session_id },
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    }),
  );
}

/** Takes items from stock, or returns a negative quantity. @throws ConditionalCheckFailedException for too few */
export async function takeStock(sku: string, quantity: number): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName: tables.stock,
      Key: { sku },
      UpdateExpression: 'SET available = available - :quantity',
      ConditionExpression: 'available >= :quantity',
      ExpressionAttributeValues: { ':quantity': quantity },
    }),
  );
}
