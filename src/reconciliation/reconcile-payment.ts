import type { SessionRepository } from '../checkout/session-repository.ts';
import type { ApplyEvidenceDeps, EvidenceApplier } from '../payments/apply-evidence.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { isDecided, isGivenUp, isPaid } from '../payments/transitions.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { LatestAttempt } from '../settlements/sync-result.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import { type Intervals, nextCheckAt } from './backoff.ts';

/** What `lookAfterPayment` works with. */
export interface ReconcilePaymentDeps extends Intervals {
  readonly payments: Pick<PaymentRepository, 'get' | 'reschedule' | 'postpone'>;
  readonly sessions: Pick<SessionRepository, 'get'>;
  readonly getOrder: ApplyEvidenceDeps['getOrder'];
  readonly evidenceApplier: EvidenceApplier;
  readonly startSettlement: ApplyEvidenceDeps['startSettlement'];
  /** Asks Step Functions about an open settlement, and takes down its end; undefined when it was never started. */
  readonly syncResult: (paymentId: PaymentId, settlement: string) => Promise<LatestAttempt | undefined>;
}

/** What a look after a payment led to. */
export interface ReconcilePaymentResult {
  /** PayPal said something that the shop had not heard. */
  readonly updated: boolean;
  /** The buyer let the time pass. */
  readonly expired: boolean;
  /** Settlements that were noted but never started. */
  readonly started: number;
  /** Settlements that had succeeded without the shop hearing of it. */
  readonly closed: number;
}

const SOURCE = 'reconciler';
const NOTHING: ReconcilePaymentResult = { updated: false, expired: false, started: 0, closed: 0 };

/**
 * Looks after one payment: starts what was to be started, asks PayPal what became of it unless it is paid, lets it expire when its time
 * is over and nothing was approved, and says when to look again. A payment that was given up is asked about once more, for what was
 * under way at that moment. A settlement that failed is left to a person.
 * @param asOf the time that a buyer's time is compared with
 * @throws PayPalUnavailable when PayPal must be asked and does not answer.
 */
export async function reconcilePayment(
  deps: ReconcilePaymentDeps,
  id: PaymentId,
  asOf = deps.now(),
): Promise<ReconcilePaymentResult> {
  const payment = await deps.payments.get(id).catch(async (error: unknown) => {
    // Others must not wait for one that cannot even be read.
    await deps.payments.postpone(id, nextCheckAt(deps.now().toISOString(), deps)).catch(() => undefined);
    throw error;
  });
  if (!payment) return NOTHING;
  try {
    const settlements = await reconcileSettlements(deps, payment);
    const session = payment.status === 'created' ? await deps.sessions.get(payment.checkout_session_id) : undefined;
    const isExpired = !session || new Date(session.expires_at) <= asOf;
    const paypal = isPaid(payment.status)
      ? { updated: false, expired: false }
      : await refreshFromPayPal(deps, payment, isExpired);
    const now = (await deps.payments.get(id)) ?? payment;
    await deps.payments.reschedule(now, nextPaymentCheck(now, session?.expires_at, deps));
    return { ...settlements, ...paypal };
  } catch (error) {
    // Others must not wait for one that is always in trouble. What came first tells more than that this cannot be written either.
    await deps.payments.reschedule(payment, nextCheckAt(payment.updated_at, deps)).catch(() => undefined);
    throw error;
  }
}

/** Starts what is open and was never started, and takes down what has ended unheard. */
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

async function refreshFromPayPal(
  { evidenceApplier, getOrder }: ReconcilePaymentDeps,
  payment: Payment,
  isExpired: boolean,
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
  // No order, nobody at PayPal: the shop failed before it had anything to send the buyer to.
  if (!orderId) return payment.status === 'created' && isExpired ? expire() : { updated: false, expired: false };

  const order = await getOrder(orderId);
  const declined = order !== undefined && isDeclined(payment, order);
  if (payment.status === 'created' && isExpired && order && (declined || nothingApproved(order))) return expire();
  if (declined) return { updated: false, expired: false };
  const result = await evidenceApplier.applyOrder(payment, order, SOURCE);
  if (result.outcome !== 'moved') return { updated: false, expired: false };
  const expired = result.payment.history.at(-1)?.evidence === 'expired';
  return { updated: !expired, expired };
}

/** https://developer.paypal.com/docs/api/orders/v2/#definition-order_status */
const nothingApproved = ({ status, captures }: PayPalOrder): boolean =>
  captures.length === 0 && ['CREATED', 'SAVED', 'PAYER_ACTION_REQUIRED'].includes(status);

/**
 * PayPal goes on calling an order approved that it would not capture. That is no new approval: whoever was told that nothing was charged
 * is not charged later without a further click, of which the buyer's return or an event tells.
 */
const isDeclined = ({ status, declines }: Payment, order: PayPalOrder): boolean =>
  (status === 'created' || isGivenUp(status)) &&
  declines > 0 &&
  order.status === 'APPROVED' &&
  order.captures.length === 0;

/** When to look after a payment again; undefined when nothing is left to come, an operator's decision included. `expiresAt`: ISO 8601, of one that the buyer has begun. */
export function nextPaymentCheck(payment: Payment, expiresAt: string | undefined, deps: Intervals): Date | undefined {
  if (isDecided(payment.status) && Object.keys(payment.open).length === 0) return undefined;
  const next = nextCheckAt(payment.updated_at, deps);
  const end = expiresAt ? new Date(expiresAt) : next;
  return payment.status === 'created' && end > deps.now() && end < next ? end : next;
}
