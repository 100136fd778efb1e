import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { dynamo, everythingIn } from './aws.ts';

const { tables } = inject('aws');
const keys = new Map<string, readonly string[]>();

export async function emptyTables(): Promise<void> {
  for (const [name, table] of Object.entries(tables)) {
    const [key, items] = await Promise.all([keyOf(table), everythingIn(name as keyof typeof tables)]);
    // The limit of one batch: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    for (let i = 0; i < items.length; i += 25) {
      const deletions = items.slice(i, i + 25).map((item) => ({
        DeleteRequest: { Key: Object.fromEntries(key.map((attribute) => [attribute, item[attribute]])) },
      }));
      await dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: deletions } }));
    }
  }
}

async function keyOf(TableName: string): Promise<readonly string[]> {
  const known = keys.get(TableName);
  if (known) return known;
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  const names = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  keys.set(TableName, names);
  return names;
}
