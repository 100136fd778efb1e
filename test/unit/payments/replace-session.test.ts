import { describe, expect, it } from 'vitest';
import type { BasketLine } from '../../../src/checkout/open-session.ts';
import type { Reservation } from '../../../src/inventory/reservation.ts';
import { stockRepository } from '../../../src/inventory/stock-repository.ts';
import { cancelForBuyer } from '../../../src/payments/cancel-payment.ts';
import { type ReplaceSessionDeps, replaceSession } from '../../../src/payments/replace-session.ts';
import { reconcileReservation } from '../../../src/reconciliation/reconcile-reservation.ts';
import { paymentIdOf, type SessionId } from '../../../src/shared/ids.ts';
import { crashesWithin, crashingProcess } from '../../support/in-memory/crashing-process.ts';
import { dynamoInMemory } from '../../support/in-memory/dynamo.ts';
import { product, type ShopInMemory, shopInMemory } from '../../support/in-memory/shop.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const UNKNOWN = 'cs_01BX5ZZKBKACTAV9WEVGEMMVRZ';
const line = (sku: string, quantity: number): BasketLine => ({ sku, quantity });

const depsOf = (shop: ShopInMemory, prefix = '02'): ReplaceSessionDeps => {
  let ulids = 0;
  return {
    stock: shop.stock.repository,
    sessions: shop.sessions.repository,
    payments: shop.payments.repository,
    evidenceApplier: shop.evidenceApplier,
    ulid: () => `${prefix}${(++ulids).toString().padStart(24, '0')}`,
    now: () => NOW,
    dueAfterSeconds: 120,
  };
};

/** Two mugs and a plate, and one session with both mugs. */
async function shopWithSession() {
  const process = crashingProcess();
  const shop = shopInMemory({ products: [product(2), product(1, 'PLATE')], gate: process.gate });
  const deps = depsOf(shop);
  const first = (await shop.open(line('MUG', 2))) ?? expect.fail('out of stock');
  const counters = (sku: string) => {
    const { available, reserved, sold } = shop.stock.products.get(sku) ?? product(0);
    return [available, reserved, sold];
  };
  return {
    shop,
    process,
    first,
    counters,
    replace: (...basket: BasketLine[]) => replaceSession(deps, first, basket),
    session: (id: SessionId = first) => shop.sessions.rows.get(id),
    reservation: (id: SessionId = first) => shop.stock.reservations.get(id),
    begin: () => shop.beginPayment(first),
  };
}

const opened = (result: Awaited<ReturnType<typeof replaceSession>>) => {
  if (result.outcome !== 'opened') throw new Error(result.outcome);
  return result.session;
};

