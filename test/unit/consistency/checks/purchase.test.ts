import { describe, expect, it } from 'vitest';
import { HOLD_MINUTES } from '../../../../src/checkout/hold-minutes.ts';
import type { Session } from '../../../../src/checkout/session.ts';
import { type Purchase, purchaseViolations } from '../../../../src/consistency/checks/purchase.ts';
import { INVARIANTS, type Repair } from '../../../../src/consistency/checks/violation.ts';
import type { Order } from '../../../../src/fulfillment/order.ts';
import type { Reservation } from '../../../../src/inventory/reservation.ts';
import type { Payment } from '../../../../src/payments/payment.ts';
import { onePurchase } from '../../../support/in-memory/one-purchase.ts';

/** The fixed time of the shop in memory. */
const NOW = new Date('2026-06-01T12:00:00.000Z');
const GRACE = 300;
const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
/** The sample purchases take some milliseconds. */
const LATER = secondsLater(GRACE + 1);

type OnePurchase = Awaited<ReturnType<typeof onePurchase>>;

/** The rows of a purchase after a history. */
async function purchaseAfter(
  history: (purchase: OnePurchase) => unknown,
): Promise<Required<Omit<Purchase, 'unreadable'>>> {
  const purchase = await onePurchase();
  await history(purchase);
  await purchase.drain();
  return {
    payment: purchase.payment(),
    session: purchase.session(),
    reservation: purchase.reservation(),
    order: purchase.order(),
  };
}

const HISTORIES = {
  created: () => undefined,
  captured: ({ approve }: OnePurchase) => approve(),
  'capture pending': ({ approve }: OnePurchase) => approve('pending'),
  'partially refunded': async ({ approve, drain, shop, paymentId }: OnePurchase) => {
    approve();
    await drain();
    await shop.refund(paymentId, 500, 'a');
  },
  refunded: async ({ approve, drain, shop, paymentId }: OnePurchase) => {
    approve();
    await drain();
    await shop.refund(paymentId, undefined, 'a');
  },
  'refunded after shipping': async ({ approve, drain, shop, paymentId, order }: OnePurchase) => {
    approve();
    await drain();
    await shop.orders.repository.ship((order() as Order).order_id, NOW);
    await shop.refund(paymentId, undefined, 'a');
  },
  cancelled: ({ cancel }: OnePurchase) => cancel(),
  declined: ({ approve }: OnePurchase) => approve('declined'),
  'under review': ({ shop, orderId }: OnePurchase) =>
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 }),
  'accepted after review': async ({ shop, orderId, paymentId, drain }: OnePurchase) => {
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await drain();
    await shop.accept(paymentId);
  },
  'refunded under review': async ({ shop, orderId, paymentId, drain }: OnePurchase) => {
    shop.paypal.approve(orderId, 'instant', { currency: 'EUR', minor: 1900 });
    await drain();
    await shop.refund(paymentId, undefined, 'a');
  },
  'captured after cancellation': async ({ cancel, drain, approve }: OnePurchase) => {
    await cancel();
    await drain();
    approve();
  },
};
type History = keyof typeof HISTORIES;

const violationsAt = (purchase: Purchase, now: Date) => purchaseViolations(purchase, { now, graceSeconds: GRACE });
/** The repair of each broken invariant, by number. */
const brokenAt = (purchase: Purchase, now = LATER) =>
  Object.fromEntries(
    violationsAt(purchase, now).map(({ invariant, repair }) => [INVARIANTS[invariant].number, nameOf(repair)]),
  );
const nameOf = (repair: Repair | null) =>
  repair && (repair.kind === 'settle' ? `settle ${repair.settlement}` : repair.kind);

const YEARS_LATER = new Date('2030-01-01T00:00:00.000Z');

describe('purchaseViolations', () => {
  it.each(Object.keys(HISTORIES) as History[])('finds nothing in a purchase that is %s', async (history) => {
    expect(violationsAt(await purchaseAfter(HISTORIES[history]), YEARS_LATER)).toEqual([]);
  });

  it('finds nothing in a session without a payment once its stock is released', async () => {
    const { session, reservation } = await purchaseAfter(HISTORIES.created);
    const open = { ...(session as Session), status: 'open', payment_id: null, payment_status: null } as const;
    const released = { ...(reservation as Reservation), status: 'released' } as const;

    expect(violationsAt({ session: open, reservation: released }, YEARS_LATER)).toEqual([]);
    expect(violationsAt({ session: { ...open, status: 'expired' }, reservation: released }, YEARS_LATER)).toEqual([]);
  });

  it('finds nothing when no row exists', () => {
    expect(violationsAt({}, YEARS_LATER)).toEqual([]);
  });

  it('returns the subject, a text and a repair', async () => {
    const { order: _, ...purchase } = await purchaseAfter(HISTORIES.captured);

    expect(violationsAt(purchase, LATER)[0]).toEqual({
      invariant: 'order_or_refund',
      subject: purchase.payment?.payment_id,
      what: 'payment is captured, but no order exists',
      repair: { kind: 'settle', payment_id: purchase.payment?.payment_id, settlement: 'captured' },
    });
  });
});

