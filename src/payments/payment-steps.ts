import type { PaymentId } from '../shared/ids.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import { type CaptureDeps, capturePayment } from './capture-payment.ts';
import type { Payment } from './payment.ts';
import { type RefundDeps, refundPayment } from './refund-payment.ts';

interface StepResult {
  readonly outcome: string;
  readonly status?: Payment['status'];
  readonly issue?: string;
}

const stepResult = ({
  outcome,
  payment,
  issue,
}: {
  outcome: string;
  payment?: Payment;
  issue?: string;
}): StepResult => ({
  outcome,
  ...(payment && { status: payment.status }),
  ...(issue && { issue }),
});

export const paymentSteps = (deps: CaptureDeps & RefundDeps): StepsOf<'payments', StepResult> => ({
  CapturePayment: async ({ payment_id }) => stepResult(await capturePayment(deps, payment_id, 'workflow')),
  RefundPayment: ({ payment_id }) => refundAll(deps, payment_id),
  DeclinePayment: async ({ payment_id }) =>
    stepResult(await deps.evidenceApplier.apply(payment_id, { kind: 'declined', source: 'workflow' })),
});

/**
 * Refunds a late payment whose stock is gone.
 * @throws Error until the refund is complete: PayPal rejects it, or it is pending.
 */
async function refundAll(deps: RefundDeps, id: PaymentId): Promise<StepResult> {
  const result = stepResult(await refundPayment(deps, id, { source: 'workflow', key: 'late' }));
  if (result.status !== 'refunded' && result.status !== 'reversed')
    throw new Error(`${id} is ${result.status ?? 'unknown'}, not refunded: ${result.issue ?? result.outcome}`);
  return result;
}
