import type { EvidenceApplier, EvidenceResult } from './apply-evidence.ts';
import type { Payment } from './payment.ts';

/**
 * An operator takes money that differs from what was asked; `source` says who. What went back of it by then, and since `payment` was read,
 * PayPal is asked.
 */
export async function acceptPayment(
  evidenceApplier: EvidenceApplier,
  payment: Payment,
  source: string,
): Promise<EvidenceResult> {
  const settled = await evidenceApplier.apply(payment.payment_id, { kind: 'accepted', source }, payment);
  if (settled.outcome !== 'moved') return settled;
  const movedMeanwhile = settled.payment.history.length > payment.history.length + 1;
  return payment.refunded_minor > 0 || movedMeanwhile
    ? evidenceApplier.refreshFromPayPal(settled.payment, source)
    : settled;
}
