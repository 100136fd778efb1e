import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';

/** The keys of the `table` and of each index: `HASH payment_id`. */
export type TableKeys = Readonly<Record<string, readonly string[]>>;

/** A restore of a table beside itself, from its point-in-time recovery. */
export interface TableRestore {
  /** Name of the copy. */
  readonly copy: string;
  /** Time and price, for who confirms it. */
  readonly estimate: string;
  /**
   * Restores the latest state, and deletes the copy.
   * @throws Error when the copy is left
   */
  readonly run: () => Promise<{ readonly original: TableKeys; readonly restored: TableKeys }>;
}

/** us-east-1: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const DOLLARS_PER_GB = 0.15;

const PAUSE_MS = 5000;
const MAX_PAUSES = (2 * 3_600_000) / PAUSE_MS;

/** @param pause before the state of the copy is read again */
export async function tableRestore(
  client: DynamoDBClient,
  SourceTableName: string,
  pause: () => Promise<unknown> = () => sleep(PAUSE_MS),
): Promise<TableRestore> {
  const describe = async (TableName: string): Promise<TableDescription> => {
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
    return Table;
  };
  const original = await describe(SourceTableName);
  const copy = `${SourceTableName}-restored`;
  const gigabytes = (original.TableSizeBytes ?? 0) / 1024 ** 3;

  const restored = async (): Promise<TableDescription> => {
    for (let pauses = 0; pauses < MAX_PAUSES; pauses++) {
      // DescribeTable is eventually consistent.
      await pause();
      const table = await describe(copy);
      if (table.TableStatus === 'ACTIVE') return table;
    }
    throw new Error('not restored within two hours');
  };
  return {
    copy,
    estimate: `${gigabytes.toFixed(3)} GB, $${Math.max(0.01, gigabytes * DOLLARS_PER_GB).toFixed(2)}, up to an hour`,
    async run() {
      await client.send(
        new RestoreTableToPointInTimeCommand({ SourceTableName, TargetTableName: copy, UseLatestRestorableTime: true }),
      );
      try {
        const table = await restored();
        await client.send(new DeleteTableCommand({ TableName: copy }));
        return { original: keysOf(original), restored: keysOf(table) };
      } catch (error) {
        throw new Error(`delete the table ${copy}, which is left: ${error}`, { cause: error });
      }
    },
  };
}

const keysOf = ({ KeySchema, GlobalSecondaryIndexes = [] }: TableDescription): TableKeys => {
  const indexes = GlobalSecondaryIndexes.map(({ IndexName = '', KeySchema }) => [IndexName, keyOf(KeySchema)] as const);
  return Object.fromEntries([['table', keyOf(KeySchema)] as const, ...indexes]);
};

const keyOf = (schema: readonly KeySchemaElement[] = []): string[] =>
  schema.map(({ KeyType, AttributeName }) => `${KeyType} ${AttributeName}`);
