import { expect, it } from 'vitest';
import { purchaseViolations } from '../../../src/consistency/checks/purchase.ts';
import { readPurchases } from '../../../src/consistency/read-purchases.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

it('a purchase that moves while it is read is seen in flight, and never as broken', async () => {
  const purchase = await onePurchase();
  const { tables } = checkOf(purchase.shop).deps;
  const muchLater = new Date('2026-06-05T12:00:00.000Z');
  /** The purchase is paid as soon as the first of its tables was read, long after it was begun. */
  let paid = false;
  const thenPaid = async <Rows>(read: Promise<Rows>): Promise<Rows> => {
    const rows = await read;
    if (!paid) {
      paid = true;
      purchase.approve();
      await purchase.rest();
      const payment = purchase.payment() as Payment;
      purchase.shop.payments.rows.set(payment.payment_id, { ...payment, updated_at: muchLater.toISOString() });
    }
    return rows;
  };

  const [read = {}] = await readPurchases(
    {
      payments: { ...tables.payments, getAll: (ids) => thenPaid(tables.payments.getAll(ids)) },
      sessions: { ...tables.sessions, getAll: (ids) => thenPaid(tables.sessions.getAll(ids)) },
      stock: { ...tables.stock, reservationsOf: (ids) => thenPaid(tables.stock.reservationsOf(ids)) },
      orders: { ...tables.orders, getAll: (ids) => thenPaid(tables.orders.getAll(ids)) },
    },
    [purchase.sessionId],
  );

  expect(read).toMatchObject({ session: { payment_status: 'created' }, payment: { status: 'captured' } });
  expect(purchaseViolations(read, { now: muchLater, graceSeconds: 300 })).toEqual([]);
});

it('nothing is asked for nobody', async () => {
  const { shop } = await onePurchase();

  expect(await readPurchases(checkOf(shop).deps.tables, [])).toEqual([]);
});
