import { executionName } from '../shared/settlement.ts';
import { type ApplyEvidenceDeps, type EvidenceApplier, evidenceApplier } from './apply-evidence.ts';
import { afterMove, decide, settlementsOf } from './decide.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

/** A change that the real run would make. */
export interface Change {
  readonly payment_id: Payment['payment_id'];
  readonly from: Payment['status'];
  /** Equal to `from` when the status does not change, as for a dispute. */
  readonly to: Payment['status'];
  /** The kind of evidence, or `dispute`. */
  readonly because: string;
  /** The execution that would start. */
  readonly settlement?: string;
}

type Payments = Pick<PaymentRepository, 'get' | 'byPayPalOrder' | 'byCapture' | 'flagDispute'>;

/**
 * Dry run: the real code path over an in-memory overlay; no writes, no executions. It reads from PayPal where the real
 * run does, and collects the changes.
 */
export function dryRun({
  payments,
  ...deps
}: { readonly payments: Payments } & Pick<ApplyEvidenceDeps, 'getOrder' | 'getCapture' | 'getRefund' | 'now'>) {
  const overlay = new Map<Payment['payment_id'], Payment>();
  const changes: Change[] = [];
  const get: Payments['get'] = async (id) => overlay.get(id) ?? payments.get(id);

  const applier: EvidenceApplier = evidenceApplier({
    ...deps,
    dueAfterSeconds: 0,
    startSettlement: async () => undefined,
    rememberBuyer: async () => undefined,
    recordFailedRefund: () => undefined,
    payments: {
      get,
      async move(id, move, now) {
        const found = await get(id);
        const decision = found && decide(found, move.evidence);
        // In place of the move's condition in DynamoDB: the payment must still lead to the same move.
        if (decision?.do !== 'move' || JSON.stringify(decision.move) !== JSON.stringify(move)) return { found };
        const moved = afterMove(found as Payment, move, now.toISOString());
        overlay.set(id, moved);
        const [settlement] = settlementsOf(move);
        changes.push({
          payment_id: id,
          from: (found as Payment).status,
          to: moved.status,
          because: move.evidence.kind,
          ...(settlement && { settlement: executionName(id, settlement.name) }),
        });
        return { moved };
      },
    },
  });
  const flagDispute: Payments['flagDispute'] = async (id, disputeId, dispute) => {
    const found = await get(id);
    const stored = found?.disputes[disputeId];
    if (!found || (stored && stored.updated_at > dispute.updated_at)) return { found };
    const moved = { ...found, disputes: { ...found.disputes, [disputeId]: dispute } };
    overlay.set(id, moved);
    if (stored?.status !== dispute.status)
      changes.push({ payment_id: id, from: found.status, to: found.status, because: 'dispute' });
    return { moved };
  };
  return { payments: { ...payments, get, flagDispute }, evidenceApplier: applier, changes };
}
