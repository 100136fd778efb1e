import type { Session } from '../../checkout/session.ts';
import { isSupersededBy } from '../../checkout/session-steps.ts';
import type { Order } from '../../fulfillment/order.ts';
import type { Reservation } from '../../inventory/reservation.ts';
import { type PastSettlement, settlementOfCapture, settlementOfStatus } from '../../payments/past-settlements.ts';
import type { Payment } from '../../payments/payment.ts';
import { isDecided, isGivenUp, isPaid } from '../../payments/transitions.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { plainMoney, sameMoney } from '../../shared/money.ts';
import type { PaymentStatus } from '../../shared/settlement.ts';
import type { Invariant, Repair, Violation } from '../finding.ts';
import { type CheckContext, isPast } from './check-context.ts';

/** What the tables say of one purchase. */
export interface Purchase {
  readonly payment?: Payment | undefined;
  readonly session?: Session | undefined;
  readonly reservation?: Reservation | undefined;
  /** `void` ones too. */
  readonly order?: Order | undefined;
  /** Some of its rows are there, but are not what their tables should hold: then nothing can be said of the others. */
  readonly unreadable?: { readonly id: PaymentId; readonly what: string };
}

/**
 * Stock of a session that nobody paid is given back by a sweep that comes every few minutes. It may have missed it a few times before
 * that is called broken.
 */
const RELEASE_GRACE_SECONDS = 15 * 60;

/**
 * What is broken of one purchase: invariants 1, 2, 3, 5, 6 and 7, each once at most. What the shop is still busy with is not broken, nor
 * is anything that `docs/payment-states.md` has: money under review, a bank that takes its time, an order that is `void`.
 */
export function purchaseViolations(purchase: Purchase, context: CheckContext): Violation[] {
  const { payment, session, order, unreadable } = purchase;
  if (unreadable)
    return [{ invariant: 'order_matches_payment', subject: unreadable.id, what: unreadable.what, repair: null }];
  const updatedAt = payment?.updated_at ?? order?.created_at ?? session?.created_at;
  if (updatedAt !== undefined && !isPast(updatedAt, context.graceSeconds, context)) return [];
  const subject =
    payment?.payment_id ?? session?.checkout_session_id ?? order?.order_id ?? purchase.reservation?.checkout_session_id;
  if (subject === undefined) return [];

  return CHECKS.flatMap(([invariant, check]) => {
    const breach = check(purchase, context);
    return breach ? [{ invariant, subject, ...breach }] : [];
  });
}

type Breach = Pick<Violation, 'what' | 'repair'>;

const CHECKS: readonly (readonly [Invariant, (purchase: Purchase, context: CheckContext) => Breach | undefined])[] = [
  ['order_or_refund', orderOrRefund],
  ['order_matches_payment', orderMatchesPayment],
  ['session_follows_payment', sessionFollowsPayment],
  ['reservation_released', reservationReleased],
  ['session_matches_order', sessionMatchesOrder],
  ['captured_amount', capturedAmount],
];

const stands = (order: Order | undefined) => order?.status === 'confirmed' || order?.status === 'shipped';
const isVisible = (order: Order | undefined) => order !== undefined && order.status !== 'void';
const isFullyRefunded = ({ status }: Payment) => status === 'refunded' || status === 'reversed';
const keepsMoney = ({ status }: Payment) => status === 'captured' || status === 'partially_refunded';

const rerun = (payment: Payment, settlement: PastSettlement | undefined): Repair | null =>
  settlement ? { kind: 'settle', payment_id: payment.payment_id, settlement: settlement.name } : null;
const refresh = ({ payment_id }: Payment): Repair => ({ kind: 'ask_paypal', payment_id });

function orderOrRefund({ payment, order }: Purchase): Breach | undefined {
  if (!payment) return undefined;
  if (keepsMoney(payment) && !stands(order)) {
    return order
      ? { what: `the payment is ${payment.status}, but its order is ${order.status}`, repair: refresh(payment) }
      : {
          what: `the payment is ${payment.status}, and there is no order`,
          repair: rerun(payment, settlementOfCapture(payment)),
        };
  }
  if (isFullyRefunded(payment) && stands(order)) {
    return {
      what: `all the money went back, but the order is ${order?.status}`,
      repair: rerun(payment, settlementOfStatus(payment)),
    };
  }
  return undefined;
}

