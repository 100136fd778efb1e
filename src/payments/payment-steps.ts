import type { PaymentId } from '../shared/ids.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import { type CaptureDeps, captureAttempt } from './capture-payment.ts';
import { isFailedRefund } from './evidence.ts';
import type { Payment } from './payment.ts';
import { type RefundDeps, refundPayment } from './refund-payment.ts';
import { isReturned } from './transitions.ts';

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
  CapturePayment: async ({ payment_id, attempt }) => stepResult(await captureAttempt(deps, payment_id, attempt)),
  RefundPayment: ({ payment_id }) => refundAll(deps, payment_id),
  DeclinePayment: async ({ payment_id }) =>
    stepResult(await deps.evidenceApplier.apply(payment_id, { kind: 'declined', source: 'workflow' })),
});

/**
 * Refunds a late payment whose stock is gone. A pending refund is reconciled until it ends.
 * @throws Error while PayPal rejects the refund.
 */
async function refundAll(deps: RefundDeps, id: PaymentId): Promise<StepResult> {
  const payment = await deps.payments.get(id);
  const ended = Object.values(payment?.refunds ?? {}).filter(({ status }) => isFailedRefund(status));
  // PayPal replays the response of a key, also that of a refund which failed since.
  const key = ended.length === 0 ? 'late' : `late-${ended.length}`;
  const result = stepResult(await refundPayment(deps, id, { source: 'workflow', key }));
  if (result.outcome !== 'pending' && !(result.status && isReturned(result.status)))
    throw new Error(`${id} is ${result.status ?? 'unknown'}, not refunded: ${result.issue ?? result.outcome}`);
  return result;
}
