import type { Payment } from '../../payments/payment.ts';
import type { FailedExecution } from '../../settlements/execution-client.ts';
import type { FailedSettlementRepository } from '../../settlements/failed-settlement-repository.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { executionName, settlementOf } from '../../shared/settlement.ts';
import type { Violation } from '../finding.ts';
import { isolateUnreadable } from '../isolate-unreadable.ts';
import type { CheckContext } from './check-context.ts';

/** Where it is looked up what became of a settlement. */
export interface SettlementTables {
  readonly payments: { readonly getAll: (ids: readonly PaymentId[]) => Promise<readonly Payment[]> };
  readonly failed: Pick<FailedSettlementRepository, 'ofPayment'>;
}

/** Invariant 10 for some executions that failed, a hundred at most. What failed a moment ago may not have been taken down yet. */
export async function executionViolations(
  { payments, failed }: SettlementTables,
  executions: readonly FailedExecution[],
  { now, graceSeconds }: CheckContext,
): Promise<Violation[]> {
  const failures = executions
    .filter(({ endedAt }) => endedAt.getTime() + graceSeconds * 1000 <= now.getTime())
    .flatMap(({ name }) => settlementOf(name) ?? []);
  // A settlement that was tried more than once has failed more than once.
  const distinct = new Map(failures.map((one) => [subjectOf(one), one]));
  const ids = [...new Set([...distinct.values()].map(({ paymentId }) => paymentId))];
  const { rows } = await isolateUnreadable(payments.getAll, ids);
  const open = new Map(rows.map((payment) => [payment.payment_id, payment.open]));

  const violations: Violation[] = [];
  for (const one of distinct.values()) {
    if (!(one.settlement in (open.get(one.paymentId) ?? {}))) continue;
    const listed = await failed.ofPayment(one.paymentId);
    if (listed.some(({ settlement }) => settlement === one.settlement)) continue;
    violations.push({
      invariant: 'failures_listed',
      subject: subjectOf(one),
      what: `the settlement ${one.settlement} of ${one.paymentId} failed, and is neither repaired nor on the list of failed ones`,
      repair: { kind: 'settle', payment_id: one.paymentId, settlement: one.settlement },
    });
  }
  return violations;
}

const subjectOf = ({ paymentId, settlement }: { paymentId: PaymentId; settlement: string }) =>
  executionName(paymentId, settlement);
