import { describe, expect, it } from 'vitest';
import { releaseHeldStock } from '../../../src/reconciliation/release-held-stock.ts';
import type { SessionId } from '../../../src/shared/ids.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';
import type { Gate } from '../../support/in-memory/tables.ts';

/** A shop with mugs and plates; `runBefore` sets what runs before the next call of that name. */
function shopWithHooks(mugs = 10) {
  const hooks = new Map<string, () => Promise<unknown>>();
  const gate: Gate = async (call, effect) => {
    const hook = hooks.get(call);
    hooks.delete(call);
    await hook?.();
    return effect();
  };
  const shop = shopInMemory({ products: [product(mugs), product(10, 'PLATE')], gate });
  const deps = { stock: shop.stock.repository, sessions: shop.sessions.repository };
  return {
    shop,
    deps,
    runBefore: (call: string, hook: () => Promise<unknown>) => void hooks.set(call, hook),
    release: () => releaseHeldStock(deps, 'MUG'),
    open: async (quantity = 2, plates = 0): Promise<SessionId> =>
      (await shop.open({ sku: 'MUG', quantity }, ...(plates ? [{ sku: 'PLATE', quantity: plates }] : []))) ??
      expect.fail('out of stock'),
  };
}

const NOTHING = { released: { sessions: 0, pieces: 0 }, remaining: false };

describe('releaseHeldStock', () => {
  it('closes the sessions that hold the product, and gives all their stock back', async () => {
    const { shop, open, release } = shopWithHooks();
    const ids = [await open(2), await open(3, 4)];

    expect(await release()).toEqual({ released: { sessions: 2, pieces: 5 }, remaining: false });

    for (const id of ids) expect(shop.sessions.rows.get(id)).toMatchObject({ status: 'expired', payment_id: null });
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
    expect(shop.stock.products.get('PLATE')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('leaves sessions that hold other products', async () => {
    const { shop, release } = shopWithHooks();
    await shop.open({ sku: 'PLATE', quantity: 1 });

    expect(await release()).toEqual(NOTHING);
    expect(shop.stock.products.get('PLATE')).toMatchObject({ available: 9, reserved: 1 });
  });

  it('leaves what is held for payments', async () => {
    const { shop, open, release } = shopWithHooks();
    await shop.beginPayment(await open());

    expect(await release()).toEqual(NOTHING);
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 8, reserved: 2 });
  });

  it('releases nothing the second time', async () => {
    const { open, release } = shopWithHooks();
    await open();

    expect(await release()).toMatchObject({ released: { sessions: 1 } });
    expect(await release()).toEqual(NOTHING);
  });

  it('leaves a session whose payment begins before it is closed', async () => {
    const { shop, open, runBefore, release } = shopWithHooks();
    const id = await open();
    runBefore('sessions.expire', () => shop.beginPayment(id));

    expect(await release()).toEqual(NOTHING);
    expect(shop.sessions.rows.get(id)).toMatchObject({ status: 'payment_pending' });
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 8, reserved: 2 });
  });

  it('leaves no payment to a session that it has closed', async () => {
    const { shop, open, runBefore, release } = shopWithHooks();
    const id = await open();
    runBefore('stock.move', () => expect(shop.beginPayment(id)).rejects.toThrow('session_over'));

    expect(await release()).toEqual({ released: { sessions: 1, pieces: 2 }, remaining: false });
    expect(shop.paypal.orders.size).toBe(0);
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('finishes what an interrupted call has begun', async () => {
    const { shop, open, release } = shopWithHooks();
    await shop.sessions.repository.expire(await open());

    expect(await release()).toEqual({ released: { sessions: 1, pieces: 2 }, remaining: false });
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('counts each session once when two calls overlap', async () => {
    const { shop, open, release } = shopWithHooks();
    await open();
    await open();

    const results = await Promise.all([release(), release()]);

    expect(results.reduce((sum, { released }) => sum + released.sessions, 0)).toBe(2);
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('releases a hundred sessions, and the others with the next call', async () => {
    const { open, release } = shopWithHooks(101);
    for (let i = 0; i < 101; i++) await open(1);

    expect(await release()).toEqual({ released: { sessions: 100, pieces: 100 }, remaining: true });
    expect(await release()).toEqual({ released: { sessions: 1, pieces: 1 }, remaining: false });
  });

  it('says that more may remain when there are more reservations than it reads', async () => {
    const { deps } = shopWithHooks();
    async function* due(): AsyncGenerator<SessionId> {
      for (let i = 0; i <= 5000; i++) yield `cs_${i.toString().padStart(26, '0')}`;
    }

    const stock = { ...deps.stock, due };
    expect(await releaseHeldStock({ ...deps, stock }, 'MUG')).toEqual({ ...NOTHING, remaining: true });
  });

  it('reads a reservation once that the index has twice', async () => {
    const { deps, open } = shopWithHooks();
    const id = await open();
    const stock = {
      ...deps.stock,
      async *due() {
        yield* [id, id];
      },
      reservationsOf(ids: readonly SessionId[]) {
        expect(ids).toEqual([id]);
        return deps.stock.reservationsOf(ids);
      },
    };

    expect(await releaseHeldStock({ ...deps, stock }, 'MUG')).toMatchObject({ released: { sessions: 1 } });
  });

  it('releases the others when one fails, and says that one remains', async () => {
    const { open, runBefore, release } = shopWithHooks();
    await open(2);
    await open(3);
    runBefore('stock.move', () => Promise.reject(new Error('counters too low')));

    expect(await release()).toEqual({ released: { sessions: 1, pieces: 3 }, remaining: true });
    expect(await release()).toEqual({ released: { sessions: 1, pieces: 2 }, remaining: false });
  });

  it('throws when none could be released', async () => {
    const { open, runBefore, release } = shopWithHooks();
    await open();
    runBefore('stock.move', () => Promise.reject(new Error('counters too low')));

    await expect(release()).rejects.toThrow('counters too low');
  });
});