describe('replaceSession', () => {
  it('keeps the last items for the shopper who has reserved them, and takes what is added', async () => {
    const { replace, counters, session, reservation } = await shopWithSession();

    const { checkout_session_id: id, status, items } = opened(await replace(line('MUG', 2), line('PLATE', 1)));

    expect([status, items.map(({ sku, quantity }) => [sku, quantity])]).toEqual([
      'open',
      [
        ['MUG', 2],
        ['PLATE', 1],
      ],
    ]);
    expect(session()?.status).toBe('expired');
    expect(reservation()).toMatchObject({ status: 'released', items: [line('MUG', 2)] });
    expect(reservation(id)).toMatchObject({ status: 'held', items: [line('MUG', 2), line('PLATE', 1)] });
    expect([counters('MUG'), counters('PLATE')]).toEqual([
      [0, 2, 0],
      [0, 1, 0],
    ]);
  });

  it.each([
    ['fewer items', [line('MUG', 1)], [1, 1, 0], [1, 0, 0]],
    ['other items', [line('PLATE', 1)], [2, 0, 0], [0, 1, 0]],
  ])('makes the rest available for %s', async (_, basket, mugs, plates) => {
    const { replace, counters } = await shopWithSession();

    opened(await replace(...basket));

    expect([counters('MUG'), counters('PLATE')]).toEqual([mugs, plates]);
  });

  it('leaves the session as it is when an item is missing, and counts its own as available', async () => {
    const { replace, counters, session, reservation } = await shopWithSession();

    expect(await replace(line('MUG', 3), line('PLATE', 1))).toEqual({
      outcome: 'out_of_stock',
      items: [{ sku: 'MUG', requested: 3, available: 2 }],
    });

    expect([session()?.status, reservation()?.status]).toEqual(['open', 'held']);
    expect([counters('MUG'), counters('PLATE')]).toEqual([
      [0, 2, 0],
      [1, 0, 0],
    ]);
  });

  it('leaves the session as it is when another shopper takes the item between read and write', async () => {
    const { shop, process, replace, counters, session, reservation } = await shopWithSession();
    process.before('stock.reserve', () =>
      shop.stock.products.set('PLATE', { ...product(1, 'PLATE'), available: 0, sold: 1 }),
    );

    expect(await replace(line('MUG', 1), line('PLATE', 1))).toEqual({
      outcome: 'out_of_stock',
      items: [{ sku: 'PLATE', requested: 1, available: 0 }],
    });

    expect([session()?.status, reservation()?.status, counters('MUG')]).toEqual(['open', 'held', [0, 2, 0]]);
  });

  it('opens a session like any other when the former one is over', async () => {
    const { shop, first, replace, counters } = await shopWithSession();
    await shop.release(first);

    opened(await replace(line('MUG', 1)));

    expect(counters('MUG')).toEqual([1, 1, 0]);
  });

  it('hands over what an expired session still holds', async () => {
    const { shop, first, replace, counters } = await shopWithSession();
    await shop.sessions.repository.expire(first);

    opened(await replace(line('MUG', 2)));

    expect(counters('MUG')).toEqual([0, 2, 0]);
  });

  it('leaves the payment of a session deleted, when it ended long ago', async () => {
    const { replace, shop, first, begin, reservation } = await shopWithSession();
    await begin();
    await cancelForBuyer(shop.evidenceApplier, shop.payments.rows.get(paymentIdOf(first)) ?? expect.fail('no payment'));
    await shop.finish();
    shop.payments.rows.delete(paymentIdOf(first));
    shop.stock.reservations.delete(first);

    expect((await replace(line('MUG', 1))).outcome).toBe('opened');
    expect([shop.payments.rows.get(paymentIdOf(first)), reservation()]).toEqual([undefined, undefined]);
  });

  it('returns unknown_session for a session that does not exist', async () => {
    const { shop } = await shopWithSession();

    expect(await replaceSession(depsOf(shop), UNKNOWN, [line('PLATE', 1)])).toEqual({ outcome: 'unknown_session' });
  });

  const CALLS = [
    'stock.reservation',
    'stock.productsOf',
    'stock.reserve',
    'sessions.expire',
    'stock.handOver',
    'sessions.create',
  ];

  it.each(CALLS)('gives two tabs one session for the last items (the other begins at %s)', async (call) => {
    const { shop, process, first, replace, counters } = await shopWithSession();
    const deps = depsOf(shop, '03');
    let other: ReturnType<typeof replaceSession> | undefined;
    process.before(call, () => {
      other = replaceSession(deps, first, [line('MUG', 2)]);
    });

    const results = [await replace(line('MUG', 2)), await other];

    expect(results.map((result) => result?.outcome).toSorted()).toEqual(['opened', 'out_of_stock']);
    expect(counters('MUG')).toEqual([0, 2, 0]);
  });

  it.each(CALLS)(
    'gives two tabs a session each when there is stock for both (the other begins at %s)',
    async (call) => {
      const { shop, process, first, replace, counters } = await shopWithSession();
      const deps = depsOf(shop, '03');
      let other: ReturnType<typeof replaceSession> | undefined;
      process.before(call, () => {
        other = replaceSession(deps, first, [line('MUG', 1)]);
      });

      const results = [await replace(line('MUG', 1)), await other];

      expect(results.map((result) => result?.outcome)).toEqual(['opened', 'opened']);
      expect(counters('MUG')).toEqual([0, 2, 0]);
    },
  );

  describe('with a payment', () => {
    it('cancels an undecided one, and hands its stock over', async () => {
      const { shop, first, begin, replace, counters, session } = await shopWithSession();
      await begin();

      const { checkout_session_id: id } = opened(await replace(line('MUG', 2), line('PLATE', 1)));
      await shop.finish();

      expect(shop.payments.rows.get(paymentIdOf(first))).toMatchObject({ status: 'cancelled', open: {} });
      expect([session()?.status, session(id)?.status]).toEqual(['payment_failed', 'open']);
      expect([counters('MUG'), counters('PLATE')]).toEqual([
        [0, 2, 0],
        [0, 1, 0],
      ]);
    });

    it('takes its stock again when its settlement has released it first', async () => {
      const { shop, process, first, begin, replace, counters, reservation } = await shopWithSession();
      await begin();
      process.before('stock.handOver', () => {
        shop.stock.reservations.set(first, { ...(reservation() as Reservation), status: 'released' });
        shop.stock.products.set('MUG', product(2));
      });

      opened(await replace(line('MUG', 2)));

      expect(counters('MUG')).toEqual([0, 2, 0]);
    });

    it('cancels one that has no PayPal order yet', async () => {
      const { shop, process, first, begin, replace, counters } = await shopWithSession();
      process.crashOnCall('paypal.createOrder');
      await begin().catch(() => undefined);

      opened(await replace(line('MUG', 2)));
      await shop.finish();

      expect(shop.payments.rows.get(paymentIdOf(first))).toMatchObject({ status: 'cancelled', open: {} });
      expect(counters('MUG')).toEqual([0, 2, 0]);
    });

    it('cancels one whose beginning failed before it was stored', async () => {
      const { shop, process, first, begin, replace, counters } = await shopWithSession();
      process.crashOnCall('payments.create');
      await begin().catch(() => undefined);

      opened(await replace(line('MUG', 2)));
      await shop.finish();

      expect(shop.payments.rows.get(paymentIdOf(first))).toMatchObject({ status: 'cancelled', open: {} });
      expect(counters('MUG')).toEqual([0, 2, 0]);
    });

    it.each(['instant', 'pending'] as const)('leaves one whose money is %s, and reserves nothing', async (funding) => {
      const { shop, first, begin, replace, counters, session } = await shopWithSession();
      const orderId = await begin();
      shop.paypal.approve(orderId, funding);
      await shop.capture(paymentIdOf(first), 'return');

      expect(await replace(line('MUG', 1), line('PLATE', 1))).toEqual({
        outcome: 'payment_decided',
        payment_id: paymentIdOf(first),
      });

      expect(session()?.status).toBe('payment_pending');
      expect([counters('MUG'), counters('PLATE')]).toEqual([
        [0, 2, 0],
        [1, 0, 0],
      ]);
    });

    it('reports a completed one even where stock is missing', async () => {
      const { shop, first, begin, replace } = await shopWithSession();
      shop.paypal.approve(await begin(), 'instant');
      await shop.capture(paymentIdOf(first), 'return');
      await shop.finish();

      expect(await replace(line('MUG', 1))).toMatchObject({ outcome: 'payment_decided' });
    });

    it('leaves one that the buyer has approved in another window', async () => {
      const { shop, begin, replace, counters, session } = await shopWithSession();
      shop.paypal.approve(await begin());

      expect(await replace(line('MUG', 1))).toMatchObject({ outcome: 'payment_decided' });

      expect([session()?.status, counters('MUG')]).toEqual(['payment_pending', [0, 2, 0]]);
    });

    it('reserves nothing when PayPal does not respond', async () => {
      const { process, begin, replace, counters, session } = await shopWithSession();
      await begin();
      process.crashOnCall('paypal.getOrder');

      await expect(replace(line('MUG', 1), line('PLATE', 1))).rejects.toThrow();

      expect(session()?.status).toBe('payment_pending');
      expect([counters('MUG'), counters('PLATE')]).toEqual([
        [0, 2, 0],
        [1, 0, 0],
      ]);
    });

    it('charges an approval after the replacement only if there is stock', async () => {
      const { shop, first, begin, replace, counters } = await shopWithSession();
      const orderId = await begin();
      opened(await replace(line('MUG', 2)));
      await shop.finish();

      shop.paypal.approve(orderId, 'instant');
      for (const { event } of shop.paypal.events) await shop.deliver(event);
      await shop.finish();

      expect(shop.payments.rows.get(paymentIdOf(first))?.status).toBe('cancelled');
      expect(counters('MUG')).toEqual([0, 2, 0]);
    });
  });
});

