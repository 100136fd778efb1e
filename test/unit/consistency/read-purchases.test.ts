import { describe, expect, it } from 'vitest';
import { purchaseViolations } from '../../../src/consistency/checks/purchase.ts';
import { readPurchases } from '../../../src/consistency/read-purchases.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

describe('readPurchases', () => {
  it('returns a purchase that changes during the read as in flight', async () => {
    const purchase = await onePurchase();
    const { tables } = checkOf(purchase.shop).deps;
    const later = new Date('2026-06-05T12:00:00.000Z');
    /** Captures the payment once the first table has been read. */
    let isCaptured = false;
    const captureAfter = async <Rows>(read: Promise<Rows>): Promise<Rows> => {
      const rows = await read;
      if (!isCaptured) {
        isCaptured = true;
        purchase.approve();
        await purchase.drain();
        const payment = purchase.payment() as Payment;
        purchase.shop.payments.rows.set(payment.payment_id, { ...payment, updated_at: later.toISOString() });
      }
      return rows;
    };

    const [read = {}] = await readPurchases(
      {
        payments: { ...tables.payments, getAll: (ids) => captureAfter(tables.payments.getAll(ids)) },
        sessions: { ...tables.sessions, getAll: (ids) => captureAfter(tables.sessions.getAll(ids)) },
        stock: { ...tables.stock, reservationsOf: (ids) => captureAfter(tables.stock.reservationsOf(ids)) },
        orders: { ...tables.orders, getAll: (ids) => captureAfter(tables.orders.getAll(ids)) },
      },
      [purchase.sessionId],
    );

    expect(read).toMatchObject({ session: { payment_status: 'created' }, payment: { status: 'captured' } });
    expect(purchaseViolations(read, { now: later, graceSeconds: 300 })).toEqual([]);
  });

  it('reads nothing when no id is given', async () => {
    const { shop } = await onePurchase();

    expect(await readPurchases(checkOf(shop).deps.tables, [])).toEqual([]);
  });
});
