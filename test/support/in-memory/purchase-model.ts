import type fc from 'fast-check';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { crashingProcess, survives } from './crashing-process.ts';
import type { HistoryStep } from './purchase-history.ts';
import { type Moment, product, type ShopInMemory, shopInMemory } from './shop.ts';
import type { Gate } from './tables.ts';

/** A purchase, with what PayPal's final state does not show. */
export interface Purchase {
  readonly sessionId: `cs_${string}`;
  readonly paymentId: `pay_${string}`;
  readonly orderId: string;
  /** The buyer used the cancel link. */
  cancelled: boolean;
  /** The reservation has expired. */
  timeIsUp: boolean;
  /** Types of the delivered events. */
  readonly deliveredTypes: Set<string>;
  /** Actions interrupted by a crash and repeated later: deliveries in the inbox, retries of a buyer's page. */
  readonly unfinished: (() => Promise<unknown>)[];
}

interface HistoryResult {
  readonly shop: ShopInMemory;
  readonly purchases: Purchase[];
}

/** Runs the steps of a history in sequence. Leaves open work for `recover`. */
export async function runHistory(history: readonly HistoryStep[], stock: number): Promise<HistoryResult> {
  const { gate, crashOn } = crashingProcess();
  const shop = shopInMemory({ products: [product(stock)], gate });
  const purchases: Purchase[] = [];
  const staleResponses: StaleResponse[] = [];
  await begin(shop, purchases);

  for (const { action, buyer, crashPoint } of history) {
    const purchase = purchases[buyer];
    crashOn(purchase && crashPoint);
    // A buyer without a purchase begins one as soon as stock is available.
    await (purchase ? perform(shop, purchase, action, staleResponses) : begin(shop, purchases));
    crashOn(undefined);
  }
  return { shop, purchases };
}

/**
 * Runs all steps of a history concurrently. `scheduler` decides the sequence in which their external calls take effect.
 */
export async function runConcurrently(
  history: readonly HistoryStep[],
  stock: number,
  scheduler: fc.Scheduler,
): Promise<HistoryResult> {
  let concurrent = false;
  const gate: Gate = async (call, effect) => {
    if (concurrent) await scheduler.schedule(Promise.resolve(), call);
    return effect();
  };
  const shop = shopInMemory({ products: [product(stock)], gate });
  const purchases: Purchase[] = [];
  const staleResponses: StaleResponse[] = [];
  for (const _ of Array(stock)) await begin(shop, purchases);

  concurrent = true;
  const all = history.map(async ({ action, buyer }) => {
    await scheduler.schedule(Promise.resolve(), action.kind);
    const purchase = purchases[buyer];
    if (purchase) await perform(shop, purchase, action, staleResponses);
  });
  await scheduler.waitFor(Promise.all(all));
  concurrent = false;
  return { shop, purchases };
}

async function begin(shop: ShopInMemory, purchases: Purchase[]): Promise<void> {
  const purchase = await shop.begin();
  if (purchase)
    purchases.push({ ...purchase, cancelled: false, timeIsUp: false, deliveredTypes: new Set(), unfinished: [] });
}

/** Applies a response that a process got from PayPal earlier. */
type StaleResponse = () => Promise<unknown>;

async function perform(
  shop: ShopInMemory,
  purchase: Purchase,
  action: HistoryStep['action'],
  staleResponses: StaleResponse[],
): Promise<unknown> {
  const { paypal } = shop;
  const { paymentId, orderId } = purchase;
  switch (action.kind) {
    case 'approve':
      return paypal.approve(orderId, action.funding, action.takes);
    case 'approveAndCapture':
      return paypal.approveAndCapture(orderId);
    case 'completePending':
      return paypal.endPending(orderId, 'COMPLETED');
    case 'declinePending':
      return paypal.endPending(orderId, 'DECLINED');
    case 'refund':
      return paypal.refund(orderId, action.minor);
    case 'refundByOperator':
      return survives(() => shop.refund(paymentId, action.minor, `${paypal.events.length}`));
    case 'reverse':
      return paypal.reverse(orderId);
    case 'reverseApproval':
      return paypal.reverseApproval(orderId);
    case 'expire':
      return paypal.expire(orderId);
    case 'dispute':
      return paypal.dispute(orderId, true);
    case 'accept':
      return survives(() => shop.accept(paymentId));
    case 'ship':
      return survives(() => shop.orders.repository.ship(orderIdOf(paymentId), new Date(0)));
    case 'return':
      return survives(() => shop.capture(paymentId, 'return'));
    case 'cancel':
      purchase.cancelled = true;
      return nowOrInRecovery(purchase, () => shop.cancel(paymentId, orderId));
    case 'deliver': {
      const events = paypal.events.filter((one) => one.paymentId === paymentId);
      const event = events[action.which % events.length]?.event;
      if (!event) return;
      purchase.deliveredTypes.add(event.event_type);
      return nowOrInRecovery(purchase, () => shop.deliver(event));
    }
    case 'callPayPal':
      return survives(async () => {
        const payment = shop.payments.rows.get(paymentId);
        const order = await paypal.client.getOrder(orderId);
        if (payment) staleResponses.push(() => shop.evidenceApplier.applyOrder(payment, order, 'stale response'));
      });
    case 'applyStaleResponse':
      return survives(async () => staleResponses[action.which % staleResponses.length]?.());
    case 'reconcile':
      return survives(() => shop.reconcilePayment(paymentId));
    case 'timeIsUp':
      purchase.timeIsUp = true;
      return survives(() => shop.reconcilePayment(paymentId, 'expiry'));
    case 'restart': {
      const all = [...shop.executions.values()];
      const execution = all[action.which % all.length];
      if (execution) shop.restart(execution);
      return;
    }
    case 'runTask': {
      const running = [...shop.executions.values()].filter(({ succeeded }) => !succeeded);
      const execution = running[action.which % running.length];
      // A failed task is retried later.
      if (execution) await shop.runTask(execution, action.task).catch(() => undefined);
      return;
    }
  }
}

/** Performs an action; when the process crashes, `recover` repeats it. */
async function nowOrInRecovery({ unfinished }: Purchase, action: () => Promise<unknown>): Promise<void> {
  if (!(await survives(action))) unfinished.push(action);
}

/**
 * Runs everything that recovers: the inbox, reconciliation of payments and reservations, PayPal's event list, open
 * settlements.
 * @returns the errors of tasks that keep failing
 */
export async function recover(shop: ShopInMemory, purchases: readonly Purchase[]): Promise<string[]> {
  const momentOf = ({ orderId, timeIsUp }: Purchase): Moment =>
    shop.paypal.orders.get(orderId)?.gone ? 'order deleted' : timeIsUp ? 'expiry' : 'now';
  for (const { unfinished, orderId } of purchases) {
    for (const action of unfinished) await action();
    shop.paypal.dispute(orderId, false);
  }
  for (let round = 0; round < 3; round++) {
    for (const purchase of purchases) await shop.reconcilePayment(purchase.paymentId, momentOf(purchase));
    await shop.finish();
    await shop.reconcileReservations();
  }
  // PayPal's event list has lost events too; known ones are duplicates by now.
  for (const { paymentId, event } of shop.paypal.events) {
    await shop.deliver(event);
    purchases.find((one) => one.paymentId === paymentId)?.deliveredTypes.add(event.event_type);
  }
  for (const purchase of purchases) await shop.reconcilePayment(purchase.paymentId, momentOf(purchase));
  await shop.reconcileReservations();
  return shop.finish();
}