function orderMatchesPayment({ payment, session, reservation, order }: Purchase): Breach | undefined {
  if (!order || order.status === 'void') return undefined;
  if (!payment) return { what: `the order is ${order.status}, and there is no payment`, repair: null };
  if (!session) return { what: `the order is ${order.status}, and there is no checkout session`, repair: null };
  if (order.payment_id !== payment.payment_id || order.checkout_session_id !== session.checkout_session_id)
    return { what: `the order names ${order.payment_id} and ${order.checkout_session_id}`, repair: null };
  if (payment.status === 'review')
    return { what: `the order is ${order.status}, but its money is under review`, repair: null };
  if (!payment.captured || !isPaid(payment.status))
    return { what: `the order is ${order.status}, but its payment is ${payment.status}`, repair: refresh(payment) };
  if (!sameMoney(order.amount, payment.captured)) {
    const what = `the order says ${plainMoney(order.amount)}, but ${plainMoney(payment.captured)} was captured`;
    return { what, repair: null };
  }
  if (linesOf(order.items) !== linesOf(session.items))
    return { what: 'the order has other items than its checkout session', repair: null };
  if (order.refunded_minor !== payment.refunded_minor) {
    const refunded = (minor: number) => plainMoney({ ...order.amount, minor });
    return {
      what: `the order says that ${refunded(order.refunded_minor)} went back, the payment says ${refunded(payment.refunded_minor)}`,
      repair:
        order.refunded_minor < payment.refunded_minor ? rerun(payment, settlementOfStatus(payment)) : refresh(payment),
    };
  }
  if (!stands(order)) return undefined;
  if (!reservation) return { what: `the order is ${order.status}, and no stock was set aside`, repair: null };
  if (quantitiesOf(order.items) !== quantitiesOf(reservation.items))
    return { what: 'the order has other items than the stock that was set aside', repair: null };
  return reservation.status === 'committed'
    ? undefined
    : {
        what: `the order is ${order.status}, but its stock is ${reservation.status}`,
        repair: rerun(payment, settlementOfCapture(payment)),
      };
}

const quantitiesOf = (items: readonly { readonly sku: string; readonly quantity: number }[]) =>
  JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity]).toSorted());
const linesOf = (items: Session['items']) =>
  JSON.stringify(items.map(({ sku, quantity, unit_price }) => [sku, quantity, plainMoney(unit_price)]).toSorted());

/** Only what is decided is told to the session: until then it says what it said before. */
function sessionFollowsPayment({ payment, session }: Purchase): Breach | undefined {
  if (!payment) {
    const reported = session?.payment_status;
    return reported && reported !== 'created' && reported !== 'expired'
      ? { what: `the session says that its payment is ${reported}, and there is none`, repair: null }
      : undefined;
  }
  if (!session) return { what: `the payment is ${payment.status}, and there is no checkout session`, repair: null };
  if (payment.checkout_session_id !== session.checkout_session_id)
    return { what: `the payment names ${payment.checkout_session_id}`, repair: null };
  if (session.payment_id !== payment.payment_id)
    return { what: `the session names ${session.payment_id ?? 'no payment'}`, repair: null };
  const { status, late } = payment;
  const reported = session.payment_status;
  if (agrees(status, late, reported)) return undefined;
  const what = `the payment is ${status}, but its session says ${reported}`;
  if (reported === null) return { what, repair: null };
  return {
    what,
    repair: isSupersededBy(reported, status) ? rerun(payment, settlementOfStatus(payment)) : refresh(payment),
  };
}

function agrees(status: PaymentStatus, late: boolean, reported: PaymentStatus | null): boolean {
  if (reported === null) return false;
  if (!isDecided(status)) return reported === 'created' || (late && isGivenUp(reported));
  // What is given up a second time may be less of a word than the first: the later one stays.
  return reported === status || (late && isGivenUp(status) && isGivenUp(reported) && !isSupersededBy(reported, status));
}

function reservationReleased(
  { payment, session, reservation, order }: Purchase,
  context: CheckContext,
): Breach | undefined {
  if (!reservation) return undefined;
  const { status, expires_at, checkout_session_id } = reservation;
  if (!payment) {
    return status === 'held' && isPast(expires_at, RELEASE_GRACE_SECONDS, context)
      ? {
          what: `stock has been held since ${expires_at} for ${session ? `a session that is ${session.status}` : 'no session'}, without a payment`,
          repair: { kind: 'release_stock', checkout_session_id },
        }
      : undefined;
  }
  const unsold = isFullyRefunded(payment) && !order?.shipped_at;
  if ((isGivenUp(payment.status) || unsold) && (status === 'held' || status === 'committed')) {
    return {
      what: `the payment is ${payment.status}, but its stock is ${status}`,
      repair: rerun(payment, settlementOfStatus(payment)),
    };
  }
  return undefined;
}

function sessionMatchesOrder({ payment, session, order }: Purchase): Breach | undefined {
  if (!session) return undefined;
  const isComplete = session.status === 'payment_completed';
  const isOver = session.status === 'payment_failed' || session.status === 'expired';
  if (!(isComplete && !isVisible(order)) && !(isOver && isVisible(order))) return undefined;
  const what = `the session is ${session.status}, ${order ? `but the order is ${order.status}` : 'and there is no order'}`;
  if (!payment) return { what, repair: null };
  if (isComplete && keepsMoney(payment))
    return { what, repair: order ? refresh(payment) : rerun(payment, settlementOfCapture(payment)) };
  // A session that says the right thing of its payment is left alone by every step.
  const isBehind = session.payment_status !== null && isSupersededBy(session.payment_status, payment.status);
  return { what, repair: isBehind ? rerun(payment, settlementOfStatus(payment)) : null };
}

function capturedAmount({ payment, session }: Purchase): Breach | undefined {
  if (!payment || !session || !keepsMoney(payment)) return undefined;
  const { captured, history, payment_id } = payment;
  if (!captured) return { what: `the payment is ${payment.status}, but no captured amount is known`, repair: null };
  if (sameMoney(captured, session.amount) || history.some(({ evidence }) => evidence === 'accepted')) return undefined;
  return {
    what: `${plainMoney(captured)} was captured where ${plainMoney(session.amount)} was asked for, and nobody accepted that`,
    repair: { kind: 'refund', payment_id },
  };
}
