import { Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeadLetterQueues } from './dead-letter-queues.ts';

export interface ExecutionEventsProps {
  readonly stateMachine: StateMachine;

  readonly deadLetters: DeadLetterQueues;

  /** Records execution results. */
  readonly recorder: IFunction;
}

/** Routes the end of every settlement to the recorder, and failures to the dead-letter queue as well. */
export class ExecutionEvents extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, deadLetters, recorder }: ExecutionEventsProps) {
    super(scope, id);
    // EventBridge's defaults, made explicit: retries for a day, then sends the event to `undelivered`.
    const delivery = {
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
      deadLetterQueue: deadLetters.undelivered,
    };

    const addRule = (name: string, status: readonly string[], description: string, targets: IRuleTarget[]) =>
      new Rule(this, name, {
        description,
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: { status, stateMachineArn: [stateMachine.stateMachineArn] },
        },
        targets,
      });
    addRule(
      'failed',
      ['FAILED', 'TIMED_OUT', 'ABORTED'],
      'Records settlements that failed, timed out or were aborted, and adds them to the dead-letter queue',
      [new SqsQueue(deadLetters.settlements, delivery), new LambdaFunction(recorder, delivery)],
    );
    addRule('succeeded', ['SUCCEEDED'], 'Records settlements that succeeded', [new LambdaFunction(recorder, delivery)]);
  }
}
