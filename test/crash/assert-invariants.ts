import { sessionSchema } from '../../src/checkout/session.ts';
import { orderSchema } from '../../src/fulfillment/order.ts';
import { reservationSchema } from '../../src/inventory/reservation.ts';
import { paymentSchema } from '../../src/payments/payment.ts';
import type { ShopInProcess } from '../support/in-process/shop.ts';
import { everythingIn } from '../support/stack/aws.ts';
import { violationsInTables } from '../support/stack/invariants.ts';
import type { MoneyOutcome } from './scenarios.ts';

const DAY_MS = 86_400_000;

/** The captured and refunded minor units at PayPal, and where the money is. */
export async function moneyOf(
  shop: ShopInProcess,
): Promise<{ outcome: MoneyOutcome; captured: number; refunded: number }> {
  const { captures, refunds } = await shop.payPal('GET', '/_sim/state');
  const sum = (all: readonly { readonly amount: { readonly value: string } }[]) =>
    all.reduce((total, { amount }) => total + Math.round(Number(amount.value) * 100), 0);
  const paid = Object.values<{ status: string; amount: { value: string } }>(captures).filter(
    ({ status }) => status !== 'DECLINED' && status !== 'PENDING',
  );
  const captured = sum(paid);
  const refunded = sum(Object.values(refunds));
  return { captured, refunded, outcome: captured === 0 ? 'none' : refunded === captured ? 'returned' : 'kept' };
}

/**
 * Violations in a shop with a single purchase and nothing running: against PayPal, within the tables, and by its
 * consistency check.
 */
export async function violationsOf(shop: ShopInProcess): Promise<string[]> {
  const parts = [purchaseViolations(shop), violationsInTables(), unfinishedWork(shop), openFindings(shop)];
  return (await Promise.all(parts)).flat();
}

async function purchaseViolations(shop: ShopInProcess): Promise<string[]> {
  const { outcome, captured, refunded } = await moneyOf(shop);
  const [payments, sessions, reservations, orders] = await Promise.all([
    everythingIn('payments').then((all) => all.map((one) => paymentSchema.parse(one))),
    everythingIn('checkout-sessions').then((all) => all.map((one) => sessionSchema.parse(one))),
    everythingIn('reservations').then((all) => all.map((one) => reservationSchema.parse(one))),
    everythingIn('orders')
      .then((all) => all.filter(({ part }) => part === 'order'))
      .then((all) => all.map((one) => orderSchema.parse(one))),
  ]);
  const violations: string[] = [];
  const check = (holds: boolean, violation: string) => holds || violations.push(violation);

  const confirmed = orders.filter(({ status }) => status === 'confirmed');
  check(confirmed.length === (outcome === 'kept' ? 1 : 0), `${confirmed.length} orders while the money is ${outcome}`);
  const sold = reservations.filter(({ status }) => status === 'committed');
  check(sold.length === confirmed.length, `${sold.length} committed reservations for ${confirmed.length} orders`);
  const paid = payments.filter((payment) => payment.captured);
  check(paid.length === (outcome === 'none' ? 0 : 1), `${paid.length} captured payments while the money is ${outcome}`);
  for (const payment of paid) {
    check(payment.captured?.minor === captured, `${payment.captured?.minor} captured, ${captured} at PayPal`);
    check(payment.refunded_minor === refunded, `${payment.refunded_minor} refunded, ${refunded} at PayPal`);
  }
  for (const { status, checkout_session_id } of payments) {
    const session = sessions.find((one) => one.checkout_session_id === checkout_session_id);
    check(session?.payment_status === status, `payment ${status}, session ${session?.payment_status}`);
  }
  for (const { status, checkout_session_id } of sessions) {
    const order = orders.find((one) => one.checkout_session_id === checkout_session_id && one.status !== 'void');
    check((status === 'payment_completed') === (order !== undefined), `session ${status}, order ${order?.status}`);
  }
  return violations;
}

/** Anything that is still open, scheduled or running. */
async function unfinishedWork(shop: ShopInProcess): Promise<string[]> {
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
      .map(({ status, open, due_at }) => `payment ${status}, due ${due_at}, open: ${Object.keys(open as object)}`),
    ...sessions
      .filter(({ status }) => status === 'open' || status === 'payment_pending')
      .map(({ status }) => `session ${status}`),
    ...reservations.filter(({ status, due_at }) => due_at || status === 'held').map(() => 'reservation still held'),
    ...events.filter(({ status }) => status === 'received').map(({ event_type }) => `${event_type} not processed`),
    ...operations.filter(({ kind }) => kind === 'failed-settlement').map(({ id }) => `failed settlement ${id}`),
    ...shop.deadLetters.bodies().map((body) => `dead letter: ${body}`),
    ...shop.stepFunctions
      .executions()
      .filter(({ status }) => status === 'RUNNING')
      .map(({ execution }) => `${execution.name} still running`),
  ];
}

/** Findings of the shop's own consistency check a day later, past every grace period. */
async function openFindings(shop: ShopInProcess): Promise<string[]> {
  const result = await shop.invoke('consistency', { as_of: new Date(Date.now() + DAY_MS).toISOString() });
  const open = (await everythingIn('operations')).filter(({ kind, closed_at }) => kind === 'finding' && !closed_at);
  const { findings, finished } = result as { findings: number; finished: boolean };
  return [
    ...open.map(({ invariant, what }) => `finding ${invariant}: ${what}`),
    ...(findings === open.length && finished ? [] : [`check result ${JSON.stringify(result)}`]),
  ];
}
