import type { Order } from '../../../src/fulfillment/order.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { sameMoney } from '../../../src/shared/money.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import { checkOf } from './consistency-check.ts';
import { type CaptureAtPayPal, capturesOf, hasMoney, type OrderAtPayPal, returnedMinor } from './paypal-state.ts';
import type { Purchase } from './purchase-model.ts';
import type { ShopInMemory } from './shop.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The capture that the shop recorded first; the other one of an order is a second one. */
const ownCapture = (order: OrderAtPayPal, { capture_id }: Payment): CaptureAtPayPal | undefined =>
  [order.capture, order.extraCapture].find((capture) => capture?.id === capture_id) ?? order.capture;

/**
 * The statuses that are correct for a payment at rest, derived from PayPal's final state and from what only the buyer
 * or an event can reveal; independent of the shop's own decisions.
 */
function expectedStatuses(
  order: OrderAtPayPal,
  payment: Payment,
  { cancelled, mustBeCaptured }: Purchase,
  mayTurnAway: boolean,
): PaymentStatus[] {
  const capture = ownCapture(order, payment);
  if (capture?.status === 'PENDING') return ['capture_pending'];
  if (capture?.status === 'DECLINED') return ['failed'];
  if (capture) {
    const returned = returnedMinor(capture);
    // A response shows a reversal as a refund: only its event identifies it.
    if (returned === capture.amount.minor)
      return order.reversalsCancelled > 0 || capture.refunds.some(({ isReversal }) => isReversal)
        ? ['refunded', 'reversed']
        : ['refunded'];
    const accepted = payment.history.some(({ evidence }) => evidence === 'accepted');
    // After a cancelled reversal, the operator decides again.
    const mayBeReviewed = !sameMoney(capture.amount, order.amount) && (!accepted || order.reversalsCancelled > 0);
    if (mayBeReviewed && !accepted) return ['review'];
    if (mayBeReviewed) return ['review', returned > 0 ? 'partially_refunded' : 'captured'];
    return [returned > 0 ? 'partially_refunded' : 'captured'];
  }
  if (mustBeCaptured && !mayTurnAway) return ['captured'];
  if (order.approvals > 0) return ['cancelled', 'expired'];
  return { yes: ['cancelled' as const], perhaps: ['cancelled' as const, 'expired' as const], no: ['expired' as const] }[
    cancelled
  ];
}

/** The violated invariants of a shop at rest. With `mayTurnAway`, stock may be sold to another buyer. */
export function violationsOf(
  shop: ShopInMemory,
  purchases: readonly Purchase[],
  { mayTurnAway = false } = {},
): string[] {
  return [
    ...purchases.flatMap((purchase) =>
      purchaseViolations(shop, purchase, mayTurnAway).map((violation) => `${purchase.paymentId}: ${violation}`),
    ),
    ...stockViolations(shop),
    ...moneyViolations(shop, purchases),
  ];
}

function purchaseViolations(shop: ShopInMemory, purchase: Purchase, mayTurnAway: boolean): string[] {
  const payment = shop.payments.rows.get(purchase.paymentId);
  const session = shop.sessions.rows.get(purchase.sessionId);
  const reservation = shop.stock.reservations.get(purchase.sessionId);
  const order = shop.orders.rows.get(orderIdOf(purchase.paymentId));
  const atPayPal = shop.paypal.orders.get(purchase.orderId);
  if (!payment || !session || !reservation || !atPayPal)
    return ['payment, session, reservation or PayPal order missing'];

  const violations = [...purchase.violations];
  const check = (holds: boolean, violation: string) => holds || violations.push(violation);
  const expected = expectedStatuses(atPayPal, payment, purchase, mayTurnAway);
  check(expected.includes(payment.status), `payment ${payment.status}, expected ${expected.join(' or ')}`);
  check(Object.keys(payment.open).length === 0, `open settlements: ${Object.keys(payment.open)}`);
  const capture = ownCapture(atPayPal, payment);
  const returned = capture ? returnedMinor(capture) : 0;
  check(payment.refunded_minor === returned, `${payment.refunded_minor} refunded, ${returned} at PayPal`);
  for (const { id, status, approval } of capturesOf(atPayPal))
    check(
      status === 'DECLINED' || approval > purchase.readUncharged,
      `${id} charges approval ${approval}, but the buyer read that nothing was charged after approval ${purchase.readUncharged}`,
    );
  check(
    !atPayPal.declinedCapture || payment.history.every(({ status }) => status !== 'failed'),
    'failed, though another capture of the order has money',
  );

  const fulfilled = order?.status === 'confirmed' || order?.status === 'shipped';
  const isRefundPending = capture?.refunds.some(({ tooLate, status }) => tooLate && status === 'PENDING') ?? false;
  if (!hasMoney(capture)) check(!order, `order ${order?.status} without money`);
  else if (payment.status === 'review') check(!fulfilled, `order ${order?.status} for a payment under review`);
  else if (!isRefundPending) {
    const fullyRefunded = returned === capture.amount.minor;
    check(
      fulfilled !== fullyRefunded,
      `order ${order?.status}, money ${fullyRefunded ? 'fully refunded' : 'not fully refunded'}`,
    );
  }
  if (fulfilled) {
    const recipient = shop.orders.buyers.get(order.order_id)?.buyer.name;
    check(recipient === atPayPal.approval?.recipient, `ships to ${recipient}, paid by ${atPayPal.approval?.recipient}`);
  }

  const refundedAsLate = capture?.refunds.some(({ tooLate }) => tooLate) ?? false;
  // A payment whose reversal was cancelled may find its stock sold, too.
  const abandoned = payment.history.some(
    ({ status, evidence }) => isGivenUpOrFailed(status) || evidence === 'reinstated',
  );
  check(abandoned || !refundedAsLate, 'refunded as a late payment, but never given up');

  check(
    session.payment_status === expectedSessionStatus(payment, session.payment_status),
    `session.payment_status ${session.payment_status}`,
  );
  const visible = order !== undefined && order.status !== 'void';
  check((session.status === 'payment_completed') === visible, `session ${session.status}, order ${order?.status}`);
  const over = session.status === 'payment_failed' || session.status === 'expired';
  if (isGivenUpOrFailed(payment.status)) check(over, `session ${session.status}, payment ${payment.status}`);

  const stockSold = fulfilled || order?.shipped_at !== undefined;
  check((reservation.status === 'committed') === stockSold, `stock ${reservation.status}, order ${order?.status}`);
  if (isGivenUpOrFailed(payment.status))
    check(reservation.status === 'released', `stock ${reservation.status}, payment ${payment.status}`);
  return violations;
}

