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

/** When a purchase is looked at, and for how long it may be in flight. */
export interface CheckContext {
  readonly now: Date;
  readonly graceSeconds: number;
}

/**
 * Stock of a session that nobody paid is given back by a sweep that comes every few minutes. It may have missed it a few times before
 * that is called broken.
 */
const SWEPT_WITHIN_SECONDS = 15 * 60;

/**
 * What is broken of one purchase: invariants 1, 2, 3, 5, 6 and 7, each once at most. What the shop is still busy with is not broken, nor
 * is anything that `docs/payment-states.md` has: money under review, a bank that takes its time, an order that is `void`.
 */
export function purchaseViolations(purchase: Purchase, terms: CheckContext): Violation[] {
  const { payment, session, order, unreadable } = purchase;
  if (unreadable) return [{ invariant: 2, subject: unreadable.id, what: unreadable.what, repair: null }];
  const touched = payment?.updated_at ?? order?.created_at ?? session?.created_at;
  if (touched !== undefined && !isOver(touched, terms.graceSeconds, terms)) return [];
  const subject =
    payment?.payment_id ?? session?.checkout_session_id ?? order?.order_id ?? purchase.reservation?.checkout_session_id;
  if (subject === undefined) return [];

  const checks: readonly [Invariant, (purchase: Purchase, terms: CheckContext) => Wrong | undefined][] = [
    [1, orderOrRefund],
    [2, orderHasItsParts],
    [3, sessionFollows],
    [5, stockIsLetGo],
    [6, sessionAndOrder],
    [7, rightMoney],
  ];
  return checks.flatMap(([invariant, check]) => {
    const wrong = check(purchase, terms);
    return wrong ? [{ invariant, subject, ...wrong }] : [];
  });
}

type Wrong = Pick<Violation, 'what' | 'repair'>;

const isOver = (since: string, seconds: number, { now }: CheckContext) =>
  Date.parse(since) + seconds * 1000 <= now.getTime();

const stands = (order: Order | undefined) => order?.status === 'confirmed' || order?.status === 'shipped';
const isVisible = (order: Order | undefined) => order !== undefined && order.status !== 'void';
const hasGoneBack = ({ status }: Payment) => status === 'refunded' || status === 'reversed';
const keepsMoney = ({ status }: Payment) => status === 'captured' || status === 'partially_refunded';

const settle = (payment: Payment, settlement: PastSettlement | undefined): Repair | null =>
  settlement ? { kind: 'settle', payment_id: payment.payment_id, settlement: settlement.name } : null;
const askPayPal = ({ payment_id }: Payment): Repair => ({ kind: 'ask_paypal', payment_id });

/** 1 */
function orderOrRefund({ payment, order }: Purchase): Wrong | undefined {
  if (!payment) return undefined;
  if (keepsMoney(payment) && !stands(order)) {
    return order
      ? { what: `the payment is ${payment.status}, but its order is ${order.status}`, repair: askPayPal(payment) }
      : {
          what: `the payment is ${payment.status}, and there is no order`,
          repair: settle(payment, settlementOfCapture(payment)),
        };
  }
  if (hasGoneBack(payment) && stands(order)) {
    return {
      what: `all the money went back, but the order is ${order?.status}`,
      repair: settle(payment, settlementOfStatus(payment)),
    };
  }
  return undefined;
}

/** 2 */
function orderHasItsParts({ payment, session, reservation, order }: Purchase): Wrong | undefined {
  if (!order || order.status === 'void') return undefined;
  if (!payment) return { what: `the order is ${order.status}, and there is no payment`, repair: null };
  if (!session) return { what: `the order is ${order.status}, and there is no checkout session`, repair: null };
  if (order.payment_id !== payment.payment_id || order.checkout_session_id !== session.checkout_session_id)
    return { what: `the order names ${order.payment_id} and ${order.checkout_session_id}`, repair: null };
  if (payment.status === 'review')
    return { what: `the order is ${order.status}, but its money is under review`, repair: null };
  if (!payment.captured || !isPaid(payment.status))
    return { what: `the order is ${order.status}, but its payment is ${payment.status}`, repair: askPayPal(payment) };
  if (!sameMoney(order.amount, payment.captured)) {
    const what = `the order says ${plainMoney(order.amount)}, but ${plainMoney(payment.captured)} was captured`;
    return { what, repair: null };
  }
  if (goodsOf(order.items) !== goodsOf(session.items))
    return { what: 'the order has other items than its checkout session', repair: null };
  if (order.refunded_minor !== payment.refunded_minor) {
    const went = (minor: number) => plainMoney({ ...order.amount, minor });
    return {
      what: `the order says that ${went(order.refunded_minor)} went back, the payment says ${went(payment.refunded_minor)}`,
      repair:
        order.refunded_minor < payment.refunded_minor
          ? settle(payment, settlementOfStatus(payment))
          : askPayPal(payment),
    };
  }
  if (!stands(order)) return undefined;
  if (!reservation) return { what: `the order is ${order.status}, and no stock was set aside`, repair: null };
  if (piecesOf(order.items) !== piecesOf(reservation.items))
    return { what: 'the order has other items than the stock that was set aside', repair: null };
  return reservation.status === 'committed'
    ? undefined
    : {
        what: `the order is ${order.status}, but its stock is ${reservation.status}`,
        repair: settle(payment, settlementOfCapture(payment)),
      };
}

