import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionHolds } from './dynamo.ts';

/** Sessions, reservations and payments that end without money are deleted so many days after their end. */
export const UNPAID_DAYS = 30;

/** The TTL attribute `delete_at`: Unix time in seconds. */
export const deleteAtOf = (end: Date): number => Math.floor(end.getTime() / 1000) + UNPAID_DAYS * 24 * 3600;

/** Keeps an item that `delete_at` would delete. A no-op for any other, also for one that does not exist. */
export async function keepItem(
  db: DynamoDBDocumentClient,
  TableName: string,
  Key: Readonly<Record<string, string>>,
): Promise<void> {
  await conditionHolds(
    db.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'REMOVE delete_at',
        ConditionExpression: 'attribute_exists(delete_at)',
      }),
    ),
  );
}
