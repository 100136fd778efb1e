import type { Order } from '../../../src/fulfillment/order.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { sameMoney } from '../../../src/shared/money.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import type { OrderAtPayPal } from './paypal-state.ts';
import type { Purchase } from './purchase-model.ts';
import type { ShopInMemory } from './shop.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const refundedOf = ({ capture }: OrderAtPayPal) => sum(capture?.refunds.map(({ amount }) => amount.minor) ?? []);

/** Whether PayPal has captured money for the order. */
const hasMoney = ({ capture }: OrderAtPayPal) =>
  capture !== undefined && capture.status !== 'PENDING' && capture.status !== 'DECLINED';

/**
 * The statuses that are correct for a payment at rest, derived from PayPal's final state and from what only the buyer
 * or an event can reveal; independent of the shop's own decisions. With `mayTurnAway`, an abandoned purchase that is
 * approved later may stay cancelled; with `accepted`, a wrong amount is not under review.
 */
function expectedStatuses(
  order: OrderAtPayPal,
  { cancelled, timeIsUp, deliveredTypes }: Purchase,
  { mayTurnAway, accepted }: { readonly mayTurnAway: boolean; readonly accepted: boolean },
): PaymentStatus[] {
  const { capture } = order;
  if (capture?.status === 'PENDING') return ['capture_pending'];
  if (capture?.status === 'DECLINED') return ['failed'];
  if (capture) {
    const refunded = refundedOf(order);
    // PayPal's responses show a reversal as a refund; only its event identifies it.
    if (refunded === capture.amount.minor)
      return [deliveredTypes.has('PAYMENT.CAPTURE.REVERSED') ? 'reversed' : 'refunded'];
    if (!sameMoney(capture.amount, order.amount) && !accepted) return ['review'];
    return [refunded > 0 ? 'partially_refunded' : 'captured'];
  }
  // Cancelled, approved and expired in any sequence: no money, and the last processed event decides the status.
  if (order.gone) return cancelled || order.approval ? ['cancelled', 'expired'] : ['expired'];
  if (order.status === 'VOIDED') return ['cancelled'];
  if (order.status === 'APPROVED') {
    const usable = !['refused', 'restricted', 'unready'].includes(order.approval?.funding ?? '');
    // An abandoned payment is resumed once. It stays cancelled when the funding is unusable or the stock is sold by
    // then.
    const mayStayCancelled = (cancelled || timeIsUp) && (mayTurnAway || order.refused);
    return [
      usable ? 'captured' : 'created',
      ...(mayStayCancelled ? (['cancelled'] as const) : []),
      ...(timeIsUp && order.refused ? (['expired'] as const) : []),
    ];
  }
  return cancelled ? ['cancelled'] : timeIsUp ? ['expired'] : ['created'];
}

/** The violated invariants of a shop at rest. */
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

  const violations: string[] = [];
  const check = (holds: boolean, violation: string) => holds || violations.push(violation);
  const accepted = payment.history.some(({ evidence }) => evidence === 'accepted');
  const expected = expectedStatuses(atPayPal, purchase, { mayTurnAway, accepted });
  check(expected.includes(payment.status), `payment ${payment.status}, expected ${expected.join(' or ')}`);
  check(Object.keys(payment.open).length === 0, `open settlements: ${Object.keys(payment.open)}`);
  check(payment.refunded_minor === refundedOf(atPayPal), `${payment.refunded_minor} refunded`);

  const fulfilled = order?.status === 'confirmed' || order?.status === 'shipped';
  if (!hasMoney(atPayPal)) check(!order, `order ${order?.status} without money`);
  else if (payment.status === 'review') check(!order, `order ${order?.status} for a payment under review`);
  else {
    const fullyRefunded = refundedOf(atPayPal) === atPayPal.capture?.amount.minor;
    check(
      fulfilled !== fullyRefunded,
      `order ${order?.status}, money ${fullyRefunded ? 'fully refunded' : 'not fully refunded'}`,
    );
  }

  const refundedAsLate = atPayPal.capture?.refunds.some(({ tooLate }) => tooLate) ?? false;
  const abandoned = payment.history.some(({ status }) => isGivenUpOrFailed(status));
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

/** Captured minus refunded money equals the value of the orders plus the payments under review. */
function moneyViolations(shop: ShopInMemory, purchases: readonly Purchase[]): string[] {
  const kept = sum(
    [...shop.paypal.orders.values()]
      .filter(hasMoney)
      .map((order) => (order.capture?.amount.minor ?? 0) - refundedOf(order)),
  );
  const ordered = sum(
    [...shop.orders.rows.values()].map(({ amount, refunded_minor }: Order) => amount.minor - refunded_minor),
  );
  const underReview = sum(
    purchases
      .map(({ paymentId }) => shop.payments.rows.get(paymentId))
      .map((payment) => (payment?.status === 'review' ? (payment.captured?.minor ?? 0) - payment.refunded_minor : 0)),
  );
  return kept === ordered + underReview ? [] : [`${kept} kept, ${ordered} ordered, ${underReview} under review`];
}
