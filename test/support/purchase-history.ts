import fc from 'fast-check';
import { orderIdOf } from '../../lambdas/shared/ids.ts';
import type { Money } from '../../lambdas/shared/money.ts';
import type { Funding } from './paypal-in-memory.ts';
import { product, type ShopInMemory, shopInMemory } from './shop-in-memory.ts';
import type { Gate } from './tables-in-memory.ts';

/*
 * Random but possible histories of purchases: what buyers, banks, PayPal, the network and our own processes do, in any order. PayPal
 * stays true to itself; what reaches the shop of it, when, and how often, is chance.
 */

/** The process ends before or after its call of that number. */
interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** One thing that happens to one of the purchases; what is not possible at that moment does not happen. */
export interface Happening {
  readonly what:
    | { readonly kind: 'approve'; readonly funding: Funding; readonly takes?: Money }
    /** Money goes back: on PayPal's own pages, or by the shop's operator. */
    | { readonly kind: 'refund' | 'giveBack'; readonly minor: number }
    /** An execution is started anew, whatever became of it. */
    | { readonly kind: 'again'; readonly which: number }
    /** Delivers one of PayPal's events, whether or not it was delivered before. */
    | { readonly kind: 'deliver'; readonly which: number }
    /** A process that asked PayPal earlier goes on with the answer that it got then. */
    | { readonly kind: 'answer'; readonly which: number }
    | { readonly kind: 'work'; readonly which: number; readonly task: number }
    | { readonly kind: (typeof PLAIN)[number] };
  readonly buyer: number;
  readonly crash?: Crash | undefined;
}

const PLAIN = [
  'approveAndCapture',
  'clear',
  'bounce',
  'reverse',
  'reverseApproval',
  'expire',
  'dispute',
  'ship',
  'return',
  'cancel',
  'ask',
  'lookAfter',
  'timeIsUp',
] as const;

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

const ASKED: Money = { currency: 'EUR', minor: 2000 };
const funding = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Funding>('instant') },
  { weight: 2, arbitrary: fc.constant<Funding>('pending') },
  { weight: 1, arbitrary: fc.constant<Funding>('refused') },
  { weight: 1, arbitrary: fc.constant<Funding>('declined') },
);
const takes = fc.oneof(
  { weight: 8, arbitrary: fc.constant(ASKED) },
  { weight: 1, arbitrary: fc.constant({ ...ASKED, minor: 1900 }) },
  { weight: 1, arbitrary: fc.constant({ ...ASKED, currency: 'USD' }) },
);
const which = fc.nat(11);
const what: fc.Arbitrary<Happening['what']> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('approve' as const), funding, takes }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('work' as const), which, task: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('refund' as const), minor: fc.constantFrom(500, 1500, 2000) }),
  },
  { weight: 14, arbitrary: fc.record({ kind: fc.constantFrom(...PLAIN) }) },
);
const crash = fc.option(fc.record({ at: fc.nat(5), when: fc.constantFrom('before' as const, 'after' as const) }), {
  nil: undefined,
  freq: 5,
});

const happening = (buyers: number) => fc.record({ what, buyer: fc.nat(buyers - 1), crash });
/** The first buyer gives up, so that the piece is there for the second. */
const givenUp = (kind: 'cancel' | 'timeIsUp'): Happening[] => [
  { what: { kind }, buyer: 0 },
  { what: { kind: 'work', which: 0, task: 0 }, buyer: 0 },
  { what: { kind: 'work', which: 0, task: 0 }, buyer: 0 },
];

/** Histories of one purchase. */
export const histories: fc.Arbitrary<Happening[]> = fc.array(happening(1), { maxLength: 40, size: 'max' });

/** Histories of two purchases; in many of them both buyers are after the same piece. */
export const rivalries: fc.Arbitrary<Happening[]> = fc
  .tuple(
    fc.constantFrom([], givenUp('cancel'), givenUp('timeIsUp')),
    fc.array(happening(2), { maxLength: 40, size: 'max' }),
  )
  .map(([beginning, rest]) => [...beginning, ...rest]);

