import { describe, expect, it } from 'vitest';
import { HOLD_MINUTES } from '../../../../src/checkout/open-session.ts';
import type { Session } from '../../../../src/checkout/session.ts';
import { type Purchase, purchaseViolations } from '../../../../src/consistency/checks/purchase.ts';
import { INVARIANTS, type Repair } from '../../../../src/consistency/finding.ts';
import type { Order } from '../../../../src/fulfillment/order.ts';
import type { Reservation } from '../../../../src/inventory/reservation.ts';
import type { Payment } from '../../../../src/payments/payment.ts';
import { onePurchase } from '../../../support/in-memory/one-purchase.ts';

/** The clock of the shop in memory stands still. */
const NOW = new Date('2026-06-01T12:00:00.000Z');
const GRACE = 300;
const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const LATER = secondsLater(GRACE);

type Lived = Awaited<ReturnType<typeof onePurchase>>;

/** What the tables say of a purchase that has lived so. */
async function purchaseThat(lived: (purchase: Lived) => unknown): Promise<Required<Omit<Purchase, 'unreadable'>>> {
  const purchase = await onePurchase();
  await lived(purchase);
  await purchase.rest();
  return {
    payment: purchase.payment(),
    session: purchase.session(),
    reservation: purchase.reservation(),
    order: purchase.order(),
  };
}

const LIVES = {
  begun: () => undefined,
  captured: ({ approve }: Lived) => approve(),
  'waiting for the bank': ({ approve }: Lived) => approve('pending'),
  'partially refunded': async ({ approve, rest, shop, paymentId }: Lived) => {
    approve();
    await rest();
    await shop.refund(paymentId, 500, 'a');
  },
  refunded: async ({ approve, rest, shop, paymentId }: Lived) => {
    approve();
    await rest();
    await shop.refund(paymentId, undefined, 'a');
  },
  'refunded after it was shipped': async ({ approve, rest, shop, paymentId, order }: Lived) => {
    approve();
    await rest();
    await shop.orders.repository.ship((order() as Order).order_id, NOW);
    await shop.refund(paymentId, undefined, 'a');
  },
  cancelled: ({ cancel }: Lived) => cancel(),
  declined: ({ approve }: Lived) => approve('declined'),
  'under review': ({ shop, orderId }: Lived) =>
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 }),
  'accepted after review': async ({ shop, orderId, paymentId, rest }: Lived) => {
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await rest();
    await shop.accept(paymentId);
  },
  'refunded under review': async ({ shop, orderId, paymentId, rest }: Lived) => {
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await rest();
    await shop.refund(paymentId, undefined, 'a');
  },
  'cancelled and taken up again': async ({ cancel, rest, approve }: Lived) => {
    await cancel();
    await rest();
    approve();
  },
};
type Life = keyof typeof LIVES;

const violationsAt = (purchase: Purchase, now: Date) => purchaseViolations(purchase, { now, graceSeconds: GRACE });
/** Which invariants are broken, and by what they are repaired. */
const brokenAt = (purchase: Purchase, now = LATER) =>
  Object.fromEntries(
    violationsAt(purchase, now).map(({ invariant, repair }) => [INVARIANTS[invariant].number, nameOf(repair)]),
  );
const nameOf = (repair: Repair | null) =>
  repair && (repair.kind === 'settle' ? `settle ${repair.settlement}` : repair.kind);

const YEARS_LATER = new Date('2030-01-01T00:00:00.000Z');

describe('the check of a purchase', () => {
  it.each(Object.keys(LIVES) as Life[])('finds nothing wrong with one that is %s', async (life) => {
    expect(violationsAt(await purchaseThat(LIVES[life]), YEARS_LATER)).toEqual([]);
  });

  it('finds nothing wrong with a session whose payment was never begun, once its stock was given back', async () => {
    const { session, reservation } = await purchaseThat(LIVES.begun);
    const open = { ...(session as Session), status: 'open', payment_id: null, payment_status: null } as const;
    const released = { ...(reservation as Reservation), status: 'released' } as const;

    expect(violationsAt({ session: open, reservation: released }, YEARS_LATER)).toEqual([]);
    expect(violationsAt({ session: { ...open, status: 'expired' }, reservation: released }, YEARS_LATER)).toEqual([]);
  });

  it('has nothing to say about a purchase that is nowhere', () => {
    expect(violationsAt({}, YEARS_LATER)).toEqual([]);
  });

  it('says what is wrong in words, and of what', async () => {
    const { order: _, ...purchase } = await purchaseThat(LIVES.captured);

    expect(violationsAt(purchase, LATER)[0]).toEqual({
      invariant: 'order_or_refund',
      subject: purchase.payment?.payment_id,
      what: 'the payment is captured, and there is no order',
      repair: { kind: 'settle', payment_id: purchase.payment?.payment_id, settlement: 'captured' },
    });
  });
});

