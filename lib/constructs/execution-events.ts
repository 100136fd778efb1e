import { Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeadLetterQueues } from './dead-letter-queues.ts';

/** Who hears of the end of settlements. */
export interface ExecutionEventsProps {
  readonly stateMachine: StateMachine;

  readonly deadLetters: DeadLetterQueues;

  /** Takes down how settlements end. */
  readonly recorder: IFunction;
}

/** What follows the end of a settlement: it is taken down, and a failure stays on the dead letter queue until it is mended. */
export class ExecutionEvents extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, deadLetters, recorder }: ExecutionEventsProps) {
    super(scope, id);
    // EventBridge's own defaults, spelled out: a day of tries, then the event waits in `undelivered`.
    const patience = {
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
      deadLetterQueue: deadLetters.undelivered,
    };

    const when = (name: string, status: readonly string[], description: string, targets: IRuleTarget[]) =>
      new Rule(this, name, {
        description,
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: { status, stateMachineArn: [stateMachine.stateMachineArn] },
        },
        targets,
      });
    when(
      'failed',
      ['FAILED', 'TIMED_OUT', 'ABORTED'],
      'Settlements that failed, timed out or were stopped are taken down, and go on the dead letter queue',
      [new SqsQueue(deadLetters.settlements, patience), new LambdaFunction(recorder, patience)],
    );
    when('succeeded', ['SUCCEEDED'], 'Settlements that succeeded are taken down', [
      new LambdaFunction(recorder, patience),
    ]);
  }
}
