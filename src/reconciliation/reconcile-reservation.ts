import type { Session } from '../checkout/session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { releaseStock } from '../inventory/stock-steps.ts';
import { newPayment, type Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { isGivenUp } from '../payments/transitions.ts';
import { paymentIdOf, type SessionId } from '../shared/ids.ts';
import { type Intervals, nextCheckAt } from './backoff.ts';

/** What `lookAfterReservation` works with. */
export interface ReconcileReservationDeps extends Intervals {
  readonly stock: Pick<StockRepository, 'reservation' | 'move' | 'reschedule'>;
  readonly sessions: Pick<SessionRepository, 'get' | 'expire'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'create'>;
}

/** What is to be done about stock that is held past its time. */
type Action =
  /** Nobody has begun to pay. */
  | 'expire session'
  /** No money is on its way for it. */
  | 'release'
  /** The shop failed between noting that a payment was begun and making it. */
  | 'create payment'
  /** Money may be on its way: that is for PayPal to say, and whoever looks after the payment. */
  | 'wait';

/** Decides by what is known of a session and its payment; neither need be there. */
export function nextAction(session: Session | undefined, payment: Payment | undefined): Action {
  if (payment) return isGivenUp(payment.status) && Object.keys(payment.open).length === 0 ? 'release' : 'wait';
  // The shop failed before it had a session for what it held; what was held for it can never be paid.
  if (!session) return 'release';
  if (session.status === 'open') return 'expire session';
  return session.payment_id ? 'create payment' : 'release';
}

/**
 * Looks after stock that is held past its time: releases it as soon as no money is on its way.
 * @returns whether it was released.
 */
export async function reconcileReservation(deps: ReconcileReservationDeps, id: SessionId): Promise<boolean> {
  try {
    return await reconcile(deps, id);
  } catch (error) {
    // Others must not wait for one that is always in trouble, such as stock of a product that is not there any more.
    await deps.stock.reschedule(id, nextCheckAt(deps.now().toISOString(), deps)).catch(() => undefined);
    throw error;
  }
}

async function reconcile(deps: ReconcileReservationDeps, id: SessionId): Promise<boolean> {
  const { stock, sessions, payments, now } = deps;
  const [session, payment] = await Promise.all([sessions.get(id), payments.get(paymentIdOf(id))]);
  const action = nextAction(session, payment);
  if (action === 'release' || (action === 'expire session' && (await sessions.expire(id)).changed)) {
    const { changed } = await releaseStock(stock, { checkout_session_id: id });
    return changed;
  }
  if (action === 'create payment' && session) {
    // Then it expires as any other payment does, unless the buyer goes on with it first.
    const ids = { payment_id: paymentIdOf(id), checkout_session_id: id };
    await payments.create(newPayment(ids, session.amount, now().toISOString()), now());
  }
  await stock.reschedule(id, nextCheckAt(payment?.updated_at ?? now().toISOString(), deps));
  return false;
}