/** A change of one row, as nothing in the shop would make it. */
interface Damage {
  readonly payment?: Partial<Payment> | null;
  readonly session?: Partial<Session> | null;
  readonly reservation?: Partial<Reservation> | null;
  readonly order?: Partial<Order> | null;
}

function damaged(purchase: Required<Omit<Purchase, 'unreadable'>>, damage: Damage): Purchase {
  const changed = <Row>(row: Row | undefined, change: Partial<Row> | null | undefined): Row | undefined =>
    change === null ? undefined : row && { ...row, ...change };
  return {
    payment: changed(purchase.payment, damage.payment),
    session: changed(purchase.session, damage.session),
    reservation: changed(purchase.reservation, damage.reservation),
    order: changed(purchase.order, damage.order),
  };
}

const MUGS = [{ sku: 'MUG', name: 'Product MUG', quantity: 2, unit_price: { currency: 'EUR', minor: 1000 } }];

describe.each<[what: string, Life, Damage, broken: Record<number, string | null>]>([
  ['a captured payment without order', 'captured', { order: null }, { 1: 'settle captured', 6: 'settle captured' }],
  [
    'a captured payment that came late, without order',
    'cancelled and taken up again',
    { order: null },
    { 1: 'settle captured_late', 6: 'settle captured_late' },
  ],
  [
    'a partly refunded payment without order',
    'partially refunded',
    { order: null },
    { 1: 'settle captured', 6: 'settle captured' },
  ],
  [
    'a captured payment with a void order',
    'captured',
    { order: { status: 'void' } },
    { 1: 'ask_paypal', 6: 'ask_paypal' },
  ],
  ['a captured payment whose order is refunded', 'captured', { order: { status: 'refunded' } }, { 1: 'ask_paypal' }],
  [
    'a refunded payment with an order as well',
    'refunded',
    { order: { status: 'confirmed', refunded_minor: 0 } },
    { 1: 'settle refunded-2000', 2: 'settle refunded-2000' },
  ],
  ['an order without payment', 'captured', { payment: null }, { 2: null, 3: null }],
  ['an order without session', 'captured', { session: null }, { 2: null, 3: null }],
  [
    'an order whose payment waits for the buyer',
    'captured',
    { payment: { status: 'approved' } },
    { 2: 'ask_paypal', 3: 'ask_paypal' },
  ],
  ['an order whose money is under review', 'captured', { payment: { status: 'review' } }, { 2: null, 3: 'ask_paypal' }],
  ['an order of another amount', 'captured', { order: { amount: { currency: 'EUR', minor: 1999 } } }, { 2: null }],
  ['an order in another currency', 'captured', { order: { amount: { currency: 'USD', minor: 2000 } } }, { 2: null }],
  ['an order with other items', 'captured', { order: { items: MUGS } }, { 2: null }],
  ['an order that names another payment', 'captured', { order: { payment_id: 'pay_ELSE' } }, { 2: null }],
  ['an order that names another session', 'captured', { order: { checkout_session_id: 'cs_ELSE' } }, { 2: null }],
  [
    'an order that does not know of a refund',
    'partially refunded',
    { order: { refunded_minor: 0 } },
    { 2: 'settle refunded-500' },
  ],
  [
    'an order that knows more of a refund than the payment',
    'partially refunded',
    { order: { refunded_minor: 900 } },
    { 2: 'ask_paypal' },
  ],
  ['an order whose stock is only held', 'captured', { reservation: { status: 'held' } }, { 2: 'settle captured' }],
  ['an order whose stock was released', 'captured', { reservation: { status: 'released' } }, { 2: 'settle captured' }],
  ['an order without stock', 'captured', { reservation: null }, { 2: null }],
  [
    'an order of more than was set aside',
    'captured',
    { session: { items: MUGS }, order: { items: MUGS } },
    { 2: null },
  ],
  [
    'a session that did not hear of the capture',
    'captured',
    { session: { status: 'payment_pending', payment_status: 'created' } },
    { 3: 'settle captured' },
  ],
  [
    'a session that did not hear of the refund',
    'refunded',
    { session: { payment_status: 'captured' } },
    { 3: 'settle refunded-2000' },
  ],
  [
    'a session that did not hear that its payment was given up',
    'cancelled',
    { session: { status: 'payment_pending', payment_status: 'created' } },
    { 3: 'settle released' },
  ],
  [
    'a session that knows of a refund that its payment does not',
    'captured',
    { session: { payment_status: 'refunded' } },
    { 3: 'ask_paypal' },
  ],
  [
    'a session that gave up a payment that did not',
    'begun',
    { session: { payment_status: 'cancelled' } },
    { 3: 'ask_paypal' },
  ],
  ['a session that says nothing of its payment', 'begun', { session: { payment_status: null } }, { 3: null }],
  ['a session that names another payment', 'captured', { session: { payment_id: 'pay_ELSE' } }, { 3: null }],
  ['a payment that names another session', 'captured', { payment: { checkout_session_id: 'cs_ELSE' } }, { 3: null }],
  ['a payment without session', 'begun', { session: null }, { 3: null }],
  ['a session whose payment was lost', 'cancelled', { payment: null }, { 3: null }],
  ['stock that a cancelled payment holds', 'cancelled', { reservation: { status: 'held' } }, { 5: 'settle released' }],
  ['stock that a declined payment holds', 'declined', { reservation: { status: 'held' } }, { 5: 'settle released' }],
  [
    'stock that is sold though the money went back and nothing was shipped',
    'refunded',
    { reservation: { status: 'committed' } },
    { 5: 'settle refunded-2000' },
  ],
  [
    'stock that is held for money that went back under review',
    'refunded under review',
    { reservation: { status: 'held' } },
    { 5: 'settle refunded-1900' },
  ],
  [
    'a complete session whose order is void',
    'refunded under review',
    { session: { status: 'payment_completed' } },
    { 6: null },
  ],
  [
    'a session that was given up, with an order',
    'captured',
    { session: { status: 'payment_failed', payment_status: 'failed' } },
    { 3: 'settle captured', 6: 'settle captured' },
  ],
  [
    'a session that says the right thing of its payment, and the wrong one of itself',
    'captured',
    { session: { status: 'expired' } },
    { 6: null },
  ],
  [
    'money that differs from what was asked, and was not accepted',
    'captured',
    { payment: { captured: { currency: 'EUR', minor: 1900 } }, order: { amount: { currency: 'EUR', minor: 1900 } } },
    { 7: 'refund' },
  ],
  [
    'money in another currency',
    'captured',
    { payment: { captured: { currency: 'USD', minor: 2000 } }, order: { amount: { currency: 'USD', minor: 2000 } } },
    { 7: 'refund' },
  ],
])('%s', (_, life, damage, broken) => {
  it('is found, with its repair', async () => {
    expect(brokenAt(damaged(await purchaseThat(LIVES[life]), damage))).toEqual(broken);
  });

  it('is in flight until the time of grace is over', async () => {
    expect(brokenAt(damaged(await purchaseThat(LIVES[life]), damage), secondsLater(GRACE - 1))).toEqual({});
  });
});

