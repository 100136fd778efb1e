import { randomUUID } from 'node:crypto';
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
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isThrottlingError } from '@smithy/core/retry';
import { measure } from './metrics.ts';

/** The delay before the retry of a cancelled transaction. */
export interface RetryDelay {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

const retryDelay: RetryDelay = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

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

/** Cancellation reasons after which a retry is likely to succeed. */
const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Concurrent buyers of one product contend for its item: 10 attempts with full jitter up to 640 ms serve some 200. */
const MAX_ATTEMPTS = 10;
const MAX_DELAY_MS = 640;

/** Per item of a transaction, in its order: `ConditionalCheckFailed` with the existing item, or `None`. */
export type CancellationReasons = NonNullable<TransactionCanceledException['CancellationReasons']>;

/**
 * Writes all items or none. The SDK does not retry a transaction that was cancelled by a conflict, so this does. All
 * attempts share one token, so that one whose response was lost is not applied twice.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 * @returns undefined when written, else the reasons.
 */
export async function transact(
  db: DynamoDBDocumentClient,
  items: NonNullable<TransactWriteCommandInput['TransactItems']>,
  { sleep, random }: RetryDelay = retryDelay,
): Promise<CancellationReasons | undefined> {
  const ClientRequestToken = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      await db.send(new TransactWriteCommand({ TransactItems: items, ClientRequestToken }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return reasons;
      if (attempt === MAX_ATTEMPTS || !reasons.some(({ Code }) => Code && TRANSIENT_REASONS.has(Code))) throw error;
      await sleep(random() * Math.min(MAX_DELAY_MS, 20 * 2 ** attempt));
    }
  }
}
