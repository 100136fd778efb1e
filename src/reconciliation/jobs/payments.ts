import type { PaymentRepository } from '../../payments/payment-repository.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { type CheckPaymentsDeps, checkPayments, type PaymentCheck, waitForPayPal } from '../check-payments.ts';
import type { Job, Run } from '../job.ts';
import type { PaymentQueue } from '../payment-queue.ts';
import { CLAIM_SECONDS } from '../queue-times.ts';

export interface PaymentsJobDeps extends CheckPaymentsDeps {
  readonly payments: Pick<
    PaymentRepository,
    'get' | 'reschedule' | 'postpone' | 'due' | 'claim' | 'open' | 'underReview'
  >;
  readonly queue: Pick<PaymentQueue, 'send'>;
}

/** Few due payments need no workers: the run reconciles them itself, within seconds. */
const MAX_OWN = 50;
/** Claimed at the same time. */
const CLAIMS = 100;

/**
 * Reconciles the payments that are due: the oldest itself, the others by the workers of the queue, as well as those
 * that it could not reconcile for lack of time or of PayPal. Needs no cursor: each one is rescheduled, or no longer
 * due, afterwards. `queued`: payments for the workers; `overdue_seconds`: time since the oldest became due; `open` and
 * `oldest_seconds`: payments left to reconcile and the age of the oldest; `under_review`: those that await an
 * operator's decision.
 */
export const paymentsJob =
  (deps: PaymentsJobDeps): Job =>
  async (run) => {
    let queued = 0;
    const send = (checks: readonly PaymentCheck[]) =>
      deps.queue.send(checks).then(
        () => {
          queued += checks.length;
        },
        (error: Error) => run.onError('payment-queue', error),
      );
    const { own, overdueSeconds } = await claimDue(deps, run, send);
    const { left, ...checked } = await checkPayments(deps, own, run);
    await send(own.filter(({ paymentId }) => left.has(paymentId)));
    const { count, oldest } = await deps.payments.open();
    const underReview = (await deps.payments.underReview()).length;
    const oldestSeconds = oldest ? secondsSince(oldest.created_at, deps.now()) : 0;
    return {
      figures: {
        ...checked.figures,
        queued,
        overdue_seconds: overdueSeconds,
        open: count,
        oldest_seconds: oldestSeconds,
        under_review: underReview,
      },
      repaired: checked.repaired,
      measurements: [
        ['OpenPayments', count],
        ['OldestOpenPaymentSeconds', oldestSeconds],
        ['OverduePaymentSeconds', overdueSeconds],
        ['UnderReview', underReview],
        ...checked.measurements,
      ],
    };
  };

const secondsSince = (at: string, now: Date) => Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));

/**
 * Claims the oldest for the run itself, and sends the others to the workers, until its time is up. The claim of a
 * payment that is not sent ends by itself.
 */
async function claimDue(
  deps: PaymentsJobDeps,
  { dueBefore, until }: Run,
  send: (checks: readonly PaymentCheck[]) => Promise<void>,
) {
  const own: PaymentCheck[] = [];
  let overdueSeconds = 0;
  const claimAll = async (ids: readonly PaymentId[]) => {
    const now = deps.now();
    const claim = { before: dueBefore, until: new Date(now.getTime() + CLAIM_SECONDS * 1000) };
    const claims = await Promise.all(ids.map(async (id) => ({ id, ...(await deps.payments.claim(id, claim)) })));
    for (const { dueAt } of claims) if (dueAt) overdueSeconds = Math.max(overdueSeconds, secondsSince(dueAt, now));
    const checks = claims.filter(({ claimed }) => claimed).map(({ id }) => ({ paymentId: id, asOf: dueBefore }));
    own.push(...checks.splice(0, MAX_OWN - own.length));
    await send(checks);
  };

  if (await waitForPayPal(deps, until)) {
    let ids: PaymentId[] = [];
    for await (const id of deps.payments.due(dueBefore)) {
      if (deps.now() >= until) break;
      if (ids.push(id) < CLAIMS) continue;
      await claimAll(ids);
      ids = [];
    }
    await claimAll(ids);
  }
  return { own, overdueSeconds };
}
