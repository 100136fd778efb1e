import type { PaymentId } from '../shared/ids.ts';
import { inBatches } from '../shared/in-batches.ts';
import type { FailedSettlementRepository } from './failed-settlement-repository.ts';
import { type RetryDeps, retrySettlement } from './retry-settlement.ts';

export interface RetryFailedDeps extends Omit<RetryDeps, 'failed'> {
  readonly failed: RetryDeps['failed'] & Pick<FailedSettlementRepository, 'list'>;
}

/** Far below the request quotas of Step Functions. */
const CONCURRENCY = 5;

export interface RetryFailedResult {
  /** Settlements that run again, or had succeeded. */
  readonly retried: number;
  /** Failed retries, with the error's name. They stay on the list. */
  readonly failed: readonly { readonly payment_id: PaymentId; readonly settlement: string; readonly error: string }[];
  /** Where the next batch starts, if there may be one. */
  readonly cursor?: string;
}

/** Retries one page of the list of failed settlements. A retry that fails does not stop the others. */
export async function retryFailedSettlements(
  deps: RetryFailedDeps,
  limit: number,
  after?: string,
): Promise<RetryFailedResult> {
  const { failed: entries, ...page } = await deps.failed.list(limit, after);
  let retried = 0;
  const failed: RetryFailedResult['failed'][number][] = [];
  await inBatches(entries, CONCURRENCY, async ({ payment_id, settlement }) => {
    try {
      const { outcome } = await retrySettlement(deps, payment_id, settlement);
      retried += Number(outcome === 'retried');
    } catch (error) {
      failed.push({ payment_id, settlement, error: (error as Error).name });
    }
  });
  return { retried, failed, ...page };
}
