import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../local/ministack.ts';

const { aws_endpoint_url, region, tables } = inject('stack');
const client = { endpoint: aws_endpoint_url, region, credentials: CREDENTIALS };

/** The stack's AWS, seen from outside. */
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
