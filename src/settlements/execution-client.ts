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
import { MAX_BATCH_GET } from '../shared/dynamo.ts';
import type { FAILED_STATUSES } from './failed-settlement-repository.ts';
import { failedSteps } from './failed-steps.ts';

/** Step Functions' description of an execution, which is eventually consistent. */
export interface Execution {
  readonly arn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Possible for 14 days, and while the history has room. */
  readonly redrivable: boolean;
  readonly redrives: number;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly error?: string;
  readonly cause?: string;
}

export interface FailedExecution {
  readonly name: string;
  readonly status: (typeof FAILED_STATUSES)[number];
  readonly endedAt: Date;
}

/** `next` is the token of the next page, if there is one. */
export interface FailedExecutionPage {
  readonly failures: readonly FailedExecution[];
  readonly next?: string;
}

/** The payments of a page are read by one BatchGetItem. */
const PAGE_SIZE = MAX_BATCH_GET;

/** An execution has a few dozen events, more after redrives; older ones are not searched for failures. */
const MAX_EVENTS = 300;

/** The executions of the payment-settlement workflow, by the names of `executionName`. */
export const executionClient = (stepFunctions: SFNClient, stateMachineArn: string) => ({
  start: startSettlementWith(stepFunctions, stateMachineArn),

  /** Undefined when the execution does not exist, or ended more than 90 days ago. */
  async describe(name: string): Promise<Execution | undefined> {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      const status = described.status ?? 'RUNNING';
      return {
        arn: executionArn,
        status: status === 'PENDING_REDRIVE' ? 'RUNNING' : status,
        redrivable: described.redriveStatus === 'REDRIVABLE',
        redrives: described.redriveCount ?? 0,
        ...(described.startDate && { startedAt: described.startDate }),
        ...(described.stopDate && { endedAt: described.stopDate }),
        ...(described.error && { error: described.error }),
        ...(described.cause && { cause: described.cause }),
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  },

  /**
   * One page of the executions with this status, the latest first; Step Functions deletes them after 90 days. A page
   * token is valid for a day; with an expired one, the list starts again.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
   */
  async failures(status: FailedExecution['status'], token?: string): Promise<FailedExecutionPage> {
    const list = (nextToken?: string) =>
      stepFunctions.send(
        new ListExecutionsCommand({
          stateMachineArn,
          statusFilter: status,
          maxResults: PAGE_SIZE,
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
    const { executions = [], nextToken } = await list(token).catch((error) => {
      if (error instanceof InvalidToken && token !== undefined) return list();
      throw error;
    });
    const failures = executions.flatMap(({ name = '', stopDate }) =>
      stopDate ? [{ name, status, endedAt: stopDate }] : [],
    );
    return { failures, ...(nextToken !== undefined && { next: nextToken }) };
  },

  /**
   * Resumes an execution from the tasks that failed.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
   * @returns false when it is not redrivable: it is running, or too old.
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

  /** The steps that failed since the latest redrive, from the execution's history. */
  async failedSteps(executionArn: string): Promise<string[]> {
    const { events = [] } = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: MAX_EVENTS }),
    );
    return failedSteps(events);
  },
});
export type ExecutionClient = ReturnType<typeof executionClient>;
