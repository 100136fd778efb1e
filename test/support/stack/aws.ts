import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';
import { bodyOf } from '../../../src/paypal-webhook/compressed-body.ts';
import { deployedFunctions } from './deployed-functions.ts';

const { endpoint, region, tables } = inject('aws');
const client = { endpoint, region, credentials: EMULATOR_CREDENTIALS };

/** Clients of the AWS under test. */
export const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(client));
export const stepFunctions = new SFNClient(client);
export const queues = new SQSClient(client);

/** All items of a table. */
export async function everythingIn(table: keyof typeof tables): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({ TableName: tables[table], ConsistentRead: true, ExclusiveStartKey: start }),
    );
    // Bodies of events as text: a search for personal data would find nothing in compressed ones.
    items.push(...(page.Items ?? []).map((item) => ('body' in item ? { ...item, body: bodyOf(item.body) } : item)));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

/** Writes attributes of an item directly, creating it if needed. */
export const change = (table: keyof typeof tables, Key: Record<string, string>, set: Record<string, unknown>) =>
  dynamo.send(
    new UpdateCommand({
      TableName: tables[table],
      Key,
      UpdateExpression: `SET ${Object.keys(set)
        .map((_, i) => `#${i} = :${i}`)
        .join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(Object.keys(set).map((name, i) => [`#${i}`, name])),
      ExpressionAttributeValues: Object.fromEntries(Object.values(set).map((value, i) => [`:${i}`, value])),
    }),
  );

export const { lambda, nameOf: functionOf, call: callFunction } = deployedFunctions(client);

let products = 0;

/** Creates a product that no other test uses. */
export async function stockedProduct(quantity: number, minor = 1999, currency = 'EUR'): Promise<string> {
  const sku = `TEST-${process.pid}-${Date.now()}-${++products}`;
  const Item = {
    sku,
    name: `Product ${sku}`,
    price: { currency, minor },
    available: quantity,
    reserved: 0,
    sold: 0,
    stocked: quantity,
  };
  await dynamo.send(new PutCommand({ TableName: tables.products, Item }));
  return sku;
}

const cloudWatchLogs = new CloudWatchLogsClient(client);

const LOGS = '/settle-once/local/';

/** The JSON log lines of a function, oldest first. */
export const logsOf = async (folder: string): Promise<Record<string, unknown>[]> =>
  (await linesOf(folder)).flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));

/** All raw log lines of all functions since a time. */
export async function everythingLogged(since: Date): Promise<{ readonly folder: string; readonly line: string }[]> {
  const folders: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client: cloudWatchLogs },
    { logGroupNamePrefix: LOGS },
  ))
    folders.push(...logGroups.map(({ logGroupName = '' }) => logGroupName.slice(LOGS.length)));
  const lines = await Promise.all(
    folders.map(async (folder) => (await linesOf(folder, since)).map((line) => ({ folder, line }))),
  );
  return lines.flat();
}

async function linesOf(folder: string, since?: Date): Promise<string[]> {
  const pages = paginateFilterLogEvents(
    { client: cloudWatchLogs },
    { logGroupName: LOGS + folder, ...(since && { startTime: since.getTime() }) },
  );
  const lines: string[] = [];
  for await (const { events = [] } of pages) lines.push(...events.map(({ message = '' }) => message));
  return lines;
}