describe('stock that is held for a session without payment', () => {
  const heldWithout = async (more: Purchase = {}): Promise<Purchase> => {
    const { session, reservation } = await purchaseThat(LIVES.begun);
    const open = { ...(session as Session), status: 'open', payment_id: null, payment_status: null } as const;
    return { session: open, reservation, ...more };
  };
  const HOLD = HOLD_MINUTES * 60;
  const QUARTER_OF_AN_HOUR = 15 * 60;

  it('is found some sweeps after its time', async () => {
    const purchase = await heldWithout();

    expect(brokenAt(purchase, secondsLater(HOLD + QUARTER_OF_AN_HOUR - 1))).toEqual({});
    expect(brokenAt(purchase, secondsLater(HOLD + QUARTER_OF_AN_HOUR))).toEqual({ 5: 'release_stock' });
  });

  it('is found without a session as well', async () => {
    const [violation] = violationsAt(await heldWithout({ session: undefined }), YEARS_LATER);

    expect(violation).toMatchObject({ invariant: 'reservation_released', subject: expect.stringMatching(/^cs_/) });
  });
});

it('stock of a payment that is not decided is held for as long as that takes', async () => {
  expect(violationsAt(await purchaseThat(LIVES['waiting for the bank']), YEARS_LATER)).toEqual([]);
});

it('an order without anything else is in flight until the time of grace is over', async () => {
  const { order } = await purchaseThat(LIVES.captured);

  expect(brokenAt({ order }, secondsLater(GRACE - 1))).toEqual({});
  expect(brokenAt({ order })).toEqual({ 2: null });
  expect(violationsAt({ order }, LATER)[0]?.subject).toBe(order?.order_id);
});
