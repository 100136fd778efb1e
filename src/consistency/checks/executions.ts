import type { Payment } from '../../payments/payment.ts';
import type { FailedExecution } from '../../settlements/execution-client.ts';
import type { FailedSettlementRepository } from '../../settlements/failed-settlement-repository.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { executionName, settlementOf } from '../../shared/settlement.ts';
import type { CheckContext } from './check-context.ts';
import { isolateUnreadable } from './isolate-unreadable.ts';
import type { Violation } from './violation.ts';

export interface SettlementTables {
  readonly payments: { readonly getAll: (ids: readonly PaymentId[]) => Promise<readonly Payment[]> };
  readonly failed: Pick<FailedSettlementRepository, 'ofPayment'>;
}

/**
 * `failures_listed`, for at most 100 failed executions. Within the grace period the result of an execution may not be
 * recorded yet.
 */
export async function executionViolations(
  { payments, failed }: SettlementTables,
  executions: readonly FailedExecution[],
  { now, graceSeconds }: CheckContext,
): Promise<Violation[]> {
  const failures = executions
    .filter(({ endedAt }) => endedAt.getTime() + graceSeconds * 1000 <= now.getTime())
    .flatMap(({ name }) => settlementOf(name) ?? []);
  // Several executions of one settlement may have failed.
  const distinct = new Map(failures.map((failure) => [subjectOf(failure), failure]));
  const ids = [...new Set([...distinct.values()].map(({ paymentId }) => paymentId))];
  const { rows } = await isolateUnreadable(payments.getAll, ids);
  const open = new Map(rows.map((payment) => [payment.payment_id, payment.open]));

  const violations: Violation[] = [];
  for (const [subject, { paymentId, settlement }] of distinct) {
    if (!(settlement in (open.get(paymentId) ?? {}))) continue;
    const listed = await failed.ofPayment(paymentId);
    if (listed.some((entry) => entry.settlement === settlement)) continue;
    violations.push({
      invariant: 'failures_listed',
      subject,
      what: `settlement ${settlement} of ${paymentId} failed, but is missing from the list of failed settlements`,
      repair: { kind: 'settle', payment_id: paymentId, settlement },
    });
  }
  return violations;
}

const subjectOf = ({ paymentId, settlement }: { paymentId: PaymentId; settlement: string }) =>
  executionName(paymentId, settlement);
