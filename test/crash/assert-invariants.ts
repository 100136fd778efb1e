import { sessionSchema } from '../../src/checkout/session.ts';
import { orderSchema } from '../../src/fulfillment/order.ts';
import { reservationSchema } from '../../src/inventory/reservation.ts';
import { paymentSchema } from '../../src/payments/payment.ts';
import type { ShopInProcess } from '../support/in-process/shop.ts';
import { everythingIn } from '../support/stack/aws.ts';
import { violationsInTables } from '../support/stack/invariants.ts';
import type { End } from './scenarios.ts';

const DAY_MS = 86_400_000;

/** What PayPal's own books say of the one purchase: where the money is, and how much of it came and went back. */
export async function moneyOf(shop: ShopInProcess): Promise<{ end: End; captured: number; refunded: number }> {
  const { captures, refunds } = await shop.payPal('GET', '/_sim/state');
  const sum = (all: readonly { readonly amount: { readonly value: string } }[]) =>
    all.reduce((total, { amount }) => total + Math.round(Number(amount.value) * 100), 0);
  const taken = Object.values<{ status: string; amount: { value: string } }>(captures).filter(
    ({ status }) => status !== 'DECLINED' && status !== 'PENDING',
  );
  const captured = sum(taken);
  const refunded = sum(Object.values(refunds));
  return { captured, refunded, end: captured === 0 ? 'none' : refunded === captured ? 'returned' : 'kept' };
}

/** Everything that is wrong with the shop at rest, whose only purchase this was: by PayPal's books, by ours, and by the shop's own check. */
export async function violationsOf(shop: ShopInProcess): Promise<string[]> {
  const parts = [mistakesOfPurchase(shop), violationsInTables(), whatIsLeftToDo(shop), findingsOf(shop)];
  return (await Promise.all(parts)).flat();
}

async function mistakesOfPurchase(shop: ShopInProcess): Promise<string[]> {
  const { end, captured, refunded } = await moneyOf(shop);
  const [payments, sessions, reservations, orders] = await Promise.all([
    everythingIn('payments').then((all) => all.map((one) => paymentSchema.parse(one))),
    everythingIn('checkout-sessions').then((all) => all.map((one) => sessionSchema.parse(one))),
    everythingIn('reservations').then((all) => all.map((one) => reservationSchema.parse(one))),
    everythingIn('orders')
      .then((all) => all.filter(({ part }) => part === 'order'))
      .then((all) => all.map((one) => orderSchema.parse(one))),
  ]);
  const mistakes: string[] = [];
  const check = (right: boolean, mistake: string) => right || mistakes.push(mistake);

  const standing = orders.filter(({ status }) => status === 'confirmed');
  check(standing.length === (end === 'kept' ? 1 : 0), `${standing.length} orders, though the money is ${end}`);
  const sold = reservations.filter(({ status }) => status === 'committed');
  check(sold.length === standing.length, `stock is sold ${sold.length} times for ${standing.length} orders`);
  const paid = payments.filter((payment) => payment.captured);
  check(paid.length === (end === 'none' ? 0 : 1), `${paid.length} payments captured, though the money is ${end}`);
  for (const payment of paid) {
    check(payment.captured?.minor === captured, `${payment.captured?.minor} captured, PayPal says ${captured}`);
    check(payment.refunded_minor === refunded, `${payment.refunded_minor} refunded, PayPal says ${refunded}`);
  }
  for (const { status, checkout_session_id } of payments) {
    const session = sessions.find((one) => one.checkout_session_id === checkout_session_id);
    check(session?.payment_status === status, `payment ${status}, session says ${session?.payment_status}`);
  }
  for (const { status, checkout_session_id } of sessions) {
    const order = orders.find((one) => one.checkout_session_id === checkout_session_id && one.status !== 'void');
    check((status === 'payment_completed') === (order !== undefined), `session ${status}, order ${order?.status}`);
  }
  return mistakes;
}

/** Nothing may be open any more, nor must anybody look after anything. */
async function whatIsLeftToDo(shop: ShopInProcess): Promise<string[]> {
  const [payments, sessions, reservations, events, operations] = await Promise.all([
    everythingIn('payments'),
    everythingIn('checkout-sessions'),
    everythingIn('reservations'),
    everythingIn('webhook-events'),
    everythingIn('operations'),
  ]);
  return [
    ...payments
      .filter(({ due_at, open, status }) => due_at || Object.keys(open as object).length > 0 || status === 'created')
      .map(({ status, open, due_at }) => `a payment is ${status}, due ${due_at}, open: ${Object.keys(open as object)}`),
    ...sessions
      .filter(({ status }) => status === 'open' || status === 'payment_pending')
      .map(({ status }) => `a session is ${status}`),
    ...reservations.filter(({ status, due_at }) => due_at || status === 'held').map(() => 'stock is held for nobody'),
    ...events.filter(({ status }) => status === 'received').map(({ event_type }) => `${event_type} was not finished`),
    ...operations
      .filter(({ kind }) => kind === 'failed-settlement')
      .map(({ id }) => `${id} is on the list of failures`),
    ...shop.deadLetters.bodies().map((body) => `a dead letter is left: ${body}`),
    ...shop.stepFunctions
      .runs()
      .filter(({ status }) => status === 'RUNNING')
      .map(({ execution }) => `${execution.name} is running`),
  ];
}

/** What the shop itself finds wrong, a day later, when nothing can be in flight any more. */
async function findingsOf(shop: ShopInProcess): Promise<string[]> {
  const checked = await shop.run('consistency', { as_of: new Date(Date.now() + DAY_MS).toISOString() });
  const open = (await everythingIn('operations')).filter(({ kind, closed_at }) => kind === 'finding' && !closed_at);
  const { findings, finished } = checked as { findings: number; finished: boolean };
  return [
    ...open.map(({ invariant, what }) => `finding ${invariant}: ${what}`),
    ...(findings === open.length && finished ? [] : [`the check ended with ${JSON.stringify(checked)}`]),
  ];
}
