import {
  ProvisionedThroughputExceededException,
  ThrottlingException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const $metadata = { httpStatusCode: 400 };

/** What can happen to a write on its way, that passes. */
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
    error: () => Object.assign(new Error('no answer'), { name: 'TimeoutError' }),
  },
  'is made, but its answer is lost': {
    times: 1,
    after: true,
    error: () => Object.assign(new Error('no answer'), { name: 'TimeoutError' }),
  },
  'meets another transaction four times': {
    times: 4,
    after: false,
    error: () =>
      new TransactionCanceledException({
        message: 'cancelled',
        $metadata,
        CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
      }),
  },
} as const;

/**
 * Makes the next writes of a client fail, below the SDK's own retries, as AWS does it. MiniStack never makes a TransactionConflict.
 * @returns how many of them have failed so far.
 */
export function injectWriteFaults(
  db: DynamoDBDocumentClient,
  { times, after, error }: (typeof WRITE_FAULTS)[keyof typeof WRITE_FAULTS],
): () => number {
  let made = 0;
  db.middlewareStack.add(
    (next, context) => async (args) => {
      const write = /^(Put|Update|Delete|TransactWrite)/.test(context.commandName ?? '');
      if (!write || made >= times) return next(args);
      made += 1;
      if (after) await next(args);
      throw error();
    },
    { step: 'deserialize', priority: 'high', name: 'trouble' },
  );
  return () => made;
}
