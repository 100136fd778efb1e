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

/** How an execution of the workflow can fail. */
export const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** A settlement that failed and is still to be done: what somebody has to mend. */
const failedSettlementSchema = z.object({
  payment_id: paymentIdSchema,
  /** The last part of its execution's name. */
  settlement: z.string(),
  /** The latest try that is known to have failed. */
  execution_arn: z.string(),
  /** How often that execution had been redriven by then. */
  redrives: z.int(),
  status: z.enum(FAILED_STATUSES),
  error: z.nullable(z.string()),
  /** In Step Functions' words, of a kilobyte at most. */
  cause: z.nullable(z.string()),
  /** The steps of the workflow that failed, as far as its history tells. */
  failed_steps: z.array(z.string()),
  /** ISO 8601, UTC: the first try that failed. */
  failed_at: z.string(),
  /** ISO 8601, UTC: the latest. */
  last_failed_at: z.string(),
});
/** A settlement that somebody has to mend. */
export type FailedSettlement = z.infer<typeof failedSettlementSchema>;

/** Some failed settlements, and where the next ones begin if there may be more. */
export interface FailedSettlementPage {
  readonly failed: readonly FailedSettlement[];
  readonly cursor?: string;
}

const KIND = 'failed-settlement';
const keyOf = (paymentId: PaymentId, settlement: string) => ({ kind: KIND, id: `${paymentId}-${settlement}` });

/** The only code that knows how failed settlements lie in DynamoDB: entries of the operations table, of the kind `failed-settlement`. */
export const failedSettlementRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /**
   * Notes that a try failed.
   * @returns false when that very failure, or one of a later try, is noted already.
   */
  async note({ failed_at: _, ...failure }: FailedSettlement): Promise<boolean> {
    const fields = Object.entries(failure);
    return conditionHolds(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(failure.payment_id, failure.settlement),
          UpdateExpression: `SET failed_at = if_not_exists(failed_at, :last_failed_at), ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression:
            'attribute_not_exists(#last_failed_at) OR ' +
            '(#last_failed_at < :last_failed_at AND NOT (#execution_arn = :execution_arn AND #redrives = :redrives))',
          ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
        }),
      ),
    );
  },

  /** Removes what is mended, or need not be done any more. */
  async remove(paymentId: PaymentId, settlement: string): Promise<void> {
    await db.send(new DeleteCommand({ TableName: tableName, Key: keyOf(paymentId, settlement) }));
  },

  /** Some of them, those of the oldest purchases first; `cursor` is where the page before ended. */
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

  /** All of a payment. */
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
/** What `failedSettlementRepository` makes. */
export type FailedSettlementRepository = ReturnType<typeof failedSettlementRepository>;
