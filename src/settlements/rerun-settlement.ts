import { settlementOfCapture, settlementOfStatus } from '../payments/past-settlements.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import { type RetryDeps, retrySettlement } from './retry-settlement.ts';
import { MAX_RESTARTS } from './sync-result.ts';

/** What became of a wish to run a settlement once more. */
export type RerunSettlementResult =
  /** An execution of that name is at work on it. */
  | { readonly outcome: 'running'; readonly execution: string }
  /** It is neither open nor what follows from what the payment is now: it must not be run any more. */
  | { readonly outcome: 'outdated' }
  | { readonly outcome: 'unknown_payment' };

/**
 * Runs a settlement once more, though it may have succeeded: for when what it had done was lost. Its steps find out by themselves what
 * is not done yet. One that is still open is retried, as an operator would.
 * @throws Error when a settlement was started anew a hundred times.
 */
export async function rerunSettlement(
  deps: RetryDeps,
  id: PaymentId,
  settlement: string,
): Promise<RerunSettlementResult> {
  const payment = await deps.payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  if (settlement in payment.open) {
    const retried = await retrySettlement(deps, id, settlement);
    const [{ outcome, execution } = { outcome: 'succeeded' as const, execution: '' }] =
      retried.outcome === 'retried' ? retried.settlements : [];
    if (outcome !== 'succeeded') return { outcome: 'running', execution };
  }
  const past = pastSettlement(payment, settlement);
  return past ? restart(deps, id, past) : { outcome: 'outdated' };
}

const pastSettlement = (payment: Payment, settlement: string) =>
  [settlementOfStatus(payment), settlementOfCapture(payment)].find((past) => past?.name === settlement);

type Past = NonNullable<ReturnType<typeof pastSettlement>>;

async function restart({ workflow }: RetryDeps, id: PaymentId, { name, input }: Past): Promise<RerunSettlementResult> {
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts++) {
    const execution = executionName(id, name, restarts);
    const found = await workflow.describe(execution);
    if (!found) await workflow.start(execution, input);
    if (!found || found.status === 'RUNNING') return { outcome: 'running', execution };
  }
  throw new Error(`${executionName(id, name)} was started anew ${MAX_RESTARTS} times`);
}
