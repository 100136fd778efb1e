import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { CLAIM_SECONDS, MAX_RECEIVES } from '../../src/reconciliation/queue-times.ts';
import { FUNCTIONS } from '../functions.ts';
import type { Stage } from '../stages.ts';

export interface PaymentQueueProps {
  /** The dead-letter queue. */
  readonly undelivered: IQueue;
}

/** Due payments, on their way from the scheduled job to the workers. */
export class PaymentQueue extends Queue {
  constructor(scope: Construct, id: string, { undelivered }: PaymentQueueProps) {
    super(scope, id, {
      retentionPeriod: Duration.seconds(CLAIM_SECONDS),
      // At least the timeout of the workers. Their concurrency is limited at the source, so invocations are not
      // throttled, and need no longer one.
      visibilityTimeout: FUNCTIONS.reconciliation.timeout.plus(Duration.seconds(30)),
      deadLetterQueue: { queue: undelivered, maxReceiveCount: MAX_RECEIVES },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
  }

  /** Invokes the workers. Their permissions are in the table of functions. */
  invoke(workers: IFunction, stage: Stage): void {
    new EventSourceMapping(this, 'workers', {
      target: workers,
      eventSourceArn: this.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: stage.maxPaymentWorkers,
    });
  }
}
