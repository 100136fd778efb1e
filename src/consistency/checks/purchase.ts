import type { Session } from '../../checkout/session.ts';
import { isSupersededBy } from '../../checkout/session-steps.ts';
import type { Order } from '../../fulfillment/order.ts';
import type { Reservation } from '../../inventory/reservation.ts';
import { type PastSettlement, settlementOfCapture, settlementOfStatus } from '../../payments/past-settlements.ts';
import type { Payment } from '../../payments/payment.ts';
import { isDecided, isGivenUp, isPaid, isReturned } from '../../payments/transitions.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { plainMoney, sameMoney } from '../../shared/money.ts';
import { UNPAID_DAYS } from '../../shared/retention.ts';
import type { PaymentStatus } from '../../shared/settlement.ts';
import { type CheckContext, isPast } from './check-context.ts';
import type { Invariant, Repair, Violation } from './violation.ts';

/** The rows of one purchase. */
export interface Purchase {
  readonly payment?: Payment | undefined;
  readonly session?: Session | undefined;
  readonly reservation?: Reservation | undefined;
  /** `void` included. */
  readonly order?: Order | undefined;
  /** Set when a row does not match its schema. The other rows are then not checked. */
  readonly unreadable?: { readonly id: PaymentId; readonly what: string };
}

/** Reconciliation releases expired stock every few minutes; a few missed runs are not a violation. */
const RELEASE_GRACE_SECONDS = 15 * 60;

/**
 * Checks one purchase; at most one violation per invariant. Data in flight is exempt. Every state of
 * `docs/payment-states.md` is valid, such as a payment under review, a pending capture or a `void` order.
 */
export function purchaseViolations(purchase: Purchase, context: CheckContext): Violation[] {
  const { payment, session, order, unreadable } = purchase;
  if (unreadable)
    return [{ invariant: 'order_matches_payment', subject: unreadable.id, what: unreadable.what, repair: null }];
  const updatedAt = payment?.updated_at ?? order?.created_at ?? session?.created_at;
  if (updatedAt !== undefined && !isPast(updatedAt, context.graceSeconds, context)) return [];
  if (mayBeDeleted(purchase, context)) return [];
  const subject =
    payment?.payment_id ?? session?.checkout_session_id ?? order?.order_id ?? purchase.reservation?.checkout_session_id;
  if (subject === undefined) return [];

  return CHECKS.flatMap(([invariant, check]) => {
    const breach = check(purchase, context);
    return breach ? [{ invariant, subject, ...breach }] : [];
  });
}

