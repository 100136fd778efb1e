import type { PaymentRepository } from '../../payments/payment-repository.ts';
import type { EventRepository } from '../../paypal-webhook/event-repository.ts';
import type { Job } from '../job.ts';
import { processBatch } from '../process-batch.ts';
import { type ReconcilePaymentDeps, reconcilePayment } from '../reconcile-payment.ts';
import { webhookSilence } from '../webhook-silence.ts';

export interface PaymentsJobDeps extends ReconcilePaymentDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'reschedule' | 'postpone' | 'due' | 'open' | 'underReview'>;
  readonly events: Pick<EventRepository, 'page'>;
}

const MAX_PAYMENTS = 2000;

/**
 * Reconciles the payments that are due. Needs no cursor: each one is rescheduled, or no longer due, afterwards.
 * `open` and `oldest_seconds`: payments left to reconcile and the age of the oldest; `under_review`: those that await
 * an operator's decision.
 */
export const paymentsJob =
  (deps: PaymentsJobDeps): Job =>
  async (run) => {
    const totals = { updated: 0, expired: 0, started: 0, closed: 0 };
    const { done, failed } = await processBatch(
      deps.payments.due(run.dueBefore),
      async (id) => {
        const result = await reconcilePayment(deps, id, run.dueBefore);
        totals.updated += Number(result.updated);
        totals.expired += Number(result.expired);
        totals.started += result.started;
        totals.closed += result.closed;
      },
      { ...run, maxItems: MAX_PAYMENTS },
    );
    const { count, oldest } = await deps.payments.open();
    const underReview = (await deps.payments.underReview()).length;
    const oldestSeconds = oldest ? Math.round((deps.now().getTime() - Date.parse(oldest.created_at)) / 1000) : 0;
    return {
      figures: {
        checked: done,
        failed,
        ...totals,
        open: count,
        oldest_seconds: oldestSeconds,
        under_review: underReview,
      },
      repaired: totals.updated + totals.started + totals.closed,
      measurements: [
        ['OpenPayments', count],
        ['OldestOpenPaymentSeconds', oldestSeconds],
        ['UnderReview', underReview],
        // Missing webhooks are a fault only if a payment changed at PayPal.
        ['WebhookSilence', totals.updated > 0 ? await webhookSilence(deps.events, run.dueBefore) : 0],
      ],
    };
  };
