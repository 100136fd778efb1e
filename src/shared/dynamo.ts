import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  DynamoDBDocumentClient,
  ScanCommand,
  type ScanCommandInput,
  type UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isThrottlingError } from '@smithy/core/retry';
import { measure } from './metrics.ts';

/**
 * The SDK retries throttled and timed-out calls, with jitter. A call times out after 3 seconds, which leaves time for a
 * retry before the function times out.
 */
export function dynamoClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });
  // Runs inside the SDK's retry middleware, so it counts each throttled attempt.
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        if (isThrottlingError(error as Parameters<typeof isThrottlingError>[0])) measure('TableThrottled');
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}

export const documentClient = (client: DynamoDBClient = dynamoClient()): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/**
 * Items that one BatchGetItem may read:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const MAX_BATCH_GET = 100;

/**
 * Reads up to 100 items of one table, in no order, without those that do not exist. Requests unprocessed keys again.
 */
export async function batchGet(
  db: DynamoDBDocumentClient,
  tableName: string,
  request: NonNullable<BatchGetCommandInput['RequestItems']>[string],
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let keys = request.Keys ?? [];
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { ...request, Keys: keys } } }),
    );
    items.push(...(Responses?.[tableName] ?? []));
    keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

/** Awaits a conditional write. @returns false when the condition failed. */
export async function conditionHolds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Awaits a transaction of conditional writes. @returns false when a condition failed, or another write was first. */
export async function transactionHolds(transaction: Promise<unknown>): Promise<boolean> {
  try {
    await transaction;
    return true;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
    if (codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')) return false;
    throw error;
  }
}

/**
 * Awaits a conditional write with `ReturnValuesOnConditionCheckFailure`.
 * @returns DynamoDB's output, or the existing item; undefined when there is none.
 */
export async function writtenOrExisting<Output>(
  write: Promise<Output>,
): Promise<{ readonly written: Output } | { readonly found: Record<string, unknown> | undefined }> {
  try {
    return { written: await write };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Even the document client leaves the item of an error marshalled.
    return { found: error.Item && unmarshall(error.Item) };
  }
}

/**
 * To be called before the write is sent.
 * @returns a function that tells whether DynamoDB has answered each attempt so far. An attempt without an answer may
 * take effect later, even after its retry did.
 */
export function trackAnswers(command: UpdateCommand): () => boolean {
  let answered = true;
  // Runs inside the SDK's retry middleware, so it sees each attempt.
  command.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
        if (status < 400 || status > 499) answered = false;
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => answered;
}

/** The key of the last item read. */
export type ScanKey = Readonly<Record<string, string>>;

/** In no meaningful order; without `next`, the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: ScanKey;
}

export async function scanPage(
  db: DynamoDBDocumentClient,
  input: Omit<ScanCommandInput, 'ExclusiveStartKey'>,
  after: ScanKey | undefined,
): Promise<Page<Record<string, unknown>>> {
  const { Items = [], LastEvaluatedKey } = await db.send(
    new ScanCommand({ ...input, ...(after && { ExclusiveStartKey: after }) }),
  );
  return { items: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey as ScanKey }) };
}
