import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { type CreateOrderDeps, createOrder } from '../../../src/fulfillment/create-order.ts';
import { refundOrder } from '../../../src/fulfillment/refund-order.ts';
import type { Buyer } from '../../../src/paypal/schema.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { ORDER, PAYMENT, REQUESTED, SESSION } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { crashesWithin, crashingProcess, survives } from '../../support/in-memory/crashing-process.ts';
import { ordersInMemory } from '../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const ADA: Buyer = { name: 'Ada', email: 'ada@example.com', ship_to: { address_line_1: '1 Road', country_code: 'GB' } };
const items = [{ sku: 'MUG', name: 'Mug', quantity: 2, unit_price: { currency: 'EUR', minor: 1000 } }];
const session: Session = {
  checkout_session_id: SESSION,
  status: 'payment_pending',
  items,
  amount: REQUESTED,
  expires_at: '2026-06-01T12:30:00.000Z',
  payment_id: PAYMENT,
  payment_status: 'created',
  created_at: '2026-06-01T12:00:00.000Z',
};

/** The order steps, and PayPal, which knows the buyer. */
function fulfillment({ knowsBuyer = true, hasSession = true } = {}) {
  const process = crashingProcess();
  const orders = ordersInMemory(process.gate);
  const deps: CreateOrderDeps = {
    orders: orders.repository,
    getSession: () => process.gate('getSession', () => (hasSession ? session : undefined)),
    fetchBuyer: () => process.gate('fetchBuyer', () => (knowsBuyer ? ADA : undefined)),
    now: () => NOW,
  };
  const refund = (status: 'partially_refunded' | 'refunded' | 'reversed', refunded_minor: number) =>
    refundOrder(orders.repository, settlementThat('refunded', status, { refunded_minor }), NOW);
  return {
    ...orders,
    process,
    create: (settlement: Settlement = settlementThat('captured')) => createOrder(deps, settlement),
    refund,
    order: () => orders.rows.get(ORDER),
    ship: () => orders.repository.ship(ORDER, NOW),
  };
}

