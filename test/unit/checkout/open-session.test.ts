import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOrderRequest } from '../../../simulator/api/order-request.ts';
import { HOLD_MINUTES } from '../../../src/checkout/hold-minutes.ts';
import { type BasketLine, openSession } from '../../../src/checkout/open-session.ts';
import type { Product } from '../../../src/inventory/product.ts';
import { orderBody } from '../../../src/paypal/order-body.ts';
import { isSessionId } from '../../../src/shared/ids.ts';
import { crashesWithin, crashingProcess, survives } from '../../support/in-memory/crashing-process.ts';
import { product } from '../../support/in-memory/shop.ts';
import { openGate, sessionsInMemory, stockInMemory } from '../../support/in-memory/tables.ts';
import { requestErrors } from '../../support/openapi.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const URLS = { return_url: 'https://shop.example/success', cancel_url: 'https://shop.example/failure' };

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

    it('is not attempted when the read already shows too few items', async () => {
      const { stock, sessions } = shop();
      const reserve = () => Promise.reject(new Error('attempted'));
      const deps = {
        stock: { ...stock.repository, reserve },
        sessions: sessions.repository,
        ulid: () => '',
        now: () => NOW,
      };

      expect(await openSession(deps, [plates(2)])).toEqual({
        outcome: 'out_of_stock',
        items: [{ sku: 'PLATE', requested: 2, available: 1 }],
      });
    });

    it('is not made for an unknown product', async () => {
      const { open, left } = shop();

      expect(await open(mugs(1), { sku: 'MOON', quantity: 1 })).toEqual({ outcome: 'unknown_product', skus: ['MOON'] });
      expect(left('MUG')).toBe(3);
    });

    it('is not made above the limit per order, which the result names', async () => {
      const { open, stock, sessions, left } = shop();
      stock.products.set('MUG', { ...product(30, 'MUG'), max_per_order: 2 });
      stock.products.set('PLATE', product(30, 'PLATE'));

      expect(await open(plates(11), mugs(3))).toEqual({
        outcome: 'above_limit',
        lines: [
          { line: 0, sku: 'PLATE', max: 10 },
          { line: 1, sku: 'MUG', max: 2 },
        ],
      });
      expect(await open(plates(10), mugs(2))).toMatchObject({ outcome: 'opened' });
      expect([left('MUG'), left('PLATE'), sessions.rows.size]).toEqual([28, 20, 1]);
    });

    it.each<[string, Partial<Product>, string]>([
      ['a limit per order of zero', { max_per_order: 0 }, 'max_per_order'],
      ['a blank name', { name: ' \n' }, 'name'],
      ['a negative price', { price: { currency: 'EUR', minor: -1 } }, 'unit_price'],
      ['a currency that PayPal does not support', { price: { currency: 'XXX', minor: 1 } }, 'unit_price'],
      ['a fraction of a minor unit', { price: { currency: 'EUR', minor: 19.99 } }, 'unit_price'],
      ['a price that is text', { price: '19.99' as unknown as Product['price'] }, 'unit_price'],
      ['no name', { name: undefined as unknown as string }, 'name'],
    ])('is not made for a product with %s, which the result names', async (_, change, field) => {
      const { open, stock, sessions, left } = shop();
      stock.products.set('MUG', { ...product(3, 'MUG', 1000), ...change });

      expect(await open(mugs(1))).toEqual({
        outcome: 'not_payable',
        problems: [{ sku: 'MUG', field, detail: expect.any(String) }],
      });
      expect([left('MUG'), stock.reservations.size, sessions.rows.size]).toEqual([3, 0, 0]);
    });

    it.each<[string, Product['price'], Parameters<ReturnType<typeof shop>['open']>]>([
      ['one', { currency: 'EUR', minor: 0 }, [mugs(1)]],
      ['several of one product', { currency: 'EUR', minor: 0 }, [mugs(3)]],
      ['of several products', { currency: 'EUR', minor: 0 }, [mugs(1), { sku: 'GIFT', quantity: 2 }]],
      ['in a currency without decimals', { currency: 'JPY', minor: 0 }, [mugs(1)]],
    ])('is not made for free items alone: %s', async (_, price, basket) => {
      const { open, stock, sessions, left } = shop();
      for (const sku of ['MUG', 'GIFT']) stock.products.set(sku, { ...product(3, sku), price });

      expect(await open(...basket)).toMatchObject({
        outcome: 'not_payable',
        problems: [{ sku: null, field: 'amount' }],
      });
      expect([left('MUG'), stock.reservations.size, sessions.rows.size]).toEqual([3, 0, 0]);
    });

    it('is made for free items beside one that costs the least', async () => {
      const { open, stock } = shop();
      stock.products.set('MUG', product(3, 'MUG', 0));
      stock.products.set('PLATE', product(1, 'PLATE', 1));

      expect(await open(mugs(2), plates(1))).toMatchObject({ outcome: 'opened', session: { amount: { minor: 1 } } });
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

  it('opens only sessions that PayPal accepts as an order, and writes nothing for others', async () => {
    const mostly = <T>(usual: fc.Arbitrary<T>, ...others: readonly fc.Arbitrary<T>[]) =>
      fc.oneof({ weight: 40, arbitrary: usual }, ...others);
    const line = fc.record({
      sku: mostly(fc.string({ minLength: 1, maxLength: 64 }), fc.constantFrom('', ' ', '\u00a0')),
      name: mostly(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
        fc.constantFrom('', ' ', '\n', '\u200b', ' Mug\n', 'n'.repeat(300), `${' '.repeat(200)}x`),
      ),
      minor: mostly(
        fc.nat(100_000),
        fc.constantFrom(-1, 0, 0.5, Number.MAX_SAFE_INTEGER, 999_999_999_999_999, 2 ** 60),
        fc.double(),
      ),
      currency: mostly(fc.constant(undefined), fc.constantFrom('EUR', 'XXX', 'eur', '')),
      quantity: fc.integer({ min: 1, max: 999 }),
    });
    const basket = fc.uniqueArray(line, { selector: ({ sku }) => sku, minLength: 1, maxLength: 3 });
    const seen = { opened: 0, refused: 0 };

    await fc.assert(
      fc.asyncProperty(fc.constantFrom('EUR', 'JPY', 'HUF', 'USD'), basket, async (usual, lines) => {
        const stock = stockInMemory(
          openGate,
          lines.map(({ sku, name, minor, currency = usual }) => ({
            ...product(999, sku),
            max_per_order: 999,
            name,
            price: { currency, minor },
          })),
        );
        const sessions = sessionsInMemory(openGate);
        const opened = await openSession(
          { stock: stock.repository, sessions: sessions.repository, ulid: () => '0'.repeat(26), now: () => NOW },
          lines,
        );

        if (opened.outcome !== 'opened') {
          seen.refused++;
          expect([stock.reservations.size, sessions.rows.size]).toEqual([0, 0]);
          return;
        }
        seen.opened++;
        const { items, amount } = opened.session;
        const body = orderBody({ ...URLS, payment_id: `pay_${'0'.repeat(26)}`, items, amount });
        expect(requestErrors('POST', '/v2/checkout/orders', body)).toEqual([]);
        // The simulator checks PayPal's rules for sums and currencies, which are not in the schema.
        expect(() => parseOrderRequest(JSON.parse(JSON.stringify(body)))).not.toThrow();
        for (const item of body.purchase_units.flatMap((unit) => unit.items)) expect(item.name.trim()).not.toBe('');
      }),
      { numRuns: 150 },
    );
    expect(seen.opened).toBeGreaterThan(10);
    expect(seen.refused).toBeGreaterThan(10);
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
