import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds } from '../shared/dynamo.ts';
import { type PaymentId, paymentIdSchema } from '../shared/ids.ts';

/** The final statuses of a failed execution. */
export const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** An open settlement whose latest execution failed: it waits for an operator's retry. */
const failedSettlementSchema = z.object({
  payment_id: paymentIdSchema,
  /** The last part of its execution's name. */
  settlement: z.string(),
  /** The latest execution that is recorded as failed. */
  execution_arn: z.string(),
  /** How often that execution had been redriven when it failed. */
  redrives: z.int(),
  status: z.enum(FAILED_STATUSES),
  error: z.nullable(z.string()),
  /** From Step Functions, cut to a kilobyte. */
  cause: z.nullable(z.string()),
  /** The steps that failed, from the execution's history. */
  failed_steps: z.array(z.string()),
  /** ISO 8601, UTC: the first failure. */
  failed_at: z.string(),
  /** ISO 8601, UTC: the latest failure. */
  last_failed_at: z.string(),
});
export type FailedSettlement = z.infer<typeof failedSettlementSchema>;

/** `cursor` is where the next page starts, if there may be one. */
export interface FailedSettlementPage {
  readonly failed: readonly FailedSettlement[];
  readonly cursor?: string;
}

const KIND = 'failed-settlement';
const keyOf = (paymentId: PaymentId, settlement: string) => ({ kind: KIND, id: `${paymentId}-${settlement}` });

/** The only code that accesses the items of kind `failed-settlement` in the operations table. */
export const failedSettlementRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /**
   * Records a failure.
   * @returns false when it, or a later one, is already recorded.
   */
  async record({ failed_at: _, ...failure }: FailedSettlement): Promise<boolean> {
    const fields = Object.entries(failure);
    return conditionHolds(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(failure.payment_id, failure.settlement),
          UpdateExpression: `SET ${[
            'failed_at = if_not_exists(failed_at, :last_failed_at)',
            ...fields.map(([name]) => `#${name} = :${name}`),
          ].join(', ')}`,
          ConditionExpression:
            'attribute_not_exists(#last_failed_at) OR ' +
            '(#last_failed_at < :last_failed_at AND NOT (#execution_arn = :execution_arn AND #redrives = :redrives))',
          ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
        }),
      ),
    );
  },

  /** Removes a settlement that is repaired or obsolete. */
  async remove(paymentId: PaymentId, settlement: string): Promise<void> {
    await db.send(new DeleteCommand({ TableName: tableName, Key: keyOf(paymentId, settlement) }));
  },

  /** One page, the oldest payments first. */
  async list(limit: number, cursor?: string): Promise<FailedSettlementPage> {
    const { Items = [], LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': KIND },
        ConsistentRead: true,
        Limit: limit,
        ...(cursor !== undefined && { ExclusiveStartKey: { kind: KIND, id: cursor } }),
      }),
    );
    const failed = Items.map((item) => failedSettlementSchema.parse(item));
    return { failed, ...(LastEvaluatedKey && { cursor: String(LastEvaluatedKey.id) }) };
  },

  /** Counts up to `max`. `more` when there may be more: DynamoDB counts at most a megabyte. */
  async count(max: number): Promise<{ readonly matching: number; readonly more: boolean }> {
    const { Count = 0, LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': KIND },
        ConsistentRead: true,
        Select: 'COUNT',
        Limit: max,
      }),
    );
    return { matching: Count, more: LastEvaluatedKey !== undefined };
  },

  async ofPayment(paymentId: PaymentId): Promise<FailedSettlement[]> {
    const pages = paginateQuery(
      { client: db },
      {
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind AND begins_with(id, :payment)',
        ExpressionAttributeValues: { ':kind': KIND, ':payment': `${paymentId}-` },
        ConsistentRead: true,
      },
    );
    const failed: FailedSettlement[] = [];
    for await (const { Items = [] } of pages) failed.push(...Items.map((item) => failedSettlementSchema.parse(item)));
    return failed;
  },
});
export type FailedSettlementRepository = ReturnType<typeof failedSettlementRepository>;
