import type fc from 'fast-check';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { crashingProcess, survives } from './crashing-process.ts';
import type { PayPalsEvent } from './paypal.ts';
import { capturesOf, type OrderAtPayPal } from './paypal-state.ts';
import type { HistoryStep } from './purchase-history.ts';
import { product, type ShopInMemory, shopInMemory } from './shop.ts';
import type { Gate } from './tables.ts';

/** A purchase, with what PayPal's final state does not show. */
export interface Purchase {
  readonly sessionId: `cs_${string}`;
  readonly paymentId: `pay_${string}`;
  readonly orderId: string;
  /** Whether the buyer used the cancel link, and read that the payment was cancelled. */
  cancelled: 'no' | 'perhaps' | 'yes';
  /** The buyer read that nothing was charged, after this number of approvals. */
  readUncharged: number;
  /** PayPal has an approval that must be captured. */
  mustBeCaptured: boolean;
  /** Refunds and reversals that the shop processed an event or a response of. */
  readonly knownRefunds: Set<string>;
  readonly violations: string[];
  /** Actions interrupted by a crash and repeated later: deliveries in the inbox, retries of a buyer's page. */
  readonly unfinished: (() => Promise<unknown>)[];
}

export interface HistoryResult {
  readonly shop: ShopInMemory;
  readonly purchases: Purchase[];
  /** Ids of the events that the shop has processed. */
  readonly processed: Set<string>;
}

interface Context extends HistoryResult {
  readonly isConcurrent: boolean;
  /** Each applies a response that a process got from PayPal earlier. */
  readonly staleResponses: (() => Promise<unknown>)[];
}

const contextOf = (shop: ShopInMemory, isConcurrent: boolean): Context => ({
  shop,
  isConcurrent,
  purchases: [],
  processed: new Set(),
  staleResponses: [],
});

/** Runs the steps of a history in sequence. Leaves open work for `recover`. */
export async function runHistory(history: readonly HistoryStep[], stock: number): Promise<HistoryResult> {
  const { gate, crashOn } = crashingProcess();
  const shop = shopInMemory({ products: [product(stock)], gate });
  const context = contextOf(shop, false);
  await begin(context);

  for (const { action, buyer, crashPoint } of history) {
    const purchase = context.purchases[buyer];
    crashOn(purchase && crashPoint);
    // A buyer without a purchase begins one as soon as stock is available.
    await (purchase ? perform(context, purchase, action) : begin(context));
    crashOn(undefined);
  }
  return context;
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
  const context = contextOf(shop, true);
  for (const _ of Array(stock)) await begin(context);

  concurrent = true;
  const all = history.map(async ({ action, buyer }) => {
    await scheduler.schedule(Promise.resolve(), action.kind);
    const purchase = context.purchases[buyer];
    if (purchase) await perform(context, purchase, action);
  });
  await scheduler.waitFor(Promise.all(all));
  concurrent = false;
  return context;
}

async function begin({ shop, purchases }: Context): Promise<void> {
  const purchase = await shop.begin();
  if (purchase)
    purchases.push({
      ...purchase,
      cancelled: 'no',
      readUncharged: 0,
      mustBeCaptured: false,
      knownRefunds: new Set(),
      violations: [],
      unfinished: [],
    });
}

