import { PayPalUnavailable } from '../paypal/errors.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { Measurement } from '../shared/metric-names.ts';
import type { PauseRepository } from './pause-repository.ts';
import { isDependencyError, type Limits, processBatch } from './process-batch.ts';
import { type ReconcilePaymentDeps, reconcilePayment } from './reconcile-payment.ts';
import { webhookSilence } from './webhook-silence.ts';

export interface CheckPaymentsDeps extends ReconcilePaymentDeps {
  readonly events: Pick<EventRepository, 'page'>;
  readonly pause: PauseRepository;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** A payment to reconcile; `asOf` as in `reconcilePayment`. */
export interface PaymentCheck {
  readonly paymentId: PaymentId;
  readonly asOf: Date;
}

export interface PaymentChecksResult {
  readonly figures: Readonly<Record<'checked' | 'failed' | 'updated' | 'expired' | 'started' | 'closed', number>>;
  readonly repaired: number;
  readonly measurements: readonly Measurement[];
  /** Payments that were not reconciled for lack of time or of a dependency. */
  readonly left: ReadonlySet<PaymentId>;
}

/** Reconciles payments, at the pace that PayPal allows to all workers. */
export async function checkPayments(
  deps: CheckPaymentsDeps,
  checks: readonly PaymentCheck[],
  limits: Omit<Limits, 'maxItems'>,
): Promise<PaymentChecksResult> {
  const totals = { updated: 0, expired: 0, started: 0, closed: 0 };
  const asOf = new Map(checks.map((check) => [check.paymentId, check.asOf]));
  const left = new Set(asOf.keys());
  const { done, failed } = await processBatch(
    asOf.keys(),
    async (id) => {
      if (!(await waitForPayPal(deps, limits.until)))
        throw new PayPalUnavailable('rate-limited', { operation: 'reconcilePayment' });
      const result = await reconcilePayment(deps, id, asOf.get(id)).catch(async (error) => {
        await respectRateLimit(deps, error);
        if (!isDependencyError(error)) left.delete(id);
        throw error;
      });
      left.delete(id);
      totals.updated += Number(result.updated);
      totals.expired += Number(result.expired);
      totals.started += result.started;
      totals.closed += result.closed;
    },
    { ...limits, maxItems: checks.length },
  );
  const latest = new Date(Math.max(...checks.map((check) => check.asOf.getTime())));
  return {
    figures: { checked: done, failed, ...totals },
    repaired: totals.updated + totals.started + totals.closed,
    // Missing webhooks are a fault only if a payment changed at PayPal.
    measurements: [['WebhookSilence', totals.updated > 0 ? await webhookSilence(deps.events, latest) : 0]],
    left,
  };
}

/** PayPal does not publish its limits, and sends no `Retry-After` with most 429 responses. */
const DEFAULT_PAUSE_SECONDS = 30;

/** Stores until when PayPal limits the rate, for all workers. */
async function respectRateLimit({ pause, now }: CheckPaymentsDeps, error: unknown): Promise<void> {
  if (!(error instanceof PayPalUnavailable) || error.reason !== 'rate-limited') return;
  const seconds = error.retryAfterSeconds ?? DEFAULT_PAUSE_SECONDS;
  await pause.extend(new Date(now().getTime() + seconds * 1000));
}

/**
 * Waits while PayPal limits the rate.
 * @returns false at once when that takes longer than until `deadline`
 */
export async function waitForPayPal(
  { pause, now, sleep }: Pick<CheckPaymentsDeps, 'pause' | 'now' | 'sleep'>,
  deadline: Date,
): Promise<boolean> {
  for (;;) {
    const until = await pause.get();
    const milliseconds = until ? until.getTime() - now().getTime() : 0;
    if (milliseconds <= 0) return true;
    if (until && until >= deadline) return false;
    await sleep(milliseconds);
  }
}
