import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** SQS actions that functions of this shop are given on the settlements' dead letters. */
export type QueueAction = 'ChangeMessageVisibility' | 'DeleteMessage' | 'ReceiveMessage';

/** Where what failed waits for somebody. */
export class DeadLetterQueues extends Construct {
  /** The work list of whoever mends settlements: one message for each execution that failed. */
  readonly settlements: Queue;

  /** Events and timed calls that could not be delivered. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.settlements = this.keptQueue('settlements', 'It is the dead letter queue of settlements.');
    this.undelivered = this.keptQueue('undelivered', 'It is the dead letter queue of event rules and schedules.');
  }

  /** Nothing consumes these queues by itself, so a dead letter queue of their own would stay empty. */
  private keptQueue(id: string, reason: string): Queue {
    const queue = new Queue(this, id, {
      // Step Functions redrives for 14 days, and SQS keeps for no longer.
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason });
    return queue;
  }
}
