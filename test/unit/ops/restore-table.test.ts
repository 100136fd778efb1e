import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { tableRestore } from '../../../ops/restore-table.ts';

const dynamo = mockClient(DynamoDBClient);

const PAYMENTS: TableDescription = {
  TableStatus: 'ACTIVE',
  TableSizeBytes: 10 * 1024 ** 3,
  KeySchema: [{ AttributeName: 'payment_id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-due',
      KeySchema: [
        { AttributeName: 'due_shard', KeyType: 'HASH' },
        { AttributeName: 'due_at', KeyType: 'RANGE' },
      ],
    },
  ],
};
const KEYS = { table: ['HASH payment_id'], 'by-due': ['HASH due_shard', 'RANGE due_at'] };

/** The descriptions of the copy, one after the other, and the last one over and over. */
const restoring = (...copies: readonly TableDescription[]) => {
  const described = dynamo.on(DescribeTableCommand, { TableName: 'payments-restored' });
  for (const Table of copies.slice(0, -1)) described.resolvesOnce({ Table });
  described.resolves({ Table: copies.at(-1) });
};

beforeEach(() => {
  dynamo.reset();
  dynamo.on(DescribeTableCommand, { TableName: 'payments' }).resolves({ Table: PAYMENTS });
  dynamo.on(RestoreTableToPointInTimeCommand).resolves({});
  dynamo.on(DeleteTableCommand).resolves({});
});

const pauses: number[] = [];
const restore = () => tableRestore(new DynamoDBClient({}), 'payments', async () => pauses.push(1));

describe('tableRestore', () => {
  it('estimates time and price, and restores nothing by that', async () => {
    expect((await restore()).estimate).toBe('10.000 GB, $1.50, up to an hour');
    expect(dynamo.commandCalls(RestoreTableToPointInTimeCommand)).toEqual([]);
  });

  it('waits for the copy, reads both keys, and deletes the copy only', async () => {
    const { KeySchema } = PAYMENTS;
    restoring({ TableStatus: 'CREATING' }, { TableStatus: 'CREATING' }, { TableStatus: 'ACTIVE', KeySchema });

    const { run } = await restore();

    expect(await run()).toEqual({ original: KEYS, restored: { table: KEYS.table } });
    expect(dynamo.commandCalls(RestoreTableToPointInTimeCommand).map(({ args }) => args[0].input)).toEqual([
      { SourceTableName: 'payments', TargetTableName: 'payments-restored', UseLatestRestorableTime: true },
    ]);
    expect(dynamo.commandCalls(DeleteTableCommand).map(({ args }) => args[0].input)).toEqual([
      { TableName: 'payments-restored' },
    ]);
  });

  it('names the copy that is left when it is not restored within two hours', async () => {
    restoring({ TableStatus: 'CREATING' });
    pauses.length = 0;

    const { run } = await restore();

    await expect(run()).rejects.toThrow('delete the table payments-restored, which is left: Error: not restored');
    expect(pauses).toHaveLength(1440);
  });

  it('names the copy that is left when it may not delete it', async () => {
    restoring(PAYMENTS);
    dynamo.on(DeleteTableCommand).rejects(new Error('AccessDenied'));

    const { run } = await restore();

    await expect(run()).rejects.toThrow('delete the table payments-restored, which is left: Error: AccessDenied');
  });

  it('deletes nothing when there is a table of that name already', async () => {
    dynamo.on(RestoreTableToPointInTimeCommand).rejects(new Error('TableAlreadyExists'));

    const { run } = await restore();

    await expect(run()).rejects.toThrow(/^TableAlreadyExists$/);
    expect(dynamo.commandCalls(DeleteTableCommand)).toEqual([]);
  });
});
