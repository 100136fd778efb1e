import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import type { Execution, ExecutionClient } from './execution-client.ts';
import type { FailedSettlement } from './failed-settlement-repository.ts';
import { type RecordResultDeps, recordResult } from './record-result.ts';

/** The latest execution of a settlement. */
export interface LatestAttempt {
  /** How often the settlement had been started anew before; a redrive is the same execution. */
  readonly restarts: number;
  readonly execution: Execution;
}

/** On AWS a settlement is redriven for 14 days before it is ever started anew. */
export const MAX_RESTARTS = 100;

/** What `lookUpEnd` works with. */
export interface SyncResultDeps extends RecordResultDeps {
  readonly workflow: Pick<ExecutionClient, 'describe' | 'failedSteps'>;
}

/**
 * Asks Step Functions about an open settlement, and takes down the end of it where there is one: for when the news of it was lost, or
 * somebody redrove it in the console.
 * @param known is the failure that is taken down already
 * @returns undefined when it was never started.
 */
export async function syncResult(
  deps: SyncResultDeps,
  paymentId: PaymentId,
  settlement: string,
  known?: Pick<FailedSettlement, 'execution_arn' | 'redrives'>,
): Promise<LatestAttempt | undefined> {
  const latest = await latestTry(deps.workflow, paymentId, settlement);
  if (!latest) return undefined;
  const { arn, status, endedAt, redrives, error, cause } = latest.execution;
  const isKnown = status !== 'SUCCEEDED' && arn === known?.execution_arn && redrives === known.redrives;
  if (status !== 'RUNNING' && endedAt && !isKnown)
    await recordResult(deps, { paymentId, settlement, executionArn: arn, status, endedAt, redrives, error, cause });
  return latest;
}

/** The first that has not failed, else the last: whoever starts one anew has seen all before it fail. */
async function latestTry(
  { describe }: Pick<ExecutionClient, 'describe'>,
  paymentId: PaymentId,
  settlement: string,
): Promise<LatestAttempt | undefined> {
  let latest: LatestAttempt | undefined;
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts++) {
    const execution = await describe(executionName(paymentId, settlement, restarts));
    if (!execution) break;
    latest = { restarts, execution };
    if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') break;
  }
  return latest;
}