/** Changes or deletes rows. */
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

describe.each<[what: string, History, Damage, broken: Record<number, string | null>]>([
  ['a captured payment without order', 'captured', { order: null }, { 1: 'settle captured', 6: 'settle captured' }],
  [
    'a late payment without order',
    'captured after cancellation',
    { order: null },
    { 1: 'settle captured_late', 6: 'settle captured_late' },
  ],
  [
    'a partially refunded payment without order',
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
    'a refunded payment with a confirmed order',
    'refunded',
    { order: { status: 'confirmed', refunded_minor: 0 } },
    { 1: 'settle refunded-2000', 2: 'settle refunded-2000' },
  ],
  ['an order without payment', 'captured', { payment: null }, { 2: null, 3: null }],
  ['an order without session', 'captured', { session: null }, { 2: null, 3: null }],
  [
    'an order whose payment is approved',
    'captured',
    { payment: { status: 'approved' } },
    { 2: 'ask_paypal', 3: 'ask_paypal' },
  ],
  [
    'an order whose payment is under review',
    'captured',
    { payment: { status: 'review' } },
    { 2: null, 3: 'ask_paypal' },
  ],
  ['an order of another amount', 'captured', { order: { amount: { currency: 'EUR', minor: 1999 } } }, { 2: null }],
  ['an order in another currency', 'captured', { order: { amount: { currency: 'USD', minor: 2000 } } }, { 2: null }],
  ['an order with other items', 'captured', { order: { items: MUGS } }, { 2: null }],
  ['an order that references another payment', 'captured', { order: { payment_id: 'pay_ELSE' } }, { 2: null }],
  ['an order that references another session', 'captured', { order: { checkout_session_id: 'cs_ELSE' } }, { 2: null }],
  [
    'an order that records less refunded than its payment',
    'partially refunded',
    { order: { refunded_minor: 0 } },
    { 2: 'settle refunded-500' },
  ],
  [
    'an order that records more refunded than its payment',
    'partially refunded',
    { order: { refunded_minor: 900 } },
    { 2: 'ask_paypal' },
  ],
  ['an order whose reservation is held', 'captured', { reservation: { status: 'held' } }, { 2: 'settle captured' }],
  [
    'an order whose reservation is released',
    'captured',
    { reservation: { status: 'released' } },
    { 2: 'settle captured' },
  ],
  ['an order without reservation', 'captured', { reservation: null }, { 2: null }],
  [
    'an order of more than its reservation',
    'captured',
    { session: { items: MUGS }, order: { items: MUGS } },
    { 2: null },
  ],
  [
    'a session that is behind a capture',
    'captured',
    { session: { status: 'payment_pending', payment_status: 'created' } },
    { 3: 'settle captured' },
  ],
  [
    'a session that is behind a refund',
    'refunded',
    { session: { payment_status: 'captured' } },
    { 3: 'settle refunded-2000' },
  ],
  [
    'a session that is behind a cancellation',
    'cancelled',
    { session: { status: 'payment_pending', payment_status: 'created' } },
    { 3: 'settle released' },
  ],
  [
    'a session that is ahead with a refund',
    'captured',
    { session: { payment_status: 'refunded' } },
    { 3: 'ask_paypal' },
  ],
  [
    'a session that is ahead with a cancellation',
    'created',
    { session: { payment_status: 'cancelled' } },
    { 3: 'ask_paypal' },
  ],
  ['a session without payment status', 'created', { session: { payment_status: null } }, { 3: null }],
  ['a session that references another payment', 'captured', { session: { payment_id: 'pay_ELSE' } }, { 3: null }],
  [
    'a payment that references another session',
    'captured',
    { payment: { checkout_session_id: 'cs_ELSE' } },
    { 3: null },
  ],
  ['a payment without session', 'created', { session: null }, { 3: null }],
  ['a session that reports a payment that does not exist', 'cancelled', { payment: null }, { 3: null }],
  [
    'a held reservation of a cancelled payment',
    'cancelled',
    { reservation: { status: 'held' } },
    { 5: 'settle released' },
  ],
  [
    'a held reservation of a declined payment',
    'declined',
    { reservation: { status: 'held' } },
    { 5: 'settle released' },
  ],
  [
    'a committed reservation of a refunded, unshipped order',
    'refunded',
    { reservation: { status: 'committed' } },
    { 5: 'settle refunded-2000' },
  ],
  [
    'a held reservation of a payment refunded under review',
    'refunded under review',
    { reservation: { status: 'held' } },
    { 5: 'settle refunded-1900' },
  ],
  [
    'a completed session whose order is void',
    'refunded under review',
    { session: { status: 'payment_completed' } },
    { 6: null },
  ],
  [
    'a failed session with an order',
    'captured',
    { session: { status: 'payment_failed', payment_status: 'failed' } },
    { 3: 'settle captured', 6: 'settle captured' },
  ],
  ['an expired session that reports a captured payment', 'captured', { session: { status: 'expired' } }, { 6: null }],
  [
    'a captured amount that differs and was not accepted',
    'captured',
    { payment: { captured: { currency: 'EUR', minor: 1900 } }, order: { amount: { currency: 'EUR', minor: 1900 } } },
    { 7: 'refund' },
  ],
  [
    'a captured amount in another currency',
    'captured',
    { payment: { captured: { currency: 'USD', minor: 2000 } }, order: { amount: { currency: 'USD', minor: 2000 } } },
    { 7: 'refund' },
  ],
])('purchaseViolations for %s', (_, history, damage, broken) => {
  it('returns the broken invariants with their repairs', async () => {
    expect(brokenAt(damaged(await purchaseAfter(HISTORIES[history]), damage))).toEqual(broken);
  });

  it('returns nothing within the grace period', async () => {
    expect(brokenAt(damaged(await purchaseAfter(HISTORIES[history]), damage), secondsLater(GRACE - 1))).toEqual({});
  });
});

