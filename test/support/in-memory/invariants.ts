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

/** The money that PayPal holds for us of one order. */
const hasMoney = ({ capture }: OrderAtPayPal) =>
  capture !== undefined && capture.status !== 'PENDING' && capture.status !== 'DECLINED';

/**
 * What a payment must be in the end, from what PayPal says at last and what only the buyer or an event could tell: one status, or
 * some that mean the same to everybody. It knows nothing of how the shop decides. A purchase that was
 * given up and approved all the same may have been turned away where `mayTurnAway`; a wrong amount may have been accepted.
 */
function demandedStatuses(
  order: OrderAtPayPal,
  { cancelled, timeIsUp, told }: Purchase,
  { mayTurnAway, accepted }: { readonly mayTurnAway: boolean; readonly accepted: boolean },
): PaymentStatus[] {
  const { capture } = order;
  if (capture?.status === 'PENDING') return ['capture_pending'];
  if (capture?.status === 'DECLINED') return ['failed'];
  if (capture) {
    const refunded = refundedOf(order);
    // PayPal's answers show a reversal as a refund: only its event names it.
    if (refunded === capture.amount.minor) return [told.has('PAYMENT.CAPTURE.REVERSED') ? 'reversed' : 'refunded'];
    if (!sameMoney(capture.amount, order.amount) && !accepted) return ['review'];
    return [refunded > 0 ? 'partially_refunded' : 'captured'];
  }
  // What was given up, approved and gone in whatever order is over without money, whichever end the shop heard of last.
  if (order.gone) return cancelled || order.approval ? ['cancelled', 'expired'] : ['expired'];
  if (order.status === 'VOIDED') return ['cancelled'];
  if (order.status === 'APPROVED') {
    const usable = order.approval?.funding !== 'refused' && order.approval?.funding !== 'unready';
    // Given up, it is taken up again once; no money comes of what cannot be used, nor of what others have bought by then.
    const mayBeOver = (cancelled || timeIsUp) && (mayTurnAway || order.refused);
    return [usable ? 'captured' : 'created', ...(mayBeOver ? (['cancelled'] as const) : [])];
  }
  return cancelled ? ['cancelled'] : timeIsUp ? ['expired'] : ['created'];
}

/** Everything that is wrong with a shop at rest, in words; nothing when all is well. */
export function violationsOf(
  shop: ShopInMemory,
  purchases: readonly Purchase[],
  { mayTurnAway = false } = {},
): string[] {
  return [
    ...purchases.flatMap((purchase) =>
      mistakesOfPurchase(shop, purchase, mayTurnAway).map((it) => `${purchase.paymentId}: ${it}`),
    ),
    ...mistakesOfStock(shop),
    ...mistakesOfMoney(shop, purchases),
  ];
}

function mistakesOfPurchase(shop: ShopInMemory, purchase: Purchase, mayTurnAway: boolean): string[] {
  const payment = shop.payments.rows.get(purchase.paymentId);
  const session = shop.sessions.rows.get(purchase.sessionId);
  const reservation = shop.stock.reservations.get(purchase.sessionId);
  const order = shop.orders.rows.get(orderIdOf(purchase.paymentId));
  const atPayPal = shop.paypal.orders.get(purchase.orderId);
  if (!payment || !session || !reservation || !atPayPal) return ['something of the purchase is missing'];

  const mistakes: string[] = [];
  const check = (right: boolean, mistake: string) => right || mistakes.push(mistake);
  const accepted = payment.history.some(({ evidence }) => evidence === 'accepted');
  const demanded = demandedStatuses(atPayPal, purchase, { mayTurnAway, accepted });
  check(demanded.includes(payment.status), `is ${payment.status}, must be ${demanded.join(' or ')}`);
  check(Object.keys(payment.open).length === 0, `settlements are open: ${Object.keys(payment.open)}`);
  check(payment.refunded_minor === refundedOf(atPayPal), `${payment.refunded_minor} refunded`);

  const stands = order?.status === 'confirmed' || order?.status === 'shipped';
  if (!hasMoney(atPayPal)) check(!order, `an order ${order?.status} without money`);
  else if (payment.status === 'review') check(!order, `an order ${order?.status} of money under review`);
  else {
    const allWentBack = refundedOf(atPayPal) === atPayPal.capture?.amount.minor;
    check(
      stands !== allWentBack,
      `the order is ${order?.status}, and the money ${allWentBack ? 'went back' : 'is ours'}`,
    );
  }

  const sentHome = atPayPal.capture?.refunds.some(({ tooLate }) => tooLate) ?? false;
  const givenUp = payment.history.some(({ status }) => isDead(status));
  check(givenUp || !sentHome, 'the shop gave the money back, though the buyer never gave up');

  check(session.payment_status === followed(payment, session.payment_status), `session says ${session.payment_status}`);
  const visible = order !== undefined && order.status !== 'void';
  check((session.status === 'payment_completed') === visible, `session ${session.status}, order ${order?.status}`);
  const over = session.status === 'payment_failed' || session.status === 'expired';
  if (isDead(payment.status)) check(over, `session is ${session.status} after ${payment.status}`);

  const left = stands || order?.shipped_at !== undefined;
  check((reservation.status === 'committed') === left, `stock ${reservation.status}, order ${order?.status}`);
  if (isDead(payment.status))
    check(reservation.status === 'released', `stock ${reservation.status} though ${payment.status}`);
  return mistakes;
}

const isDead = (status: PaymentStatus) => status === 'cancelled' || status === 'expired' || status === 'failed';

/** What a session says of its payment: nothing new as long as nothing is decided. */
const followed = ({ status, late }: Payment, before: PaymentStatus | null): PaymentStatus | null =>
  status === 'capture_pending' || status === 'review' || (status === 'created' && late) ? before : status;

function mistakesOfStock(shop: ShopInMemory): string[] {
  const held = (sku: string, status: string) =>
    sum(
      [...shop.stock.reservations.values()]
        .filter((reservation) => reservation.status === status)
        .flatMap(({ items }) => items.filter((item) => item.sku === sku).map(({ quantity }) => quantity)),
    );
  return [...shop.stock.products.values()].flatMap(({ sku, available, reserved, sold, stocked }) => [
    ...(available + reserved + sold === stocked ? [] : [`${sku}: ${available} + ${reserved} + ${sold} ≠ ${stocked}`]),
    ...(Math.min(available, reserved, sold) < 0 ? [`${sku}: negative stock`] : []),
    ...(reserved === held(sku, 'held') ? [] : [`${sku}: ${reserved} reserved, ${held(sku, 'held')} held`]),
    ...(sold === held(sku, 'committed') ? [] : [`${sku}: ${sold} sold, ${held(sku, 'committed')} committed`]),
  ]);
}

/** What we got and did not give back is what the orders are worth, and what is under review. */
function mistakesOfMoney(shop: ShopInMemory, purchases: readonly Purchase[]): string[] {
  const got = sum(
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
  return got === ordered + underReview ? [] : [`${got} got, ${ordered} ordered, ${underReview} under review`];
}