/** The end of a process, wherever it was. */
class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** A shop with so many pieces, and what has become of it. */
interface Story {
  readonly shop: ShopInMemory;
  readonly purchases: Purchase[];
}

/** Lets one thing happen after the other. @returns the shop and its purchases, with much still to be done. */
export async function live(history: readonly Happening[], pieces: number): Promise<Story> {
  let doomed: { at: number; when: Crash['when'] } | undefined;
  const gate: Gate = async (call, effect) => {
    if (!doomed || doomed.at-- > 0) return effect();
    if (doomed.when === 'after') effect();
    throw new ProcessDied(call);
  };
  const shop = shopInMemory({ products: [product(pieces)], gate });
  const purchases: Purchase[] = [];
  const answers: Answer[] = [];
  await begin(shop, purchases);

  for (const { what, buyer, crash } of history) {
    const purchase = purchases[buyer];
    doomed = purchase && crash && { ...crash };
    // Whoever has not begun yet does so as soon as there is a piece to buy.
    await (purchase ? happen(shop, purchase, what, answers) : begin(shop, purchases));
    doomed = undefined;
  }
  return { shop, purchases };
}

/** Lets all happen at once: `scheduler` decides in what order their calls to the outside take effect. */
export async function race(history: readonly Happening[], pieces: number, scheduler: fc.Scheduler): Promise<Story> {
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
): Promise<void> {
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
      return unlessItDies(() => shop.refund(paymentId, what.minor, `${paypal.events.length}`));
    case 'reverse':
      return paypal.reverse(orderId);
    case 'reverseApproval':
      return paypal.reverseApproval(orderId);
    case 'expire':
      return paypal.expire(orderId);
    case 'dispute':
      return paypal.dispute(orderId, true);
    case 'ship':
      return unlessItDies(() => shop.orders.repository.ship(orderIdOf(paymentId), new Date(0)));
    case 'return':
      return unlessItDies(() => shop.capture(paymentId, 'return'));
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
      return unlessItDies(async () => {
        const payment = shop.payments.rows.get(paymentId);
        const order = await paypal.client.getOrder(orderId);
        if (payment) answers.push(() => shop.settler.settleOnOrder(payment, order, 'late answer'));
      });
    case 'answer':
      return unlessItDies(async () => answers[what.which % answers.length]?.());
    case 'lookAfter':
      return unlessItDies(() => shop.lookAfter(paymentId));
    case 'timeIsUp':
      purchase.timeIsUp = true;
      return unlessItDies(() => shop.lookAfter(paymentId, true));
    case 'again': {
      const all = [...shop.executions.values()];
      const execution = all[what.which % all.length];
      if (execution) shop.again(execution);
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

/** Does something; the process may die over it, and nobody does it again. */
async function unlessItDies(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error) => {
    if (!(error instanceof ProcessDied)) throw error;
  });
}

/** Does something; if the process dies over it, it is done again in the end. */
const orLater = ({ unfinished }: Purchase, work: () => Promise<unknown>): Promise<void> =>
  unlessItDies(() =>
    work().catch((error) => {
      unfinished.push(work);
      throw error;
    }),
  );

/** All that mends itself: inboxes are emptied, PayPal is asked about each payment, the workflow's work is done. @returns what cannot be done. */
export async function heal(shop: ShopInMemory, purchases: readonly Purchase[]): Promise<string[]> {
  for (const { unfinished, orderId } of purchases) {
    for (const work of unfinished) await work();
    shop.paypal.dispute(orderId, false);
  }
  for (let round = 0; round < 3; round++) {
    for (const { paymentId, timeIsUp } of purchases) await shop.lookAfter(paymentId, timeIsUp);
    await shop.finish();
    await shop.sweep();
  }
  return shop.finish();
}