describe('purchaseViolations for a held reservation without a payment', () => {
  const heldPurchase = async (more: Purchase = {}): Promise<Purchase> => {
    const { session, reservation } = await purchaseAfter(HISTORIES.created);
    const open = { ...(session as Session), status: 'open', payment_id: null, payment_status: null } as const;
    return { session: open, reservation, ...more };
  };
  const HOLD_SECONDS = HOLD_MINUTES * 60;
  const RELEASE_GRACE_SECONDS = 15 * 60;

  it('releases it 15 minutes after its expiry', async () => {
    const purchase = await heldPurchase();

    expect(brokenAt(purchase, secondsLater(HOLD_SECONDS + RELEASE_GRACE_SECONDS - 1))).toEqual({});
    expect(brokenAt(purchase, secondsLater(HOLD_SECONDS + RELEASE_GRACE_SECONDS))).toEqual({ 5: 'release_stock' });
  });

  it('finds it without a session', async () => {
    const [violation] = violationsAt(await heldPurchase({ session: undefined }), YEARS_LATER);

    expect(violation).toMatchObject({ invariant: 'reservation_released', subject: expect.stringMatching(/^cs_/) });
  });
});

describe('purchaseViolations for a purchase without money that DynamoDB is deleting', () => {
  const DAY = 24 * 3600;
  const ROWS = ['payment', 'session', 'reservation'] as const;

  it.each(ROWS)('finds nothing when its %s is gone after 30 days', async (row) => {
    const purchase = damaged(await purchaseAfter(HISTORIES.cancelled), { [row]: null });

    expect(violationsAt(purchase, secondsLater(30 * DAY + 1))).toEqual([]);
  });

  it.each(ROWS)('finds nothing when only its %s is left after 30 days', async (row) => {
    const { [row]: left } = await purchaseAfter(HISTORIES.cancelled);

    expect(violationsAt({ [row]: left }, secondsLater(30 * DAY + 1))).toEqual([]);
  });

  it('finds its missing session before', async () => {
    const purchase = damaged(await purchaseAfter(HISTORIES.cancelled), { session: null });

    expect(brokenAt(purchase, secondsLater(29 * DAY))).toEqual({ 3: null });
  });

  it.each<[string, History, Damage, number[]]>([
    ['an order', 'captured', { payment: null }, [2, 3]],
    ['a session that was paid', 'captured', { payment: null, order: null }, [3, 6]],
    ['a session that was refunded', 'refunded', { payment: null, order: null }, [3]],
    ['a paid payment', 'captured', { session: null }, [2, 3]],
    ['a paid payment without other rows', 'captured', { session: null, order: null, reservation: null }, [1, 3]],
    [
      'an order beside rows without money',
      'captured',
      {
        payment: { status: 'cancelled' },
        session: { status: 'payment_failed', payment_status: 'cancelled' },
        reservation: { status: 'released' },
      },
      [2],
    ],
    ['an open session', 'cancelled', { payment: null, session: { status: 'payment_pending' } }, [3]],
    ['a held reservation', 'cancelled', { payment: null, reservation: { status: 'held' } }, [3, 5]],
  ])('goes on to check %s', async (_, history, damage, broken) => {
    const purchase = damaged(await purchaseAfter(HISTORIES[history]), damage);

    expect(Object.keys(brokenAt(purchase, YEARS_LATER)).map(Number)).toEqual(expect.arrayContaining(broken));
  });
});

it('purchaseViolations accepts a held reservation while the capture is pending', async () => {
  expect(violationsAt(await purchaseAfter(HISTORIES['capture pending']), YEARS_LATER)).toEqual([]);
});

it('purchaseViolations returns nothing for an order without other rows within the grace period', async () => {
  const { order } = await purchaseAfter(HISTORIES.captured);

  expect(brokenAt({ order }, secondsLater(GRACE - 1))).toEqual({});
  expect(brokenAt({ order })).toEqual({ 2: null });
  expect(violationsAt({ order }, LATER)[0]?.subject).toBe(order?.order_id);
});