/** Whether DynamoDB may have deleted other rows of a purchase that ended without money; it does so in no order. */
function mayBeDeleted({ payment, session, reservation, order }: Purchase, context: CheckContext): boolean {
  const createdAt = session?.created_at ?? payment?.created_at;
  if (createdAt === undefined || !isPast(createdAt, UNPAID_DAYS * 24 * 3600, context)) return false;
  const isOver = session === undefined || session.status === 'expired' || session.status === 'payment_failed';
  const isUnpaid = [payment?.status, session?.payment_status].every((status) => !status || isGivenUp(status));
  return isOver && isUnpaid && !order && (reservation === undefined || reservation.status === 'released');
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

const isActive = (order: Order | undefined) => order?.status === 'confirmed' || order?.status === 'shipped';
const isVisible = (order: Order | undefined) => order !== undefined && order.status !== 'void';
const keepsMoney = ({ status }: Payment) => status === 'captured' || status === 'partially_refunded';

const rerun = (payment: Payment, settlement: PastSettlement | undefined): Repair | null =>
  settlement ? { kind: 'settle', payment_id: payment.payment_id, settlement: settlement.name } : null;
const refresh = ({ payment_id }: Payment): Repair => ({ kind: 'ask_paypal', payment_id });

function orderOrRefund({ payment, order }: Purchase): Breach | undefined {
  if (!payment) return undefined;
  const { status, payment_id, refunds_pending = 0, extra_captures = {} } = payment;
  // A late payment without stock, whose refund is pending.
  if (keepsMoney(payment) && !order && refunds_pending > 0) return undefined;
  if (keepsMoney(payment) && !order)
    return {
      what: `payment is ${status}, but no order exists`,
      repair: rerun(payment, settlementOfCapture(payment)),
    };
  if (keepsMoney(payment) && order && !isActive(order))
    return { what: `payment is ${status}, but its order is ${order.status}`, repair: refresh(payment) };
  if (isReturned(payment.status) && order && isActive(order))
    return {
      what: `payment is ${status}, but its order is ${order.status}`,
      repair: rerun(payment, settlementOfStatus(payment)),
    };
  const extra = Object.entries(extra_captures).find(([, { amount, refunded_minor }]) => refunded_minor < amount.minor);
  if (!extra) return undefined;
  const [capture_id, { amount }] = extra;
  return {
    what: `PayPal captured ${plainMoney(amount)} more than once: ${capture_id} is another capture of the same order`,
    repair: { kind: 'refund_capture', payment_id, capture_id },
  };
}

function orderMatchesPayment({ payment, session, reservation, order }: Purchase): Breach | undefined {
  if (!order || order.status === 'void') return undefined;
  if (!payment) return { what: `order is ${order.status}, but no payment exists`, repair: null };
  if (!session) return { what: `order is ${order.status}, but no checkout session exists`, repair: null };
  if (order.payment_id !== payment.payment_id)
    return { what: `order references ${order.payment_id}, expected ${payment.payment_id}`, repair: null };
  if (order.checkout_session_id !== session.checkout_session_id) {
    const what = `order references ${order.checkout_session_id}, expected ${session.checkout_session_id}`;
    return { what, repair: null };
  }
  // An order that was refunded is none, if PayPal cancelled the reversal of a payment under review.
  if (payment.status === 'review' && !isActive(order)) return undefined;
  if (payment.status === 'review')
    return { what: `order is ${order.status}, but its payment is under review`, repair: null };
  if (!payment.captured || !isPaid(payment.status))
    return { what: `order is ${order.status}, but its payment is ${payment.status}`, repair: refresh(payment) };
  if (!sameMoney(order.amount, payment.captured)) {
    const what = `order amount is ${plainMoney(order.amount)}, captured ${plainMoney(payment.captured)}`;
    return { what, repair: null };
  }
  if (linesOf(order.items) !== linesOf(session.items))
    return { what: 'order items differ from its checkout session', repair: null };
  if (order.refunded_minor !== payment.refunded_minor) {
    const format = (minor: number) => plainMoney({ ...order.amount, minor });
    return {
      what: `order records ${format(order.refunded_minor)} refunded, payment records ${format(payment.refunded_minor)}`,
      repair:
        order.refunded_minor < payment.refunded_minor ? rerun(payment, settlementOfStatus(payment)) : refresh(payment),
    };
  }
  if (!isActive(order)) return undefined;
  if (!reservation) return { what: `order is ${order.status}, but no reservation exists`, repair: null };
  if (quantitiesOf(order.items) !== quantitiesOf(reservation.items))
    return { what: 'order items differ from its reservation', repair: null };
  return reservation.status === 'committed'
    ? undefined
    : {
        what: `order is ${order.status}, but its reservation is ${reservation.status}`,
        repair: rerun(payment, settlementOfCapture(payment)),
      };
}

const quantitiesOf = (items: readonly { readonly sku: string; readonly quantity: number }[]) =>
  JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity]).toSorted());
const linesOf = (items: Session['items']) =>
  JSON.stringify(items.map(({ sku, quantity, unit_price }) => [sku, quantity, plainMoney(unit_price)]).toSorted());

