import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { type CreateOrderDeps, createOrder, refundOrder } from '../../../src/fulfillment/order-steps.ts';
import type { Buyer } from '../../../src/paypal/schema.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { ASKED, ORDER, PAYMENT, SESSION } from '../../support/builders/payments.ts';
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
  amount: ASKED,
  expires_at: '2026-06-01T12:30:00.000Z',
  payment_id: PAYMENT,
  payment_status: 'created',
  created_at: '2026-06-01T12:00:00.000Z',
};

/** A warehouse, and PayPal, which knows the buyer. */
function warehouse({ knowsBuyer = true, hasSession = true } = {}) {
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

it('a captured payment becomes an order of what its session holds', async () => {
  const { create, order } = warehouse();

  expect(await create()).toEqual({ order_id: ORDER, order_status: 'confirmed', changed: true });

  expect(order()).toEqual({
    order_id: ORDER,
    payment_id: PAYMENT,
    checkout_session_id: SESSION,
    status: 'confirmed',
    items,
    amount: ASKED,
    refunded_minor: 0,
    created_at: NOW.toISOString(),
  });
});

it('a payment has one order, however often and at the same time it is made', async () => {
  const { create, rows } = warehouse();

  const made = await Promise.all([create(), create(), create()]);

  expect(made.filter(({ changed }) => changed)).toHaveLength(1);
  expect([...rows.keys()]).toEqual([ORDER]);
});

describe('the warehouse knows who bought', () => {
  it('from the evidence, without asking PayPal', async () => {
    const { create, repository, buyers, process } = warehouse();
    await repository.rememberBuyer(ORDER, ADA);

    await create();

    expect(buyers.get(ORDER)).toEqual({ buyer: ADA, kept: true });
    expect(process.calls).not.toContain('fetchBuyer');
  });

  it('from PayPal, where no evidence told it', async () => {
    const { create, buyers } = warehouse();

    await create();

    expect(buyers.get(ORDER)).toEqual({ buyer: ADA, kept: true });
  });

  it('or has an order without: it does not keep a purchase from being delivered', async () => {
    const { create, order, buyers } = warehouse({ knowsBuyer: false });

    await create();

    expect([order()?.status, buyers.size]).toEqual(['confirmed', 0]);
  });

  it.each(crashesWithin(6))('even if a process dies at call $at, $when it', async (death) => {
    const { create, process, order, buyers } = warehouse();
    process.doom(death);
    const survived = await survives(create);
    process.doom(undefined);

    await create();

    expect(survived).toBe(false);
    expect(order()?.status).toBe('confirmed');
    expect(buyers.get(ORDER)).toEqual({ buyer: ADA, kept: true });
  });
});

describe('no order is made, and somebody has to look,', () => {
  it('when the session is not there', async () => {
    const { create, order } = warehouse({ hasSession: false });

    await expect(create()).rejects.toThrow(`there is no checkout session ${SESSION}`);
    expect(order()).toBeUndefined();
  });

  it('when nothing was captured', async () => {
    const { create, order } = warehouse();

    await expect(create(settlementThat('captured', 'captured', { captured: null }))).rejects.toThrow(PAYMENT);
    expect(order()).toBeUndefined();
  });
});

describe('money that goes back', () => {
  it('in part, leaves an order to be delivered', async () => {
    const { create, refund, order } = warehouse();
    await create();

    expect(await refund('partially_refunded', 500)).toMatchObject({ changed: true, stock: 'stays' });
    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
  });

  it.each(['refunded', 'reversed'] as const)(
    'as a whole (%s), ends an order, and its goods come back',
    async (status) => {
      const { create, refund, order, ship } = warehouse();
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

  it('after the goods have left, does not bring them back', async () => {
    const { create, refund, order, ship } = warehouse();
    await create();
    await ship();

    expect(await refund('refunded', 2000)).toMatchObject({ order_status: 'refunded', stock: 'stays' });
    expect(order()?.shipped_at).toBe(NOW.toISOString());
  });

  it('as a whole before the order was made, leaves nothing to deliver, and no order can be made any more', async () => {
    const { create, refund, order, repository } = warehouse();

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

  it('in part before the order was made, waits for it', async () => {
    const { create, refund, order } = warehouse();

    await expect(refund('partially_refunded', 500)).rejects.toThrow(`there is no order ${ORDER} yet`);
    await create();
    await refund('partially_refunded', 500);

    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
  });

  it('as a whole while the order is made this very moment, finds it', async () => {
    const { create, repository, order } = warehouse();
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

it('the order and its refunds end the same in any order', async () => {
  const steps = ['create', 'create', 500, 500, 1500, 2000, 2000] as const;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...steps], { minLength: steps.length }), async (order) => {
      const shop = warehouse();
      const waiting = [...order];

      // What cannot be done yet is tried again after the others.
      for (let tries = 0; waiting.length > 0 && tries < 50; tries++) {
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
