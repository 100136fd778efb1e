import { describe, expect, it } from 'vitest';
import { HOLD_MINUTES } from '../../../src/checkout/hold-minutes.ts';
import { type BasketLine, openSession } from '../../../src/checkout/open-session.ts';
import { isSessionId } from '../../../src/shared/ids.ts';
import { crashesWithin, crashingProcess, survives } from '../../support/in-memory/crashing-process.ts';
import { product } from '../../support/in-memory/shop.ts';
import { sessionsInMemory, stockInMemory } from '../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Three mugs for 10 euros, one plate for 25, and a book in dollars. */
function shop() {
  const process = crashingProcess();
  const book = product(5, 'BOOK', 900);
  const stock = stockInMemory(process.gate, [
    product(3, 'MUG', 1000),
    product(1, 'PLATE', 2500),
    { ...book, price: { currency: 'USD', minor: 900 } },
  ]);
  const sessions = sessionsInMemory(process.gate);
  let ulids = 0;
  const ulid = () => `01${(++ulids).toString().padStart(24, '0')}`;
  const left = (sku: string) => stock.products.get(sku)?.available;
  return {
    stock,
    sessions,
    process,
    left,
    open: (...basket: BasketLine[]) =>
      openSession({ stock: stock.repository, sessions: sessions.repository, ulid, now: () => NOW }, basket),
  };
}

const mugs = (quantity: number): BasketLine => ({ sku: 'MUG', quantity });
const plates = (quantity: number): BasketLine => ({ sku: 'PLATE', quantity });

describe('openSession', () => {
  it('freezes prices and reserves the items for HOLD_MINUTES', async () => {
    const { open, stock, sessions, left } = shop();

    const opened = await open(mugs(2), plates(1));

    if (opened.outcome !== 'opened') throw new Error(opened.outcome);
    const { session } = opened;
    expect(isSessionId(session.checkout_session_id)).toBe(true);
    expect(session).toMatchObject({
      status: 'open',
      amount: { currency: 'EUR', minor: 4500 },
      expires_at: new Date(NOW.getTime() + HOLD_MINUTES * 60_000).toISOString(),
      payment_id: null,
    });
    expect(session.items.map(({ sku, quantity, unit_price }) => [sku, quantity, unit_price.minor])).toEqual([
      ['MUG', 2, 1000],
      ['PLATE', 1, 2500],
    ]);
    expect(sessions.rows.get(session.checkout_session_id)).toEqual(session);
    expect(stock.reservations.get(session.checkout_session_id)).toMatchObject({
      status: 'held',
      expires_at: session.expires_at,
    });
    expect([left('MUG'), left('PLATE')]).toEqual([1, 0]);
  });

  it('keeps its amount when a price changes', async () => {
    const { open, stock, sessions } = shop();
    const opened = await open(mugs(1));
    stock.products.set('MUG', product(3, 'MUG', 9999));

    if (opened.outcome !== 'opened') throw new Error(opened.outcome);
    expect(sessions.rows.get(opened.session.checkout_session_id)?.amount.minor).toBe(1000);
  });

  describe('reservation', () => {
    it('is not made when one product is short, which the result names', async () => {
      const { open, sessions, left } = shop();

      expect(await open(mugs(2), plates(2))).toEqual({
        outcome: 'out_of_stock',
        items: [{ sku: 'PLATE', requested: 2, available: 1 }],
      });
      expect([left('MUG'), left('PLATE'), sessions.rows.size]).toEqual([3, 1, 0]);
    });

    it('is not made for an unknown product', async () => {
      const { open, left } = shop();

      expect(await open(mugs(1), { sku: 'MOON', quantity: 1 })).toEqual({ outcome: 'unknown_product', skus: ['MOON'] });
      expect(left('MUG')).toBe(3);
    });

    it('is not made for prices in two currencies', async () => {
      const { open, left } = shop();

      expect(await open(mugs(1), { sku: 'BOOK', quantity: 1 })).toEqual({ outcome: 'mixed_currencies' });
      expect(left('MUG')).toBe(3);
    });
  });

  it('reserves the last item once when called concurrently', async () => {
    const { open, left } = shop();

    const all = await Promise.all([1, 2, 3, 4].map(() => open(plates(1))));

    expect(all.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1);
    expect(left('PLATE')).toBe(0);
  });

  it.each(crashesWithin(3))(
    'creates no session without reservation when it crashes at call $at, $when it',
    async (crash) => {
      const { open, process, sessions, stock } = shop();
      process.crashOn(crash);

      expect(await survives(() => open(mugs(1)))).toBe(false);

      for (const id of sessions.rows.keys()) expect(stock.reservations.get(id)?.status).toBe('held');
    },
  );
});
