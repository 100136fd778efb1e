import { describe, expect, it } from 'vitest';
import { HOLD_MINUTES, openSession } from '../../../src/checkout/open-session.ts';
import type { Session } from '../../../src/checkout/session.ts';
import { beginPayment } from '../../../src/payments/begin-payment.ts';
import { isGivenUp } from '../../../src/payments/transitions.ts';
import { reservationsJob } from '../../../src/reconciliation/jobs/reservations.ts';
import { nextAction } from '../../../src/reconciliation/reconcile-reservation.ts';
import { paymentIdOf, type SessionId } from '../../../src/shared/ids.ts';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { paymentThatIs, SESSION } from '../../support/builders/payments.ts';
import { product, type ShopInMemory, shopInMemory } from '../../support/in-memory/shop.ts';

const OPENED = new Date('2026-06-01T12:00:00.000Z');
const OVER = new Date(OPENED.getTime() + (HOLD_MINUTES + 1) * 60_000);
let ulids = 0;

/** A shopper who takes a piece and does nothing more. */
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

const depsOf = (shop: ShopInMemory, now = OVER) => ({
  stock: shop.stock.repository,
  sessions: shop.sessions.repository,
  payments: shop.payments.repository,
  dueAfterSeconds: 120,
  now: () => now,
});

const raise = (_: string, error: Error): void => {
  throw error;
};
const run = (shop: ShopInMemory, now = OVER, onError = raise) =>
  reservationsJob(depsOf(shop, now))({
    dueBefore: now,
    until: new Date('2100-01-01'),
    now: () => now,
    cursor: undefined,
    onError,
  });

const begin = (shop: ShopInMemory, id: SessionId) =>
  beginPayment(
    {
      ...depsOf(shop, OPENED),
      createOrder: shop.paypal.client.createOrder,
      storefrontOrigin: 'https://shop.example',
    },
    id,
  );

describe('a session without a payment', () => {
  it('whose time is over expires, and its stock is back', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 8, reserved: 2 });

    expect(await run(shop)).toMatchObject({ figures: { checked: 1, released: 1, failed: 0 }, repaired: 0 });

    expect(shop.sessions.rows.get(id)).toMatchObject({ status: 'expired', payment_id: null });
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
    expect(shop.stock.due.size).toBe(0);
  });

  it('is left alone before', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);

    await run(shop, new Date(OPENED.getTime() + HOLD_MINUTES * 60_000 - 1000));

    expect(shop.sessions.rows.get(id)?.status).toBe('open');
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
  });

  it('that has expired cannot be paid any more', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await run(shop);

    expect(await begin(shop, id)).toMatchObject({ outcome: 'session_over' });
    expect(shop.paypal.orders.size).toBe(0);
  });

  it('for which a payment is begun at the same moment keeps its stock', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    const deps = depsOf(shop);
    const slow = {
      ...deps,
      sessions: {
        ...deps.sessions,
        // The shopper is faster, between the look and the write.
        expire: async (session: SessionId) => {
          await begin(shop, id);
          return deps.sessions.expire(session);
        },
      },
    };

    const { figures } = await reservationsJob(slow)({
      dueBefore: OVER,
      until: new Date('2100-01-01'),
      now: () => OVER,
      cursor: undefined,
      onError: () => undefined,
    });

    expect(figures).toMatchObject({ checked: 1, released: 0 });
    expect(shop.sessions.rows.get(id)?.status).toBe('payment_pending');
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
  });

  it('is released in full by the next run, if the first fell over in between', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await shop.sessions.repository.expire(id);

    await run(shop);

    expect(shop.stock.reservations.get(id)?.status).toBe('released');
  });
});

describe('stock', () => {
  it('that lost its session, because the shop fell over while it was opened, is back', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    shop.sessions.rows.delete(id);

    await run(shop);

    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('of a payment that was begun but never made is released through a payment that expires', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await shop.sessions.repository.beginPayment(id);

    await run(shop);
    expect(shop.stock.reservations.get(id)?.status).toBe('held');
    await shop.lookAfter(paymentIdOf(id), true);
    await shop.finish();

    expect(shop.payments.rows.get(paymentIdOf(id))?.status).toBe('expired');
    expect(shop.sessions.rows.get(id)?.status).toBe('expired');
    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });

  it('is held as long as PayPal has not said that no money is on its way', async () => {
    const shop = shopInMemory();
    const id = await abandonedSession(shop);
    await begin(shop, id);

    await run(shop);

    expect(shop.stock.reservations.get(id)?.status).toBe('held');
    expect(shop.stock.due.get(id)?.getTime()).toBeGreaterThan(OVER.getTime());
  });

  it('is released once when two runs meet', async () => {
    const shop = shopInMemory();
    await abandonedSession(shop);

    await Promise.all([run(shop), run(shop)]);

    expect(shop.stock.products.get('MUG')).toMatchObject({ available: 10, reserved: 0 });
  });
});

it('stock that can never be released, for its product was taken out of the shop, keeps no other stock waiting', async () => {
  const shop = shopInMemory({ products: [product(10), product(10, 'GONE')] });
  for (let i = 0; i < 5; i++) await abandonedSession(shop, 'GONE');
  const id = await abandonedSession(shop);
  shop.stock.products.delete('GONE');
  const failed = () => undefined;

  await run(shop, OVER, failed);
  await run(shop, OVER, failed);

  expect(shop.stock.reservations.get(id)?.status).toBe('released');
});

describe('what is to be done about stock that is held past its time', () => {
  const session: Session = {
    checkout_session_id: SESSION,
    status: 'payment_pending',
    items: [],
    amount: { currency: 'EUR', minor: 1 },
    expires_at: OVER.toISOString(),
    payment_id: paymentIdOf(SESSION),
    payment_status: 'created',
    created_at: OPENED.toISOString(),
  };

  it.each(PAYMENT_STATUSES)(
    'hangs, of a payment that is %s, on whether it is dead and nothing is under way',
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
