import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../local/ministack.ts';

const { endpoint, region, tables } = inject('aws');
const client = { endpoint, region, credentials: CREDENTIALS };

/** The AWS that is tested against, seen from outside. */
export const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(client));
export const stepFunctions = new SFNClient(client);
export const queues = new SQSClient(client);

/** Everything in one of the shop's tables. */
export async function everythingIn(table: keyof typeof tables): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({ TableName: tables[table], ConsistentRead: true, ExclusiveStartKey: start }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

let products = 0;

/** Puts a product of its own for one test on the shelf. */
export async function stockedProduct(pieces: number, minor = 1999, currency = 'EUR'): Promise<string> {
  const sku = `TEST-${process.pid}-${Date.now()}-${++products}`;
  const Item = {
    sku,
    name: `Test product ${products}`,
    price: { currency, minor },
    available: pieces,
    reserved: 0,
    sold: 0,
    stocked: pieces,
  };
  await dynamo.send(new PutCommand({ TableName: tables.products, Item }));
  return sku;
}

const cloudWatchLogs = new CloudWatchLogsClient(client);

/** What a function has logged in JSON so far, oldest first. */
export async function logsOf(folder: string): Promise<Record<string, unknown>[]> {
  const { events = [] } = await cloudWatchLogs.send(
    new FilterLogEventsCommand({ logGroupName: `/settle-once/local/${folder}` }),
  );
  return events.flatMap(({ message = '' }) =>
    message.startsWith('{') ? [JSON.parse(message) as Record<string, unknown>] : [],
  );
}
