import { Duration, Validations } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** Who hears of the end of settlements. */
export interface SettlementEndsProps {
  readonly stateMachine: StateMachine;

  /** Notes on a payment that one of its settlements has succeeded. */
  readonly recorder: IFunction;
}

/** What follows the end of a settlement: a success is noted, a failure stays on the dead letter queue until it is repaired. */
export class SettlementEnds extends Construct {
  /** The work list of whoever repairs settlements: one message for each that failed. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { stateMachine, recorder }: SettlementEndsProps) {
    super(scope, id);
    // Nothing consumes these queues by itself, so a dead letter queue of their own would stay empty.
    this.deadLetters = this.keptQueue('dead-letters', 'It is the dead letter queue of settlements.');
    const deadLetterQueue = this.keptQueue('undelivered', 'It is the dead letter queue of the event rules.');
    // EventBridge's own defaults, spelled out: a day of tries, then the event waits in `undelivered`.
    const patience = { retryAttempts: 185, maxEventAge: Duration.hours(24), deadLetterQueue };

    const when = (name: string, status: readonly string[], description: string, target: IRuleTarget) =>
      new Rule(this, name, {
        description,
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: { status, stateMachineArn: [stateMachine.stateMachineArn] },
        },
        targets: [target],
      });
    when(
      'failed',
      ['FAILED', 'TIMED_OUT', 'ABORTED'],
      'Settlements that failed, timed out or were stopped go on the dead letter queue',
      new SqsQueue(this.deadLetters, patience),
    );
    when(
      'succeeded',
      ['SUCCEEDED'],
      'Settlements that succeeded are noted on their payment',
      new LambdaFunction(recorder, patience),
    );
  }

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
