import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds } from '../shared/dynamo.ts';

const Key = { kind: 'pause', id: 'paypal' };
const pauseSchema = z.object({ until: z.iso.datetime() });

/** The only code that accesses the item of kind `pause` in the operations table: until when PayPal limits the rate. */
export const pauseRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** Consistent read. */
  async get(): Promise<Date | undefined> {
    const { Item } = await db.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
    return Item && new Date(z.parse(pauseSchema, Item).until);
  },

  /** A no-op when a later end is stored. */
  async extend(until: Date): Promise<void> {
    await conditionHolds(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: 'SET #until = :until',
          ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
          ExpressionAttributeNames: { '#until': 'until' },
          ExpressionAttributeValues: { ':until': until.toISOString() },
        }),
      ),
    );
  },
});
export type PauseRepository = ReturnType<typeof pauseRepository>;