const isGivenUpOrFailed = (status: PaymentStatus) =>
  status === 'cancelled' || status === 'expired' || status === 'failed';

/** A session keeps its previous payment status while the payment is undecided. */
const expectedSessionStatus = ({ status, late }: Payment, before: PaymentStatus | null): PaymentStatus | null =>
  status === 'capture_pending' || status === 'review' || (status === 'created' && late) ? before : status;

function stockViolations(shop: ShopInMemory): string[] {
  const quantityIn = (sku: string, status: string) =>
    sum(
      [...shop.stock.reservations.values()]
        .filter((reservation) => reservation.status === status)
        .flatMap(({ items }) => items.filter((item) => item.sku === sku).map(({ quantity }) => quantity)),
    );
  return [...shop.stock.products.values()].flatMap(({ sku, available, reserved, sold, stocked }) => [
    ...(available + reserved + sold === stocked ? [] : [`${sku}: ${available} + ${reserved} + ${sold} ≠ ${stocked}`]),
    ...(Math.min(available, reserved, sold) < 0 ? [`${sku}: negative stock`] : []),
    ...(reserved === quantityIn(sku, 'held') ? [] : [`${sku}: ${reserved} reserved, ${quantityIn(sku, 'held')} held`]),
    ...(sold === quantityIn(sku, 'committed')
      ? []
      : [`${sku}: ${sold} sold, ${quantityIn(sku, 'committed')} committed`]),
  ]);
}

/**
 * Captured minus returned money equals the value of the orders, of the payments under review, and of late payments
 * whose refund is pending.
 */
function moneyViolations(shop: ShopInMemory, purchases: readonly Purchase[]): string[] {
  const captures = [...shop.paypal.orders.values()].flatMap(capturesOf).filter(hasMoney);
  const kept = sum(captures.map((capture) => capture.amount.minor - returnedMinor(capture)));
  const ordered = sum(
    [...shop.orders.rows.values()].map(({ amount, refunded_minor }: Order) => amount.minor - refunded_minor),
  );
  const underReview = sum(
    purchases
      .map(({ paymentId }) => shop.payments.rows.get(paymentId))
      .map((payment) => (payment?.status === 'review' ? (payment.captured?.minor ?? 0) - payment.refunded_minor : 0)),
  );
  const pending = sum(
    captures
      .flatMap(({ refunds }) => refunds)
      .filter(({ tooLate, status }) => tooLate && status === 'PENDING')
      .map(({ amount }) => amount.minor),
  );
  return kept === ordered + underReview + pending
    ? []
    : [`${kept} kept, ${ordered} ordered, ${underReview} under review, ${pending} pending`];
}

/**
 * The findings on the next day, and what is wrong with them: a second capture that was not refunded is a finding, which
 * its repair closes; nothing else is.
 */
export async function findingViolations(shop: ShopInMemory, purchases: readonly Purchase[]): Promise<string[]> {
  const check = checkOf(shop);
  const nextDay = new Date(shop.paypal.now().getTime() + 24 * 3_600_000);
  // Stock differences become violations in the second scan.
  await check.check(nextDay);
  await check.check(nextDay);
  const extras = purchases.flatMap(({ paymentId, orderId }) => {
    const payment = shop.payments.rows.get(paymentId);
    const order = shop.paypal.orders.get(orderId);
    if (!payment || !order?.extraCapture) return [];
    const own = ownCapture(order, payment);
    const extra = [order.capture, order.extraCapture].find((capture) => capture?.id !== own?.id);
    return extra && returnedMinor(extra) < extra.amount.minor ? [{ paymentId, captureId: extra.id }] : [];
  });
  const found: string[] = [];
  for (const id of check.open()) {
    const finding = check.findings.get(id);
    const { repair } = finding ?? {};
    const isExpected =
      repair?.kind === 'refund_capture' &&
      extras.some(({ paymentId, captureId }) => paymentId === repair.payment_id && captureId === repair.capture_id);
    found.push(...(isExpected ? [] : [`${id}: ${finding?.what}`]));
  }
  const missed = extras.length - (check.open().length - found.length);
  for (const { paymentId, captureId } of extras) await shop.refundExtra(paymentId, captureId);
  await check.check(new Date(nextDay.getTime() + 24 * 3_600_000));
  return [
    ...check.errors,
    ...found,
    ...(missed === 0 ? [] : [`${missed} second captures not found`]),
    ...check.open().map((id) => `still open: ${id}: ${check.findings.get(id)?.what}`),
  ];
}
