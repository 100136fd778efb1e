import { describe, expect, it } from 'vitest';
import { HOLD_MINUTES } from '../../../src/checkout/hold-minutes.ts';
import { openSession } from '../../../src/checkout/open-session.ts';
import type { Session } from '../../../src/checkout/session.ts';
import { beginPayment } from '../../../src/payments/begin-payment.ts';
import { isGivenUp } from '../../../src/payments/transitions.ts';
import { reservationsJob } from '../../../src/reconciliation/jobs/reservations.ts';
import { nextAction } from '../../../src/reconciliation/reconcile-reservation.ts';
import { paymentIdOf, type SessionId } from '../../../src/shared/ids.ts';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { jobRunAt } from '../../support/builders/job-runs.ts';
import { paymentThatIs, SESSION } from '../../support/builders/payments.ts';
import { product, type ShopInMemory, shopInMemory } from '../../support/in-memory/shop.ts';

const OPENED = new Date('2026-06-01T12:00:00.000Z');
const EXPIRED = new Date(OPENED.getTime() + (HOLD_MINUTES + 1) * 60_000);
let ulids = 0;

/** A session that the shopper leaves without a payment. */
async function abandonedSession(shop: ShopInMemory, sku = 'MUG'): Promise<SessionId> {
  const opened = await openSession(
    {
      stock: shop.stock.repository,
      sessions: shop.sessions.repository,
      ulid: () => `03${(++ulids).toString().padStart(24, '0')}`,
      now: () => OPENED,
    },
    [{ sku, quantity: 2 }],
  );
  if (opened.outcome !== 'opened') throw new Error(opened.outcome);
  return opened.session.checkout_session_id;
}

const depsOf = (shop: ShopInMemory, now = EXPIRED) => ({
  stock: shop.stock.repository,
  sessions: shop.sessions.repository,
  payments: shop.payments.repository,
  dueAfterSeconds: 120,
  now: () => now,
});

const raise = (_: string, error: Error): void => {
  throw error;
};
const run = (shop: ShopInMemory, now = EXPIRED, onError = raise) =>
  reservationsJob(depsOf(shop, now))(jobRunAt(now, { onError }));

const begin = (shop: ShopInMemory, id: SessionId) =>
  beginPayment(
    {
      ...depsOf(shop, OPENED),
      createOrder: shop.paypal.client.createOrder,
      storefrontOrigin: 'https://shop.example',
    },
    id,
  );

describe('reservationsJob without a payment', () => {
  it('expires the session and releases its stock', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 8, reserved: 2 });

    expect(await run(shop)).toMatchObject({ figures: { checked: 1, released: 1, failed: 0 }, repaired: 0 });

    expect(shop.sessions.rows.get(id)).toMatchObject({ status: 'expired', payment_id: null });
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
    expect(shop.stock.due.size).toBe(0);
  });

  it('changes nothing before the session expires', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);

    await run(shop, new Date(OPENED.getTime() + HOLD_MINUTES * 60_000 - 1000));

    expect(shop.sessions.rows.get(id)?.status).toBe('open');
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
  });

  it('leaves an expired session that cannot be paid', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await run(shop);

    expect(await begin(shop, id)).toMatchObject({ outcome: 'session_over' });
    expect(shop.paypal.orders.size).toBe(0);
  });

  it('keeps the stock when a payment is begun concurrently', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    const deps = depsOf(shop);
    const slow = {
      ...deps,
      sessions: {
        ...deps.sessions,
        // A payment is begun between the read and the write.
        expire: async (session: SessionId) => {
          await begin(shop, id);
          return deps.sessions.expire(session);
        },
      },
    };

    const { figures } = await reservationsJob(slow)(jobRunAt(EXPIRED));

    expect(figures).toMatchObject({ checked: 1, released: 0 });
    expect(shop.sessions.rows.get(id)?.status).toBe('payment_pending');
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
  });

  it('releases the stock when an earlier run failed after expiring the session', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await shop.sessions.repository.expire(id);

    await run(shop);

    expect(shop.stock.reservations.get(id)?.status).toBe('released');
  });
});

