import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface WorkQueueProps {
  /** The dead-letter queue. */
  readonly undelivered: IQueue;
  readonly retention: Duration;
  /** Of the function that the queue invokes. */
  readonly timeout: Duration;
  /** How often a message is delivered before it goes to the dead-letter queue. */
  readonly maxReceives: number;
}

export interface WorkersProps {
  /** Messages of one invocation. */
  readonly batchSize: number;
  /** How long Lambda collects them. @default - not at all */
  readonly window?: Duration;
  /** Invocations at the same time; at least 2. */
  readonly maxConcurrency: number;
}

/** Work on its way to a function. */
export class WorkQueue extends Queue {
  constructor(scope: Construct, id: string, { undelivered, retention, timeout, maxReceives }: WorkQueueProps) {
    super(scope, id, {
      retentionPeriod: retention,
      // At least the timeout of the workers. Their concurrency is limited at the source, so invocations are not
      // throttled, and need no longer one.
      visibilityTimeout: timeout.plus(Duration.seconds(30)),
      deadLetterQueue: { queue: undelivered, maxReceiveCount: maxReceives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
  }

  /** Invokes the workers. Their permissions are in the table of functions. */
  invoke(workers: IFunction, { batchSize, window, maxConcurrency }: WorkersProps): void {
    new EventSourceMapping(this, 'workers', {
      target: workers,
      eventSourceArn: this.queueArn,
      batchSize,
      ...(window && { maxBatchingWindow: window }),
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }
}