async function perform(context: Context, purchase: Purchase, action: HistoryStep['action']): Promise<unknown> {
  const { shop, staleResponses } = context;
  const { paypal } = shop;
  const { paymentId, orderId } = purchase;
  paypal.advance(1);
  switch (action.kind) {
    case 'approve':
      return paypal.approve(orderId, action.funding, action.takes, action.recipient);
    case 'approveAndCapture':
      return paypal.approveAndCapture(orderId, action);
    case 'captureAgain':
      return paypal.captureAgain(orderId);
    case 'completePending':
      return paypal.endPending(orderId, 'COMPLETED');
    case 'declinePending':
      return paypal.endPending(orderId, 'DECLINED');
    case 'refund':
      return paypal.refund(orderId, action.minor, {
        status: action.pending && !action.ofExtra ? 'PENDING' : 'COMPLETED',
        ofExtra: action.ofExtra,
      });
    case 'refundByOperator':
      return refundByOperator(shop, purchase, action);
    case 'endRefund':
      return paypal.endRefund(orderId, action.status, action);
    case 'reverse':
      return paypal.reverse(orderId, action.minor);
    case 'cancelReversal':
      return paypal.cancelReversal(orderId);
    case 'openDispute':
      return paypal.openDispute(orderId, action.minor);
    case 'resolveDispute':
      return paypal.resolveDispute(orderId, action.sellerLost, action.minor);
    case 'reverseApproval':
      return paypal.reverseApproval(orderId);
    case 'expire':
      return paypal.expire(orderId);
    case 'hide':
      return paypal.hide(orderId);
    case 'show':
      return paypal.show(orderId);
    case 'accept':
      return survives(() => shop.accept(paymentId));
    case 'ship':
      return survives(() => ship(shop, purchase));
    case 'return':
      return survives(() => returnFromPayPal(shop, purchase));
    case 'cancel':
      if (purchase.cancelled === 'no') purchase.cancelled = 'perhaps';
      return nowOrInRecovery(purchase, () => cancel(shop, purchase));
    case 'deliver': {
      const events = paypal.events.filter((one) => one.paymentId === paymentId);
      const event = events[action.which % events.length];
      return event && nowOrInRecovery(purchase, () => deliver(context, event));
    }
    case 'compareEvents':
      return survives(() => compareEvents(context));
    case 'callPayPal':
      return survives(async () => {
        const payment = shop.payments.rows.get(paymentId);
        const order = await paypal.client.getOrder(orderId);
        if (payment) staleResponses.push(() => shop.evidenceApplier.applyOrder(payment, order, 'stale response'));
      });
    case 'applyStaleResponse':
      return survives(async () => staleResponses[action.which % staleResponses.length]?.());
    case 'runJobs':
      return survives(() => shop.runJobs(() => undefined));
    case 'passTime':
      // Requests that were sent at about the same time get the same response.
      if (!context.isConcurrent) paypal.endRefusals();
      return paypal.advance(action.minutes * 60_000);
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

const orderOf = (shop: ShopInMemory, { orderId }: Purchase) => shop.paypal.orders.get(orderId) as OrderAtPayPal;

/** Processes an event, whether it was processed before or not. */
async function deliver({ shop, purchases, processed }: HistoryResult, { event, paymentId, refundId }: PayPalsEvent) {
  await shop.deliver(event);
  processed.add(event.id);
  if (refundId !== undefined) purchases.find((one) => one.paymentId === paymentId)?.knownRefunds.add(refundId);
}

/** Processes the events of PayPal's list, newest first, that were not processed before. */
async function compareEvents(context: HistoryResult): Promise<void> {
  for (const event of context.shop.paypal.events.toReversed())
    if (!context.processed.has(event.event.id)) await deliver(context, event);
}

const refundsAtPayPal = (order: OrderAtPayPal) => capturesOf(order).flatMap(({ refunds }) => refunds);

async function refundByOperator(
  shop: ShopInMemory,
  purchase: Purchase,
  { minor, pending }: Extract<HistoryStep['action'], { kind: 'refundByOperator' }>,
) {
  const order = orderOf(shop, purchase);
  order.slowRefunds = pending;
  const before = new Set(refundsAtPayPal(order));
  const finished = await survives(() => shop.refund(purchase.paymentId, minor, `${shop.paypal.events.length}`));
  if (!finished) return;
  for (const refund of refundsAtPayPal(order)) if (!before.has(refund)) purchase.knownRefunds.add(refund.id);
}

const UNCHARGED: ReadonlySet<string> = new Set(['cancelled', 'expired', 'failed']);

/** The return page. It says that nothing was charged after a refusal, and for a payment that was given up. */
async function returnFromPayPal(shop: ShopInMemory, purchase: Purchase): Promise<void> {
  const { approvals } = orderOf(shop, purchase);
  const result = await shop.capture(purchase.paymentId, 'return');
  const isRefused = result.outcome === 'declined' || result.outcome === 'refused';
  if (isRefused || ('payment' in result && UNCHARGED.has(result.payment.status))) read(purchase, approvals);
}

async function cancel(shop: ShopInMemory, purchase: Purchase): Promise<void> {
  const { approvals } = orderOf(shop, purchase);
  const result = await shop.cancel(purchase.paymentId, purchase.orderId);
  if ('payment' in result && result.payment.status === 'cancelled') purchase.cancelled = 'yes';
  if ('payment' in result && UNCHARGED.has(result.payment.status)) read(purchase, approvals);
}

const read = (purchase: Purchase, approvals: number) => {
  purchase.readUncharged = Math.max(purchase.readUncharged, approvals);
};

/** Ships as an operator; a violation when the shop knew that the money had gone back, or was on its way. */
async function ship(shop: ShopInMemory, purchase: Purchase): Promise<void> {
  const known = new Set(purchase.knownRefunds);
  if (!(await shop.ship(purchase.paymentId))) return;
  const { capture_id } = shop.payments.rows.get(purchase.paymentId) ?? {};
  const capture = capturesOf(orderOf(shop, purchase)).find(({ id }) => id === capture_id);
  const refunds = capture?.refunds.filter(({ id }) => known.has(id)) ?? [];
  const returned = refunds.reduce((sum, { amount, status }) => sum + (status === 'COMPLETED' ? amount.minor : 0), 0);
  if (refunds.some(({ status }) => status === 'PENDING')) purchase.violations.push('shipped with a pending refund');
  if (returned > 0 && returned === capture?.amount.minor) purchase.violations.push('shipped after a full refund');
}

const LONGEST_WAIT_MS = 3_600_000;
/** Pending refunds of a purchase have been looked up in vain before one of them ends without an event. */
const SILENT_ENDS_MS = 2 * 3_600_000;
/** Longer than a PayPal order lives, and than any interval between two checks. */
const RECOVERY_MS = 12 * 3_600_000;

/**
 * Lets half a day pass in which nothing goes wrong any more: repeated deliveries and pages, the jobs when something is
 * due, the hourly comparison with PayPal's event list, open settlements, and an operator who refunds second captures.
 * @returns the errors of tasks that keep failing
 */
export async function recover({ shop, purchases, processed }: HistoryResult): Promise<string[]> {
  const { paypal } = shop;
  const context = { shop, purchases, processed };
  const failed: string[] = [];
  paypal.endRefusals();
  for (const purchase of purchases) {
    const order = orderOf(shop, purchase);
    paypal.show(purchase.orderId);
    order.slowRefunds = false;
    paypal.resolveDispute(purchase.orderId, false);
    // A late payment whose refund is pending waits for it, and so does its settlement.
    if (!shop.orders.rows.has(orderIdOf(purchase.paymentId)))
      for (const _ of refundsAtPayPal(order)) paypal.endRefund(purchase.orderId, 'COMPLETED');
  }
  for (const purchase of purchases) {
    paypal.advance(1);
    for (const action of purchase.unfinished) await survives(action);
    purchase.mustBeCaptured = mustBeCaptured(shop, purchase);
  }

  const end = paypal.now().getTime() + RECOVERY_MS;
  let lists = paypal.now().getTime();
  let silentEnds: number | undefined = lists + SILENT_ENDS_MS;
  while (paypal.now().getTime() < end) {
    if (silentEnds !== undefined && paypal.now().getTime() >= silentEnds) {
      silentEnds = undefined;
      for (const { orderId } of purchases) paypal.endRefund(orderId, 'COMPLETED', { silent: true });
    }
    await shop.runJobs(() => undefined);
    await shop.finish(2);
    if (paypal.now().getTime() >= lists) {
      await compareEvents(context);
      lists += LONGEST_WAIT_MS;
    }
    const now = paypal.now().getTime();
    // The payments that are due before a time are those until the millisecond before it.
    const due = (shop.nextDue()?.getTime() ?? end) + 1;
    paypal.advance(Math.max(1, Math.min(due, lists, end) - now));
  }
  await compareEvents(context);
  await shop.runJobs((error) => failed.push(error.message));
  return [...failed, ...(await shop.finish())];
}

/** An order lives for 6 hours, of which recovery needs the last ones. */
const USABLE_MS = 4 * 3_600_000;

/** Whether the shop must capture the last approval, which nothing has ended, now that nothing goes wrong any more. */
function mustBeCaptured(shop: ShopInMemory, purchase: Purchase): boolean {
  const { status, gone, approval, approvals, refusedApproval = 0, createdAt } = orderOf(shop, purchase);
  const payment = shop.payments.rows.get(purchase.paymentId);
  const isUsable = approval && ['instant', 'pending', 'declined'].includes(approval.funding);
  // A purchase that was given up is resumed once.
  const wasResumed = payment?.late && UNCHARGED.has(payment.status);
  const age = shop.paypal.now().getTime() - createdAt.getTime();
  return (
    status === 'APPROVED' &&
    !gone &&
    isUsable === true &&
    approvals > Math.max(refusedApproval, purchase.readUncharged) &&
    !wasResumed &&
    age < USABLE_MS
  );
}
