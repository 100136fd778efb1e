import { ProvisionedThroughputExceededException, ThrottlingException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const $metadata = { httpStatusCode: 400 };

/** Transient faults of a write. */
export const WRITE_FAULTS = {
  'is throttled twice': {
    times: 2,
    after: false,
    error: () => new ThrottlingException({ message: 'slow down', $metadata }),
  },
  'exceeds the throughput of its key twice': {
    times: 2,
    after: false,
    error: () => new ProvisionedThroughputExceededException({ message: 'slow down', $metadata }),
  },
  'times out before it is made': {
    times: 1,
    after: false,
    error: () => Object.assign(new Error('no response'), { name: 'TimeoutError' }),
  },
  'is made, but its answer is lost': {
    times: 1,
    after: true,
    error: () => Object.assign(new Error('no response'), { name: 'TimeoutError' }),
  },
} as const;

/**
 * Makes the next writes of a client fail below the SDK's own retries, as AWS does.
 * @returns the number of writes that have failed so far
 */
export function injectWriteFaults(
  db: DynamoDBDocumentClient,
  { times, after, error }: (typeof WRITE_FAULTS)[keyof typeof WRITE_FAULTS],
): () => number {
  let failed = 0;
  db.middlewareStack.add(
    (next, context) => async (args) => {
      const write = /^(Put|Update|Delete)/.test(context.commandName ?? '');
      if (!write || failed >= times) return next(args);
      failed += 1;
      if (after) await next(args);
      throw error();
    },
    { step: 'deserialize', priority: 'high', name: 'write-faults' },
  );
  return () => failed;
}
