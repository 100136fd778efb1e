import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { startSettlementWith } from '../payments/start-settlement.ts';
import { failedSteps } from './failed-steps.ts';

/** One execution of the workflow, as Step Functions describes it: a little behind at times. */
export interface Execution {
  readonly arn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Whether it can go on from where it failed: for 14 days, and while its history is not full. */
  readonly redrivable: boolean;
  readonly redrives: number;
  readonly endedAt?: Date;
  readonly error?: string;
  readonly cause?: string;
}

/** A settlement has a few dozen events; more are not looked through for what failed. */
const MOST_EVENTS = 300;

/** The payment-settlement workflow, to those who look after its executions. They are named as `executionName` says. */
export const workflow = (stepFunctions: SFNClient, stateMachineArn: string) => ({
  /** Starts an execution; the same name a second time is harmless. */
  start: startSettlementWith(stepFunctions, stateMachineArn),

  /** What an execution is doing; undefined when there is none, or its 90 days are over. */
  async describe(name: string): Promise<Execution | undefined> {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const told = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      const status = told.status ?? 'RUNNING';
      return {
        arn: executionArn,
        status: status === 'PENDING_REDRIVE' ? 'RUNNING' : status,
        redrivable: told.redriveStatus === 'REDRIVABLE',
        redrives: told.redriveCount ?? 0,
        ...(told.stopDate && { endedAt: told.stopDate }),
        ...(told.error && { error: told.error }),
        ...(told.cause && { cause: told.cause }),
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  },

  /**
   * Lets an execution go on from where it failed.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
   * @returns false when Step Functions refuses: it runs already, or is too old.
   */
  async redrive(executionArn: string): Promise<boolean> {
    try {
      await stepFunctions.send(new RedriveExecutionCommand({ executionArn }));
      return true;
    } catch (error) {
      if (error instanceof ExecutionNotRedrivable) return false;
      throw error;
    }
  },

  /** Which steps failed in an execution's latest run, as far as its history tells. */
  async failedSteps(executionArn: string): Promise<string[]> {
    const { events = [] } = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: MOST_EVENTS }),
    );
    return failedSteps(events);
  },
});
export type Workflow = ReturnType<typeof workflow>;