const piecesOf = (items: readonly { readonly sku: string; readonly quantity: number }[]) =>
  JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity]).toSorted());
const goodsOf = (items: Session['items']) =>
  JSON.stringify(items.map(({ sku, quantity, unit_price }) => [sku, quantity, plainMoney(unit_price)]).toSorted());

/** 3. Only what is decided is told to the session: until then it says what it said before. */
function sessionFollows({ payment, session }: Purchase): Wrong | undefined {
  if (!payment) {
    const says = session?.payment_status;
    return says && says !== 'created' && says !== 'expired'
      ? { what: `the session says that its payment is ${says}, and there is none`, repair: null }
      : undefined;
  }
  if (!session) return { what: `the payment is ${payment.status}, and there is no checkout session`, repair: null };
  if (payment.checkout_session_id !== session.checkout_session_id)
    return { what: `the payment names ${payment.checkout_session_id}`, repair: null };
  if (session.payment_id !== payment.payment_id)
    return { what: `the session names ${session.payment_id ?? 'no payment'}`, repair: null };
  const { status, late } = payment;
  const says = session.payment_status;
  if (agree(status, late, says)) return undefined;
  const what = `the payment is ${status}, but its session says ${says}`;
  if (says === null) return { what, repair: null };
  return {
    what,
    repair: isSupersededBy(says, status) ? settle(payment, settlementOfStatus(payment)) : askPayPal(payment),
  };
}

function agree(status: PaymentStatus, late: boolean, says: PaymentStatus | null): boolean {
  if (says === null) return false;
  if (!isDecided(status)) return says === 'created' || (late && isGivenUp(says));
  // What is given up a second time may be less of a word than the first: the later one stays.
  return says === status || (late && isGivenUp(status) && isGivenUp(says) && !isSupersededBy(says, status));
}

/** 5 */
function stockIsLetGo({ payment, session, reservation, order }: Purchase, terms: CheckContext): Wrong | undefined {
  if (!reservation) return undefined;
  const { status, expires_at, checkout_session_id } = reservation;
  if (!payment) {
    return status === 'held' && isOver(expires_at, SWEPT_WITHIN_SECONDS, terms)
      ? {
          what: `stock has been held since ${expires_at} for ${session ? `a session that is ${session.status}` : 'no session'}, without a payment`,
          repair: { kind: 'release_stock', checkout_session_id },
        }
      : undefined;
  }
  const unsold = hasGoneBack(payment) && !order?.shipped_at;
  if ((isGivenUp(payment.status) || unsold) && (status === 'held' || status === 'committed')) {
    return {
      what: `the payment is ${payment.status}, but its stock is ${status}`,
      repair: settle(payment, settlementOfStatus(payment)),
    };
  }
  return undefined;
}

/** 6 */
function sessionAndOrder({ payment, session, order }: Purchase): Wrong | undefined {
  if (!session) return undefined;
  const complete = session.status === 'payment_completed';
  const over = session.status === 'payment_failed' || session.status === 'expired';
  if (!(complete && !isVisible(order)) && !(over && isVisible(order))) return undefined;
  const what = `the session is ${session.status}, ${order ? `but the order is ${order.status}` : 'and there is no order'}`;
  if (!payment) return { what, repair: null };
  if (complete && keepsMoney(payment))
    return { what, repair: order ? askPayPal(payment) : settle(payment, settlementOfCapture(payment)) };
  // A session that says the right thing of its payment is left alone by every step.
  const follows = session.payment_status !== null && isSupersededBy(session.payment_status, payment.status);
  return { what, repair: follows ? settle(payment, settlementOfStatus(payment)) : null };
}

/** 7 */
function rightMoney({ payment, session }: Purchase): Wrong | undefined {
  if (!payment || !session || !keepsMoney(payment)) return undefined;
  const { captured, history, payment_id } = payment;
  if (!captured) return { what: `the payment is ${payment.status}, but no captured amount is known`, repair: null };
  if (sameMoney(captured, session.amount) || history.some(({ evidence }) => evidence === 'accepted')) return undefined;
  return {
    what: `${plainMoney(captured)} was captured where ${plainMoney(session.amount)} was asked for, and nobody accepted that`,
    repair: { kind: 'refund', payment_id },
  };
}
