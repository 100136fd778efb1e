import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** SQS actions that this project grants. */
export type QueueAction =
  | 'ChangeMessageVisibility'
  | 'DeleteMessage'
  | 'GetQueueAttributes'
  | 'ReceiveMessage'
  | 'SendMessage';

/**
 * The dead-letter queues: of failed settlements, and of events, invocations and payments that could not be delivered.
 */
export class DeadLetterQueues extends Construct {
  /** One message per failed execution, for operators to resolve. */
  readonly settlements: Queue;

  /** Events, scheduled invocations and due payments that could not be delivered. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.settlements = this.retainedQueue('settlements', 'It is the dead-letter queue of settlements.');
    this.undelivered = this.retainedQueue(
      'undelivered',
      'It is the dead-letter queue of event rules, schedules and due payments.',
    );
  }

  /** No consumer retries messages of these queues, so a dead-letter queue of their own would stay empty. */
  private retainedQueue(id: string, reason: string): Queue {
    const queue = new Queue(this, id, {
      // The maximum of SQS, and the period in which Step Functions can redrive an execution.
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason });
    return queue;
  }
}