function sessionFollowsPayment({ payment, session }: Purchase): Breach | undefined {
  if (!payment) {
    const reported = session?.payment_status;
    return reported && reported !== 'created' && reported !== 'expired'
      ? { what: `session reports payment status ${reported}, but no payment exists`, repair: null }
      : undefined;
  }
  if (!session) return { what: `payment is ${payment.status}, but no checkout session exists`, repair: null };
  if (payment.checkout_session_id !== session.checkout_session_id) {
    const what = `payment references ${payment.checkout_session_id}, expected ${session.checkout_session_id}`;
    return { what, repair: null };
  }
  if (session.payment_id !== payment.payment_id) {
    const what = `session references ${session.payment_id ?? 'no payment'}, expected ${payment.payment_id}`;
    return { what, repair: null };
  }
  const { status, late } = payment;
  const reported = session.payment_status;
  if (agrees(status, late, reported)) return undefined;
  const what = `payment is ${status}, but its session reports ${reported ?? 'no payment status'}`;
  if (reported === null) return { what, repair: null };
  return {
    what,
    repair: isSupersededBy(reported, status) ? rerun(payment, settlementOfStatus(payment)) : refresh(payment),
  };
}

/** A session receives only decided statuses; until then it keeps the previous one. */
function agrees(status: PaymentStatus, late: boolean, reported: PaymentStatus | null): boolean {
  if (reported === null) return false;
  // Under review again, after PayPal cancelled a reversal.
  if (status === 'review' && isReturned(reported)) return late;
  if (!isDecided(status)) return reported === 'created' || (late && isGivenUp(reported));
  // A late payment may be given up twice; the session keeps the status that the other one does not supersede.
  return reported === status || (late && isGivenUp(status) && isGivenUp(reported) && !isSupersededBy(reported, status));
}

function reservationReleased(
  { payment, session, reservation, order }: Purchase,
  context: CheckContext,
): Breach | undefined {
  if (!reservation) return undefined;
  const { status, expires_at, checkout_session_id } = reservation;
  if (!payment) {
    if (status !== 'held' || !isPast(expires_at, RELEASE_GRACE_SECONDS, context)) return undefined;
    const rest = session ? `its session is ${session.status}, without a payment` : 'no session exists';
    return {
      what: `reservation expired at ${expires_at} and is still held; ${rest}`,
      repair: { kind: 'release_stock', checkout_session_id },
    };
  }
  const isUnshippedRefund = isReturned(payment.status) && !order?.shipped_at;
  if ((isGivenUp(payment.status) || isUnshippedRefund) && (status === 'held' || status === 'committed'))
    return {
      what: `payment is ${payment.status}, but its reservation is ${status}`,
      repair: rerun(payment, settlementOfStatus(payment)),
    };
  return undefined;
}

function sessionMatchesOrder({ payment, session, order }: Purchase): Breach | undefined {
  if (!session) return undefined;
  const isComplete = session.status === 'payment_completed';
  const isOver = session.status === 'payment_failed' || session.status === 'expired';
  if (!(isComplete && !isVisible(order)) && !(isOver && isVisible(order))) return undefined;
  const what = `session is ${session.status}, but ${order ? `its order is ${order.status}` : 'no order exists'}`;
  if (!payment) return { what, repair: null };
  if (isComplete && keepsMoney(payment))
    return { what, repair: order ? refresh(payment) : rerun(payment, settlementOfCapture(payment)) };
  // A rerun skips a session that already reports the payment's status.
  const isBehind = session.payment_status !== null && isSupersededBy(session.payment_status, payment.status);
  return { what, repair: isBehind ? rerun(payment, settlementOfStatus(payment)) : null };
}

function capturedAmount({ payment, session }: Purchase): Breach | undefined {
  if (!payment || !session || !keepsMoney(payment)) return undefined;
  const { captured, history, payment_id } = payment;
  if (!captured) return { what: `payment is ${payment.status}, but has no captured amount`, repair: null };
  if (sameMoney(captured, session.amount) || history.some(({ evidence }) => evidence === 'accepted')) return undefined;
  return {
    what: `captured ${plainMoney(captured)}, expected ${plainMoney(session.amount)}; not accepted by an operator`,
    repair: { kind: 'refund', payment_id },
  };
}