describe('reservationsJob', () => {
  it('releases stock without a session', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    shop.sessions.rows.delete(id);

    await run(shop);

    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('creates the missing payment, whose expiry releases the stock', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await shop.sessions.repository.beginPayment(id, EXPIRED);

    await run(shop);
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
    await shop.reconcilePayment(paymentIdOf(id), 'expiry');
    await shop.finish();

    expect(shop.payments.rows.get(paymentIdOf(id))?.status).toBe('expired');
    expect(shop.sessions.rows.get(id)?.status).toBe('expired');
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('reschedules a reservation whose payment is undecided', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await begin(shop, id);

    await run(shop);

    expect(shop.stock.reservations.get(id)?.status).toBe('held');
    expect(shop.stock.due.get(id)?.getTime()).toBeGreaterThan(EXPIRED.getTime());
  });

  it('releases stock once when two runs overlap', async () => {
    const shop = shopInMemory();
    await abandonedSession(shop);

    await Promise.all([run(shop), run(shop)]);

    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('releases other reservations when those of a deleted product fail', async () => {
    const shop = shopInMemory({ products: [product(10), product(10, 'GONE')] });
    for (let i = 0; i < 5; i++) await abandonedSession(shop, 'GONE');
    const id = await abandonedSession(shop);
    shop.stock.products.delete('GONE');
    const ignore = () => undefined;

    await run(shop, EXPIRED, ignore);
    await run(shop, EXPIRED, ignore);

    expect(shop.stock.reservations.get(id)?.status).toBe('released');
  });
});

describe('reservationsJob with a pending move', () => {
  /** A reservation whose move to `held` has been left by its caller. */
  async function movingReservation(shop: ShopInMemory) {
    const id = await abandonedSession(shop);
    const { repository, reservations } = shop.stock;
    const held = reservations.get(id);
    if (!held) throw new Error('no reservation');
    reservations.set(id, {
      ...held,
      status: 'released',
      last_move: `${id}/12345678`,
      pending: { to: 'held', counters: ['available', 'reserved'], begun_at: OPENED.toISOString() },
    });
    const resume = async () => {
      reservations.set(id, held);
      return held;
    };
    return { id, deps: { ...depsOf(shop), stock: { ...repository, resume } } };
  }

  it('ends the move, and keeps the stock of a session that exists', async () => {
    const shop = shopInMemory();
    const { id, deps } = await movingReservation(shop);

    const { figures } = await reservationsJob(deps)(jobRunAt(EXPIRED));

    expect(figures).toMatchObject({ checked: 1, released: 0, failed: 0 });
    expect(shop.stock.reservations.get(id)).toMatchObject({ status: 'held' });
    expect(shop.stock.reservations.get(id)).not.toHaveProperty('pending');
    expect(shop.sessions.rows.get(id)?.status).toBe('open');
  });

  it('ends the move, and releases the stock of a session that was never opened', async () => {
    const shop = shopInMemory();
    const { id, deps } = await movingReservation(shop);
    shop.sessions.rows.delete(id);

    const { figures } = await reservationsJob(deps)(jobRunAt(EXPIRED));

    expect(figures).toMatchObject({ checked: 1, released: 1, failed: 0 });
    expect(shop.stock.reservations.get(id)?.status).toBe('released');
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });
});

describe('nextAction', () => {
  const session: Session = {
    checkout_session_id: SESSION,
    status: 'payment_pending',
    items: [],
    amount: { currency: 'EUR', minor: 1 },
    expires_at: EXPIRED.toISOString(),
    payment_id: paymentIdOf(SESSION),
    payment_status: 'created',
    created_at: OPENED.toISOString(),
  };

  it.each(PAYMENT_STATUSES)(
    'releases the stock of a payment that is %s only if it was given up with nothing open',
    (status) => {
      const payment = paymentThatIs(status);
      const open = {
        released: {
          payment_id: payment.payment_id,
          checkout_session_id: SESSION,
          outcome: 'released' as const,
          payment_status: status,
          captured: null,
          refunded_minor: 0,
        },
      };

      expect(nextAction(session, payment)).toBe(isGivenUp(status) ? 'release' : 'wait');
      expect(nextAction(session, { ...payment, open })).toBe('wait');
    },
  );
});

describe('reservationsJob measures stock held without payment', () => {
  /** Open sessions with two mugs each. */
  async function heldBy(sessions: number, mugs: number) {
    const shop = shopInMemory({ products: [product(mugs), product(1, 'PLATE')] });
    const ids: SessionId[] = [];
    for (let i = 0; i < sessions; i++)
      ids.push((await shop.open({ sku: 'MUG', quantity: 2 })) ?? expect.fail('out of stock'));
    return { shop, ids };
  }

  it.each([
    ['half of the stock', 6, 24, 1],
    ['less than half of it', 6, 25, 0],
    ['no more than one order may have', 5, 10, 0],
    ['nothing', 0, 10, 0],
  ])('and counts a product of which they hold %s', async (_, sessions, mugs, expected) => {
    const { shop } = await heldBy(sessions, mugs);

    const { figures, measurements } = await run(shop, OPENED);

    expect(measurements).toEqual([['StockHeldUnpaid', expected]]);
    expect(figures['held_without_payment.MUG']).toBe(expected ? 2 * sessions : undefined);
  });

  it('but not what is held for payments', async () => {
    const { shop, ids } = await heldBy(6, 12);
    for (const id of ids) await shop.beginPayment(id);

    expect((await run(shop, OPENED)).measurements).toEqual([['StockHeldUnpaid', 0]]);
  });

  it('nor what was released while the index still has it', async () => {
    const { shop, ids } = await heldBy(6, 12);
    for (const id of ids) {
      await shop.release(id);
      shop.stock.due.set(id, EXPIRED);
    }

    expect((await run(shop, OPENED)).measurements).toEqual([['StockHeldUnpaid', 0]]);
  });

  it('and finishes without the metric when the sessions cannot be read', async () => {
    const { shop } = await heldBy(6, 12);
    const errors: string[] = [];
    const deps = depsOf(shop);
    const getAll = () => Promise.reject(new Error('unreadable'));
    const job = reservationsJob({ ...deps, sessions: { ...deps.sessions, getAll } });

    const { measurements } = await job(jobRunAt(OPENED, { onError: (part) => errors.push(part) }));

    expect([measurements, errors]).toEqual([undefined, ['held stock']]);
  });
});
