import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds } from '../shared/dynamo.ts';
import { hashOfApiKey, idOfApiKey } from './api-key.ts';
import { SCOPES } from './caller.ts';

const apiKeySchema = z.object({
  /** `key_…` */
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** Major units per day and currency. */
  refund_limit: z.optional(z.number()),
  created_at: z.string(),
  created_by: z.string(),
  /** Updated at most hourly. */
  last_used_at: z.optional(z.string()),
  revoked_at: z.optional(z.string()),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

const HOUR_MS = 3_600_000;

/** The only code that accesses the items of kind `api-key` in the access table. They have the hash, never the key. */
export const apiKeyRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (id: string) => ({ kind: 'api-key', id });
  return {
    async create(secret: string, key: Omit<ApiKey, 'id' | 'hash'>): Promise<ApiKey> {
      const hash = hashOfApiKey(secret);
      const created: ApiKey = { ...key, id: idOfApiKey(hash), hash };
      await db.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...created, kind: 'api-key' },
          ConditionExpression: 'attribute_not_exists(id)',
        }),
      );
      return created;
    },

    /** The key with this secret; undefined when it is unknown or revoked. */
    async find(secret: string): Promise<ApiKey | undefined> {
      const hash = hashOfApiKey(secret);
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: keyOf(idOfApiKey(hash)), ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const key = z.parse(apiKeySchema, Item);
      return key.hash === hash && !key.revoked_at ? key : undefined;
    },

    /** By creation, oldest first, revoked ones included. */
    async list(): Promise<ApiKey[]> {
      const keys: ApiKey[] = [];
      let next: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await db.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'kind = :kind',
            ExpressionAttributeValues: { ':kind': 'api-key' },
            ConsistentRead: true,
            ...(next && { ExclusiveStartKey: next }),
          }),
        );
        keys.push(...Items.map((item) => z.parse(apiKeySchema, item)));
        next = LastEvaluatedKey;
      } while (next);
      return keys.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    },

    /** Idempotent. @returns false when there is no such key. */
    revoke: (id: string, now: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(id),
            UpdateExpression: 'SET revoked_at = if_not_exists(revoked_at, :now)',
            ConditionExpression: 'attribute_exists(id)',
            ExpressionAttributeValues: { ':now': now.toISOString() },
          }),
        ),
      ),

    /** Writes only when the last recorded use is an hour old. */
    async recordUse({ id, last_used_at }: ApiKey, now: Date): Promise<void> {
      if (last_used_at && now.getTime() - Date.parse(last_used_at) < HOUR_MS) return;
      await conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(id),
            UpdateExpression: 'SET last_used_at = :now',
            ConditionExpression: 'attribute_exists(id)',
            ExpressionAttributeValues: { ':now': now.toISOString() },
          }),
        ),
      );
    },
  };
};
export type ApiKeyRepository = ReturnType<typeof apiKeyRepository>;
