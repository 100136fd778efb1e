import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import type { Execution, ExecutionClient } from './execution-client.ts';
import type { FailedSettlement } from './failed-settlement-repository.ts';
import { type RecordResultDeps, recordResult } from './record-result.ts';

export interface LatestExecution {
  /** Restarts of the settlement before this execution; a redrive is the same execution. */
  readonly restarts: number;
  readonly execution: Execution;
}

/** Never reached on AWS: a failed execution can be redriven for 14 days before a restart. */
export const MAX_RESTARTS = 100;

export interface SyncResultDeps extends RecordResultDeps {
  readonly workflow: Pick<ExecutionClient, 'describe' | 'failedSteps'>;
}

/**
 * Describes the latest execution of an open settlement and records its result if it has ended: its event may have been
 * lost, or the execution redriven in the console.
 * @param recorded the failure that is already recorded
 * @returns undefined when it was never started
 */
export async function syncResult(
  deps: SyncResultDeps,
  paymentId: PaymentId,
  settlement: string,
  recorded?: Pick<FailedSettlement, 'execution_arn' | 'redrives'>,
): Promise<LatestExecution | undefined> {
  const latest = await latestExecution(deps.workflow, paymentId, settlement);
  if (!latest) return undefined;
  const { arn, status, endedAt, redrives, error, cause } = latest.execution;
  const isRecorded = status !== 'SUCCEEDED' && arn === recorded?.execution_arn && redrives === recorded.redrives;
  if (status !== 'RUNNING' && endedAt && !isRecorded)
    await recordResult(deps, { paymentId, settlement, executionArn: arn, status, endedAt, redrives, error, cause });
  return latest;
}

/** The first execution that has not failed, else the last: a restart follows only a failure. */
async function latestExecution(
  { describe }: Pick<ExecutionClient, 'describe'>,
  paymentId: PaymentId,
  settlement: string,
): Promise<LatestExecution | undefined> {
  let latest: LatestExecution | undefined;
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts++) {
    const execution = await describe(executionName(paymentId, settlement, restarts));
    if (!execution) break;
    latest = { restarts, execution };
    if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') break;
  }
  return latest;
}
