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

/** How long to wait before trying a cancelled transaction again. */
export interface RetryDelay {
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

const retryDelay: RetryDelay = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/**
 * DynamoDB as every function uses it. The SDK tries a throttled or unanswered call again, with jitter; a call that has not been
 * answered after 3 seconds never will be, so it is given up early enough for a second try to fit into the function's time.
 */
export function dynamoClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });
  // It stands behind what repeats requests, so each try that is turned away counts.
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

/** The same, in plain JavaScript values: what repositories take. */
export const documentClient = (client: DynamoDBClient = dynamoClient()): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/** Reads up to 100 items of one table, in no order; those that do not exist are missing. DynamoDB answers what it can and names the rest. */
export async function batchGet(
  db: DynamoDBDocumentClient,
  tableName: string,
  wanted: NonNullable<BatchGetCommandInput['RequestItems']>[string],
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let keys = wanted.Keys ?? [];
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { ...wanted, Keys: keys } } }),
    );
    items.push(...(Responses?.[tableName] ?? []));
    keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

/** Waits for a conditional write. @returns false when the condition did not hold. */
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
 * Waits for a conditional write that asks for the old item should its condition fail (`ReturnValuesOnConditionCheckFailure`).
 * @returns what DynamoDB answered, or what it found instead; undefined where there was nothing.
 */
export async function writtenOrExisting<Answer>(
  write: Promise<Answer>,
): Promise<{ readonly written: Answer } | { readonly found: Record<string, unknown> | undefined }> {
  try {
    return { written: await write };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // An error's item comes as DynamoDB has it, even to the document client.
    return { found: error.Item && unmarshall(error.Item) };
  }
}

/** Where a scan stopped: the key of the last item that it looked at. */
export type ScanKey = Readonly<Record<string, string>>;

/** Some of what is in a table, in no order that means anything; without `next` there is nothing more. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: ScanKey;
}

/** Reads the next items of a whole table, a page of them: for those who must see everything, but never all of it at once. */
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

/** The reasons for which DynamoDB cancels a transaction that would succeed a moment later. */
const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Many buyers of one product meet on its item: with full jitter, 10 tries of up to 640 ms let some 200 of them pass in turn. */
const MAX_ATTEMPTS = 10;
const MAX_DELAY_MS = 640;

/** Why each part of a transaction was refused, in its order: `ConditionalCheckFailed` with the item, or `None`. */
export type Refusals = NonNullable<TransactionCanceledException['CancellationReasons']>;

/**
 * Writes all parts or none. The SDK does not repeat a transaction that was cancelled because another one touched the same item,
 * so this does; all tries carry one token, so that a try whose answer was lost is not applied again.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 * @returns undefined when it was written, else why not.
 */
export async function transact(
  db: DynamoDBDocumentClient,
  items: NonNullable<TransactWriteCommandInput['TransactItems']>,
  { sleep, random }: RetryDelay = retryDelay,
): Promise<Refusals | undefined> {
  const ClientRequestToken = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      await db.send(new TransactWriteCommand({ TransactItems: items, ClientRequestToken }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return reasons;
      if (attempt === MAX_ATTEMPTS || !reasons.some(({ Code }) => Code && PASSING.has(Code))) throw error;
      await sleep(random() * Math.min(MAX_DELAY_MS, 20 * 2 ** attempt));
    }
  }
}
