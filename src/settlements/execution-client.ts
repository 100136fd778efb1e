import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidToken,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { startSettlementWith } from '../payments/start-settlement.ts';
import type { FAILED_STATUSES } from './failed-settlement-repository.ts';
import { failedSteps } from './failed-steps.ts';

/** One execution of the workflow, as Step Functions describes it: a little behind at times. */
export interface Execution {
  readonly arn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Whether it can go on from where it failed: for 14 days, and while its history is not full. */
  readonly redrivable: boolean;
  readonly redrives: number;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly error?: string;
  readonly cause?: string;
}

/** An execution that failed. */
export interface FailedExecution {
  readonly name: string;
  readonly status: (typeof FAILED_STATUSES)[number];
  readonly endedAt: Date;
}

/** Some of them, and the place where the next ones begin if there are more. */
export interface FailedExecutionPage {
  readonly failures: readonly FailedExecution[];
  readonly next?: string;
}

/** As many payments as one BatchGetItem reads. */
const LISTED = 100;

/** A settlement has a few dozen events; more are not looked through for what failed. */
const MOST_EVENTS = 300;

/** The payment-settlement workflow, to those who look after its executions. They are named as `executionName` says. */
export const executionClient = (stepFunctions: SFNClient, stateMachineArn: string) => ({
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
        ...(told.startDate && { startedAt: told.startDate }),
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
   * Executions that ended so, the youngest first, page by page; a place is good for a day, after which the list begins anew. Step
   * Functions forgets them after 90 days.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
   */
  async failures(status: FailedExecution['status'], place?: string): Promise<FailedExecutionPage> {
    const list = (nextToken?: string) =>
      stepFunctions.send(
        new ListExecutionsCommand({
          stateMachineArn,
          statusFilter: status,
          maxResults: LISTED,
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
    const { executions = [], nextToken } = await list(place).catch((error) => {
      if (error instanceof InvalidToken && place !== undefined) return list();
      throw error;
    });
    const failures = executions.flatMap(({ name = '', stopDate }) =>
      stopDate ? [{ name, status, endedAt: stopDate }] : [],
    );
    return { failures, ...(nextToken !== undefined && { next: nextToken }) };
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
/** What `workflow` makes. */
export type ExecutionClient = ReturnType<typeof executionClient>;
