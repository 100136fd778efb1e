import type fc from 'fast-check';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { crashingProcess, survives } from './crashing-process.ts';
import type { Happening } from './purchase-history.ts';
import { product, type ShopInMemory, shopInMemory } from './shop.ts';
import type { Gate } from './tables.ts';

/** What became known of a purchase besides what PayPal can be asked. */
export interface Purchase {
  readonly sessionId: `cs_${string}`;
  readonly paymentId: `pay_${string}`;
  readonly orderId: string;
  /** The buyer used the cancel link. */
  cancelled: boolean;
  /** The shop held the stock for long enough. */
  timeIsUp: boolean;
  /** Names of the events that were delivered. */
  readonly told: Set<string>;
  /** What fell over: deliveries lie in the inbox, and a buyer's page tries again. */
  readonly unfinished: (() => Promise<unknown>)[];
}

/** A shop with so many pieces, and what has become of it. */
interface Story {
  readonly shop: ShopInMemory;
  readonly purchases: Purchase[];
}

/** Lets one thing happen after the other. @returns the shop and its purchases, with much still to be done. */
export async function runHistory(history: readonly Happening[], pieces: number): Promise<Story> {
  const { gate, crashOn } = crashingProcess();
  const shop = shopInMemory({ products: [product(pieces)], gate });
  const purchases: Purchase[] = [];
  const answers: Answer[] = [];
  await begin(shop, purchases);

  for (const { what, buyer, death } of history) {
    const purchase = purchases[buyer];
    crashOn(purchase && death);
    // Whoever has not begun yet does so as soon as there is a piece to buy.
    await (purchase ? happen(shop, purchase, what, answers) : begin(shop, purchases));
    crashOn(undefined);
  }
  return { shop, purchases };
}

/** Lets all happen at once: `scheduler` decides in what order their calls to the outside take effect. */
export async function runConcurrently(
  history: readonly Happening[],
  pieces: number,
  scheduler: fc.Scheduler,
): Promise<Story> {
  let racing = false;
  const gate: Gate = async (call, effect) => {
    if (racing) await scheduler.schedule(Promise.resolve(), call);
    return effect();
  };
  const shop = shopInMemory({ products: [product(pieces)], gate });
  const purchases: Purchase[] = [];
  const answers: Answer[] = [];
  for (const _ of Array(pieces)) await begin(shop, purchases);

  racing = true;
  const all = history.map(async ({ what, buyer }) => {
    await scheduler.schedule(Promise.resolve(), what.kind);
    const purchase = purchases[buyer];
    if (purchase) await happen(shop, purchase, what, answers);
  });
  await scheduler.waitFor(Promise.all(all));
  racing = false;
  return { shop, purchases };
}

async function begin(shop: ShopInMemory, purchases: Purchase[]): Promise<void> {
  const begun = await shop.begin();
  if (begun) purchases.push({ ...begun, cancelled: false, timeIsUp: false, told: new Set(), unfinished: [] });
}

/** A process that has asked PayPal, and goes on later. */
type Answer = () => Promise<unknown>;

async function happen(
  shop: ShopInMemory,
  purchase: Purchase,
  what: Happening['what'],
  answers: Answer[],
): Promise<unknown> {
  const { paypal } = shop;
  const { paymentId, orderId } = purchase;
  switch (what.kind) {
    case 'approve':
      return paypal.approve(orderId, what.funding, what.takes);
    case 'approveAndCapture':
      return paypal.approveAndCapture(orderId);
    case 'clear':
      return paypal.endPending(orderId, 'COMPLETED');
    case 'bounce':
      return paypal.endPending(orderId, 'DECLINED');
    case 'refund':
      return paypal.refund(orderId, what.minor);
    case 'giveBack':
      return survives(() => shop.refund(paymentId, what.minor, `${paypal.events.length}`));
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
      return orLater(purchase, () => shop.cancel(paymentId, orderId));
    case 'deliver': {
      const mine = paypal.events.filter((one) => one.paymentId === paymentId);
      const event = mine[what.which % mine.length]?.event;
      if (!event) return;
      purchase.told.add(event.event_type);
      return orLater(purchase, () => shop.deliver(event));
    }
    case 'ask':
      return survives(async () => {
        const payment = shop.payments.rows.get(paymentId);
        const order = await paypal.client.getOrder(orderId);
        if (payment) answers.push(() => shop.evidenceApplier.applyOrder(payment, order, 'late answer'));
      });
    case 'answer':
      return survives(async () => answers[what.which % answers.length]?.());
    case 'lookAfter':
      return survives(() => shop.reconcilePayment(paymentId));
    case 'timeIsUp':
      purchase.timeIsUp = true;
      return survives(() => shop.reconcilePayment(paymentId, true));
    case 'again': {
      const all = [...shop.executions.values()];
      const execution = all[what.which % all.length];
      if (execution) shop.restart(execution);
      return;
    }
    case 'work': {
      const running = [...shop.executions.values()].filter(({ succeeded }) => !succeeded);
      const execution = running[what.which % running.length];
      // A step that cannot be done now fails; it will be tried again.
      if (execution) await shop.work(execution, what.task).catch(() => undefined);
      return;
    }
  }
}

/** Does something; if the process dies over it, it is done again in the end. */
async function orLater({ unfinished }: Purchase, work: () => Promise<unknown>): Promise<void> {
  if (!(await survives(work))) unfinished.push(work);
}

/**
 * All that mends itself: inboxes are emptied, payments and stock are looked after, PayPal's list of events is read, the workflow's work
 * is done. @returns what cannot be done.
 */
export async function recover(shop: ShopInMemory, purchases: readonly Purchase[]): Promise<string[]> {
  for (const { unfinished, orderId } of purchases) {
    for (const work of unfinished) await work();
    shop.paypal.dispute(orderId, false);
  }
  for (let round = 0; round < 3; round++) {
    for (const { paymentId, timeIsUp } of purchases) await shop.reconcilePayment(paymentId, timeIsUp);
    await shop.finish();
    await shop.reconcileReservations();
  }
  // What PayPal told and nobody heard is in its list of events. What was heard is old news by now.
  for (const { paymentId, event } of shop.paypal.events) {
    await shop.deliver(event);
    purchases.find((one) => one.paymentId === paymentId)?.told.add(event.event_type);
  }
  for (const { paymentId, timeIsUp } of purchases) await shop.reconcilePayment(paymentId, timeIsUp);
  await shop.reconcileReservations();
  return shop.finish();
}
