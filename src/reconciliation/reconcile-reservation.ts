import type { Session } from '../checkout/session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { releaseStock } from '../inventory/stock-steps.ts';
import { newPayment, type Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { isGivenUp } from '../payments/transitions.ts';
import { paymentIdOf, type SessionId } from '../shared/ids.ts';
import { type Intervals, nextCheckAt } from './backoff.ts';

export interface ReconcileReservationDeps extends Intervals {
  readonly stock: Pick<StockRepository, 'reservation' | 'resume' | 'move' | 'reschedule'>;
  readonly sessions: Pick<SessionRepository, 'get' | 'expire'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'create'>;
}

/** The next action for an expired reservation that is still held. */
type Action =
  /** No payment was begun. */
  | 'expire session'
  /** No payment can use it any more. */
  | 'release'
  /** beginPayment failed between its write of the session and that of the payment. */
  | 'create payment'
  /** The payment may still be captured; the payments job decides. */
  | 'wait';

export function nextAction(session: Session | undefined, payment: Payment | undefined): Action {
  if (payment) return isGivenUp(payment.status) && Object.keys(payment.open).length === 0 ? 'release' : 'wait';
  // openSession failed between reservation and session: no buyer can pay for it.
  if (!session) return 'release';
  if (session.status === 'open') return 'expire session';
  return session.payment_id ? 'create payment' : 'release';
}

/**
 * Releases an expired reservation once no payment can use it; reschedules it otherwise.
 * @returns whether it was released.
 */
export async function reconcileReservation(deps: ReconcileReservationDeps, id: SessionId): Promise<boolean> {
  try {
    return await reconcile(deps, id);
  } catch (error) {
    // A reservation that always fails must not block the others.
    await deps.stock.reschedule(id, nextCheckAt(deps.now().toISOString(), deps)).catch(() => undefined);
    throw error;
  }
}

async function reconcile(deps: ReconcileReservationDeps, id: SessionId): Promise<boolean> {
  const { stock, sessions, payments, now } = deps;
  const [reservation, session, payment] = await Promise.all([
    stock.reservation(id),
    sessions.get(id),
    payments.get(paymentIdOf(id)),
  ]);
  if (reservation?.pending) {
    // Its caller is dead. It becomes due again when it expires, except for one whose session was never opened.
    const { status } = await stock.resume(reservation);
    if (session || payment || status !== 'held') return false;
  }
  const action = nextAction(session, payment);
  if (action === 'release' || (action === 'expire session' && (await sessions.expire(id)).changed)) {
    const { changed } = await releaseStock(stock, { checkout_session_id: id });
    return changed;
  }
  if (action === 'create payment' && session) {
    // It expires like any other payment, unless the shopper continues first.
    const ids = { payment_id: paymentIdOf(id), checkout_session_id: id };
    await payments.create(newPayment(ids, session.amount, now().toISOString()), now());
  }
  await stock.reschedule(id, nextCheckAt(payment?.updated_at ?? now().toISOString(), deps));
  return false;
}