describe('order steps', () => {
  it('creates the order of a captured payment from its session', async () => {
    const { create, order } = fulfillment();

    expect(await create()).toEqual({ order_id: ORDER, order_status: 'confirmed', changed: true });

    expect(order()).toEqual({
      order_id: ORDER,
      payment_id: PAYMENT,
      checkout_session_id: SESSION,
      status: 'confirmed',
      items,
      amount: REQUESTED,
      refunded_minor: 0,
      created_at: NOW.toISOString(),
    });
  });

  it('creates one order when called concurrently', async () => {
    const { create, rows } = fulfillment();

    const results = await Promise.all([create(), create(), create()]);

    expect(results.filter(({ changed }) => changed)).toHaveLength(1);
    expect([...rows.keys()]).toEqual([ORDER]);
  });

  describe('buyer', () => {
    it('comes from the evidence, without a call to PayPal', async () => {
      const { create, repository, buyers, process } = fulfillment();
      await repository.rememberBuyer(ORDER, ADA, { of: 'capture', time: '' });

      await create();

      expect(buyers.get(ORDER)).toMatchObject({ buyer: ADA, kept: true });
      expect(process.calls).not.toContain('fetchBuyer');
    });

    it('comes from PayPal when no evidence contained it', async () => {
      const { create, buyers } = fulfillment();

      await create();

      expect(buyers.get(ORDER)).toMatchObject({ buyer: ADA, kept: true });
    });

    it('may be unknown: the order is created without it', async () => {
      const { create, order, buyers } = fulfillment({ knowsBuyer: false });

      await create();

      expect([order()?.status, buyers.size]).toEqual(['confirmed', 0]);
    });

    it.each(crashesWithin(6))('is kept after a crash at call $at, $when it', async (crash) => {
      const { create, process, order, buyers } = fulfillment();
      process.crashOn(crash);
      const survived = await survives(create);
      process.crashOn(undefined);

      await create();

      expect(survived).toBe(false);
      expect(order()?.status).toBe('confirmed');
      expect(buyers.get(ORDER)).toMatchObject({ buyer: ADA, kept: true });
    });
  });

  describe('createOrder', () => {
    it('throws when the session does not exist', async () => {
      const { create, order } = fulfillment({ hasSession: false });

      await expect(create()).rejects.toThrow(`checkout session ${SESSION} not found`);
      expect(order()).toBeUndefined();
    });

    it('throws when nothing was captured', async () => {
      const { create, order } = fulfillment();

      await expect(create(settlementThat('captured', 'captured', { captured: null }))).rejects.toThrow(PAYMENT);
      expect(order()).toBeUndefined();
    });
  });

  describe('refundOrder', () => {
    it('leaves the order confirmed after a partial refund', async () => {
      const { create, refund, order } = fulfillment();
      await create();

      expect(await refund('partially_refunded', 500)).toMatchObject({ changed: true, stock: 'stays' });
      expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
    });

    it.each(['refunded', 'reversed'] as const)(
      'ends the order and returns its stock when the payment is %s',
      async (status) => {
        const { create, refund, order, ship } = fulfillment();
        await create();

        expect(await refund(status, 2000)).toMatchObject({
          order_status: 'refunded',
          changed: true,
          stock: 'comes_back',
        });
        expect(await refund(status, 2000)).toMatchObject({
          order_status: 'refunded',
          changed: false,
          stock: 'comes_back',
        });
        await ship();
        expect(order()).toMatchObject({ status: 'refunded', refunded_minor: 2000 });
      },
    );

    it('does not return the stock of a shipped order', async () => {
      const { create, refund, order, ship } = fulfillment();
      await create();
      await ship();

      expect(await refund('refunded', 2000)).toMatchObject({ order_status: 'refunded', stock: 'stays' });
      expect(order()?.shipped_at).toBe(NOW.toISOString());
    });

    it('voids an order that does not exist yet, and createOrder cannot replace it', async () => {
      const { create, refund, order, repository } = fulfillment();

      expect(await refund('refunded', 2000)).toEqual({
        order_id: ORDER,
        order_status: 'void',
        changed: true,
        stock: 'comes_back',
      });
      expect(await create()).toEqual({ order_id: ORDER, order_status: 'void', changed: false });
      expect(order()).toMatchObject({ status: 'void', items: [], refunded_minor: 2000 });
      expect(await repository.get(ORDER)).toBeUndefined();
    });

    it('throws on a partial refund until the order exists', async () => {
      const { create, refund, order } = fulfillment();

      await expect(refund('partially_refunded', 500)).rejects.toThrow(`order ${ORDER} not found yet`);
      await create();
      await refund('partially_refunded', 500);

      expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
    });

    it('refunds an order that is created concurrently', async () => {
      const { create, repository, order } = fulfillment();
      const orders: Parameters<typeof refundOrder>[0] = {
        ...repository,
        create: async (voided) => {
          await create();
          return repository.create(voided);
        },
      };

      const refunded = await refundOrder(orders, settlementThat('refunded', 'refunded', { refunded_minor: 2000 }), NOW);

      expect(refunded).toMatchObject({ order_status: 'refunded', stock: 'comes_back' });
      expect(order()).toMatchObject({ status: 'refunded', items });
    });
  });

  it('end the same in any order', async () => {
    const steps = ['create', 'create', 500, 500, 1500, 2000, 2000] as const;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...steps], { minLength: steps.length }), async (order) => {
        const shop = fulfillment();
        const waiting = [...order];

        // A step that throws is retried after the others.
        for (let attempts = 0; waiting.length > 0 && attempts < 50; attempts++) {
          const step = waiting.shift() as (typeof steps)[number];
          const status = step === 2000 ? 'refunded' : 'partially_refunded';
          await (step === 'create' ? shop.create() : shop.refund(status, step)).catch(() => waiting.push(step));
        }

        expect(waiting).toEqual([]);
        expect(shop.order()?.refunded_minor).toBe(2000);
        expect(['refunded', 'void']).toContain(shop.order()?.status);
      }),
    );
  });
});