describe('replaceSession that crashes', () => {
  /** The real repository of stock, over tables in memory. */
  async function crashedAt(crash: (typeof CRASHES)[number]) {
    const process = crashingProcess();
    const shop = shopInMemory({ products: [], gate: process.gate });
    const tables = dynamoInMemory({ products: 'sku', reservations: 'checkout_session_id' });
    for (const each of [product(3), product(1, 'PLATE')]) tables.rows('products').set(each.sku, each);
    const stockOf = (now: Date) => ({
      ...stockRepository(
        tables.client(({ command }, effect) => process.gate(command, effect)),
        { products: 'products', reservations: 'reservations' },
        () => now,
      ),
      productsOf: async () => ({
        products: [...tables.rows('products').values()] as ReturnType<typeof product>[],
        unreadable: [],
      }),
    });
    const deps = { ...depsOf(shop), stock: stockOf(NOW) };
    const first = 'cs_01000000000000000000000001';
    await deps.stock.reserve({
      checkout_session_id: first,
      status: 'held',
      items: [line('MUG', 2)],
      expires_at: '2026-06-01T12:10:00.000Z',
    });
    await shop.sessions.repository.create({
      checkout_session_id: first,
      status: 'open',
      items: [],
      amount: { currency: 'EUR', minor: 1 },
      expires_at: '2026-06-01T12:10:00.000Z',
      payment_id: null,
      payment_status: null,
      created_at: NOW.toISOString(),
    });
    process.crashOn(crash);
    const result = await replaceSession(deps, first, [line('MUG', 1), line('PLATE', 1)]).catch(() => undefined);
    process.crashOn(undefined);

    const counters = () =>
      ['MUG', 'PLATE'].map((sku) => {
        const { available, reserved, sold } = tables.rows('products').get(sku) ?? {};
        return [available, reserved, sold];
      });
    const reservations = () => [...tables.rows('reservations').values()] as Reservation[];
    return {
      result,
      repeat: () => replaceSession({ ...deps, ...depsOf(shop, '03'), stock: deps.stock }, first, [line('MUG', 2)]),
      counters,
      reservations,
      sessions: shop.sessions.rows,
      /** As the reservations job does once the sessions without payment have expired. */
      async reconcile() {
        const later = new Date(NOW.getTime() + 3_600_000);
        const reconciled = { ...deps, stock: stockOf(later), now: () => later };
        // Twice: the first run ends pending moves.
        for (const _ of [1, 2])
          for (const { checkout_session_id: id, status, pending } of reservations())
            if (status === 'held' || pending) await reconcileReservation(reconciled, id);
      },
    };
  }
  const CRASHES = crashesWithin(14);

  it.each(CRASHES)('at call $at, $when it, can be repeated', async (crash) => {
    const { result, repeat } = await crashedAt(crash);

    // It has opened the session without knowing.
    if (result) return;
    expect(await repeat()).toMatchObject({ outcome: 'opened' });
  });

  it.each(CRASHES)('at call $at, $when it, loses and doubles no stock', async (crash) => {
    const { result, counters, reservations, sessions, reconcile } = await crashedAt(crash);
    const heldBefore = reservations().filter(({ status, pending }) => status === 'held' && !pending);
    // A session can be paid only with all its items.
    for (const [id, { status, items }] of sessions)
      if (status === 'open' && items.length > 0)
        expect(heldBefore.find((one) => one.checkout_session_id === id)?.items).toEqual([
          line('MUG', 1),
          line('PLATE', 1),
        ]);

    await reconcile();

    expect(reservations().filter(({ status, pending }) => status === 'held' || pending)).toEqual([]);
    expect(counters()).toEqual([
      [3, 0, 0],
      [1, 0, 0],
    ]);
    expect(result === undefined || result.outcome === 'opened').toBe(true);
  });
});
