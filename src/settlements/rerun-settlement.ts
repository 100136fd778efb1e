import { settlementOfCapture, settlementOfStatus } from '../payments/past-settlements.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import { type RetryDeps, retrySettlement } from './retry-settlement.ts';
import { MAX_RESTARTS } from './sync-result.ts';

export type RerunSettlementResult =
  /** `execution` is running. */
  | { readonly outcome: 'running'; readonly execution: string }
  /** Neither open nor requested by the payment's current status: it must not run again. */
  | { readonly outcome: 'outdated' }
  | { readonly outcome: 'unknown_payment' };

/**
 * Runs a settlement again whose effects were lost after it succeeded. Its steps are idempotent: they redo only what is
 * missing. An open settlement is retried instead.
 * @throws Error after `MAX_RESTARTS` restarts.
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
  throw new Error(`${executionName(id, name)} was restarted ${MAX_RESTARTS} times`);
}
