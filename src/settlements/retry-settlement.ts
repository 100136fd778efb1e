import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName, type Settlement } from '../shared/settlement.ts';
import type { ExecutionClient } from './execution-client.ts';
import { type LatestExecution, MAX_RESTARTS, type SyncResultDeps, syncResult } from './sync-result.ts';

export interface RetriedSettlement {
  readonly settlement: string;
  /**
   * - `redriven`: resumed from the steps that failed
   * - `restarted`: a new execution runs all steps, because the old one is no longer redrivable
   * - `started`: it had never been started
   * - `running`: it was already running
   * - `succeeded`: it had already succeeded, and its event was lost
   */
  readonly outcome: 'redriven' | 'restarted' | 'started' | 'running' | 'succeeded';
  /** The name of its latest execution. */
  readonly execution: string;
}

export type RetrySettlementResult =
  | { readonly outcome: 'retried'; readonly settlements: readonly RetriedSettlement[] }
  /** No open settlement, or not that one. */
  | { readonly outcome: 'nothing_open' }
  | { readonly outcome: 'unknown_payment' };

export interface RetryDeps extends SyncResultDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'closeSettlement'>;
  readonly workflow: Pick<ExecutionClient, 'describe' | 'failedSteps' | 'redrive' | 'start'>;
}

/**
 * Retries a payment's open settlements, or one of them. Safe to run concurrently: the second caller finds the execution
 * running.
 * @throws Error after `MAX_RESTARTS` restarts.
 */
export async function retrySettlement(deps: RetryDeps, id: PaymentId, only?: string): Promise<RetrySettlementResult> {
  const payment = await deps.payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  const open = Object.entries(payment.open).filter(([name]) => only === undefined || name === only);
  if (open.length === 0) return { outcome: 'nothing_open' };
  const settlements: RetriedSettlement[] = [];
  for (const [settlement, input] of open) settlements.push(await retryOne(deps, settlement, input));
  return { outcome: 'retried', settlements };
}

async function retryOne(deps: RetryDeps, settlement: string, input: Settlement): Promise<RetriedSettlement> {
  const { workflow } = deps;
  const nameOf = (restarts: number) => executionName(input.payment_id, settlement, restarts);
  const retried = (outcome: RetriedSettlement['outcome'], restarts = 0): RetriedSettlement => ({
    settlement,
    outcome,
    execution: nameOf(restarts),
  });
  const found = ({ restarts, execution: { status } }: LatestExecution) =>
    status === 'RUNNING'
      ? retried('running', restarts)
      : status === 'SUCCEEDED'
        ? retried('succeeded', restarts)
        : undefined;

  let latest = await syncResult(deps, input.payment_id, settlement);
  if (latest?.execution.redrivable) {
    if (await workflow.redrive(latest.execution.arn)) return retried('redriven', latest.restarts);
    latest = await syncResult(deps, input.payment_id, settlement);
    // Rejected although described as redrivable: redriven concurrently, and the description is out of date.
    if (latest?.execution.redrivable) return retried('running', latest.restarts);
  }
  const done = latest && found(latest);
  if (done) return done;
  const restarts = latest ? latest.restarts + 1 : 0;
  if (restarts > MAX_RESTARTS) throw new Error(`${nameOf(0)} was restarted ${MAX_RESTARTS} times`);
  await workflow.start(nameOf(restarts), input);
  return retried(latest ? 'restarted' : 'started', restarts);
}
