import type { SessionRepository } from '../checkout/session-repository.ts';
import type { ApplyEvidenceDeps, EvidenceApplier } from '../payments/apply-evidence.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { isDecided, isPaid } from '../payments/transitions.ts';
import type { LatestExecution } from '../settlements/sync-result.ts';
import type { PaymentId, SessionId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import { type Intervals, nextCheckAt } from './backoff.ts';

export interface ReconcilePaymentDeps extends Intervals {
  readonly payments: Pick<PaymentRepository, 'get' | 'reschedule' | 'postpone'>;
  readonly sessions: Pick<SessionRepository, 'get'>;
  /** Keeps session and reservation from being deleted. */
  readonly keepPurchase: (id: SessionId) => Promise<unknown>;
  readonly getOrder: ApplyEvidenceDeps['getOrder'];
  readonly evidenceApplier: EvidenceApplier;
  readonly startSettlement: ApplyEvidenceDeps['startSettlement'];
  /** Records the result of an open settlement. @returns undefined when it was never started. */
  readonly syncResult: (paymentId: PaymentId, settlement: string) => Promise<LatestExecution | undefined>;
}

export interface ReconcilePaymentResult {
  /** PayPal had evidence that was not applied yet. */
  readonly updated: boolean;
  readonly expired: boolean;
  /** Settlements that were requested but never started. */
  readonly started: number;
  /** Settlements that had succeeded unrecorded. */
  readonly closed: number;
}

/** May last longer than the rows of a purchase without money; no settlement has changed them yet. */
const WAITS_WITH_MONEY: readonly Payment['status'][] = ['capture_pending', 'review'];

const SOURCE = 'reconciler';
const NOTHING: ReconcilePaymentResult = { updated: false, expired: false, started: 0, closed: 0 };

/**
 * Reconciles one payment: starts or syncs its open settlements, applies PayPal's order unless it is paid, and else its
 * pending refunds, expires it when the session has expired and nothing was approved, and reschedules it. A payment that
 * was given up is checked at PayPal one last time, for an approval in flight at that moment. A failed settlement is
 * left to an operator.
 * @param asOf the time that the session's expiry is compared with
 * @throws PayPalUnavailable when PayPal does not respond.
 */
export async function reconcilePayment(
  deps: ReconcilePaymentDeps,
  id: PaymentId,
  asOf = deps.now(),
): Promise<ReconcilePaymentResult> {
  const payment = await deps.payments.get(id).catch(async (error: unknown) => {
    // An unreadable payment must not block the others.
    await deps.payments.postpone(id, nextCheckAt(deps.now().toISOString(), deps)).catch(() => undefined);
    throw error;
  });
  if (!payment) return NOTHING;
  try {
    const settlements = await reconcileSettlements(deps, payment);
    const session = payment.status === 'created' ? await deps.sessions.get(payment.checkout_session_id) : undefined;
    const isExpired = !session || new Date(session.expires_at) <= asOf;
    const paypal = isPaid(payment.status)
      ? await refreshRefunds(deps, payment)
      : await refreshFromPayPal(deps, payment, isExpired, asOf);
    const now = (await deps.payments.get(id)) ?? payment;
    if (WAITS_WITH_MONEY.includes(now.status)) await deps.keepPurchase(now.checkout_session_id);
    await deps.payments.reschedule(now, nextPaymentCheck(now, session?.expires_at, deps));
    return { ...settlements, ...paypal };
  } catch (error) {
    // A payment that always fails must not block the others. The first error is thrown, not that of the reschedule.
    await deps.payments.reschedule(payment, nextCheckAt(payment.updated_at, deps)).catch(() => undefined);
    throw error;
  }
}

/** Starts open settlements that were never started, and records results that were missed. */
async function reconcileSettlements(
  { syncResult, startSettlement }: ReconcilePaymentDeps,
  { payment_id: id, open }: Payment,
): Promise<Pick<ReconcilePaymentResult, 'started' | 'closed'>> {
  let started = 0;
  let closed = 0;
  for (const [name, input] of Object.entries(open)) {
    const latest = await syncResult(id, name);
    if (!latest) await startSettlement(executionName(id, name), input);
    started += latest ? 0 : 1;
    closed += latest?.execution.status === 'SUCCEEDED' ? 1 : 0;
  }
  return { started, closed };
}

const NO_UPDATE = { updated: false, expired: false };

async function refreshRefunds(
  { evidenceApplier }: ReconcilePaymentDeps,
  payment: Payment,
): Promise<Pick<ReconcilePaymentResult, 'updated' | 'expired'>> {
  if (!payment.refunds_pending) return NO_UPDATE;
  const { outcome } = await evidenceApplier.refreshRefunds(payment, SOURCE);
  return { updated: outcome === 'moved', expired: false };
}

async function refreshFromPayPal(
  { evidenceApplier, getOrder }: ReconcilePaymentDeps,
  payment: Payment,
  isExpired: boolean,
  asOf: Date,
): Promise<Pick<ReconcilePaymentResult, 'updated' | 'expired'>> {
  const { payment_id: id, paypal_order_id: orderId } = payment;
  const expire = async () => {
    const result = await evidenceApplier.apply(
      id,
      { kind: 'expired', source: SOURCE, authoritative: true, paypalOrderId: orderId },
      payment,
    );
    return { updated: false, expired: result.outcome === 'moved' };
  };
  // Without a PayPal order, the buyer cannot have approved: beginPayment failed before it had an approve URL.
  if (!orderId) return payment.status === 'created' && isExpired ? expire() : NO_UPDATE;

  const order = await getOrder(orderId);
  const result = await evidenceApplier.applyOrder(payment, order, SOURCE, asOf);
  if (!('payment' in result)) return NO_UPDATE;
  // PayPal keeps an order APPROVED after it declined the capture, which is no new approval.
  const isUnpaid = order && !order.incomplete && order.captures.length === 0 && UNPAID.has(order.status);
  if (result.payment.status === 'created' && isExpired && isUnpaid) return expire();
  if (result.outcome !== 'moved') return NO_UPDATE;
  const expired = result.payment.history.at(-1)?.evidence === 'expired';
  return { updated: !expired, expired };
}

/** https://developer.paypal.com/docs/api/orders/v2/#definition-order_status */
const UNPAID: ReadonlySet<string> = new Set(['CREATED', 'SAVED', 'PAYER_ACTION_REQUIRED', 'APPROVED']);

/**
 * @param expiresAt ISO 8601: the session's expiry, of a payment that is `created`
 * @returns undefined when no change is expected, except by an operator.
 */
export function nextPaymentCheck(payment: Payment, expiresAt: string | undefined, deps: Intervals): Date | undefined {
  if (isDecided(payment.status) && Object.keys(payment.open).length === 0 && !payment.refunds_pending) return undefined;
  const next = nextCheckAt(payment.updated_at, deps);
  const end = expiresAt ? new Date(expiresAt) : next;
  return payment.status === 'created' && end > deps.now() && end < next ? end : next;
}
