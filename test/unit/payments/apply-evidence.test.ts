import { describe, expect, it } from 'vitest';
import { type ApplyEvidenceDeps, evidenceApplier } from '../../../src/payments/apply-evidence.ts';
import type { Evidence } from '../../../src/payments/evidence.ts';
import type { PayPalOrder } from '../../../src/paypal/schema.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { ASKED, evidenceOf, PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';
import { type Gate, openGate, paymentsInMemory } from '../../support/in-memory/tables.ts';

/** A evidenceApplier over one payment; it notes every call, and can be told to fail at some. */
function settlingOf(
  payment = paymentThatIs('created'),
  { order, fails }: { order?: PayPalOrder; fails?: string } = {},
) {
  const calls: string[] = [];
  let failing = fails;
  const gate: Gate = async (call, effect) => {
    calls.push(call);
    if (call === failing) {
      failing = undefined;
      throw new Error(`no ${call}`);
    }
    return effect();
  };
  const payments = paymentsInMemory(gate);
  payments.rows.set(payment.payment_id, payment);
  const started: string[] = [];
  const deps: ApplyEvidenceDeps = {
    payments: payments.repository,
    getOrder: () => gate('getOrder', () => order),
    getCapture: async () => undefined,
    startSettlement: (name) => gate('start', () => void started.push(name)),
    rememberBuyer: () => gate('rememberBuyer', () => true),
    now: () => new Date('2026-06-01T13:00:00Z'),
    dueAfterSeconds: 120,
  };
  return { ...evidenceApplier(deps), calls, started, payment: () => payments.rows.get(PAYMENT) };
}

const completed: PayPalOrder = {
  id: 'ORDER1',
  status: 'COMPLETED',
  captures: [{ id: 'CAPTURE1', status: 'COMPLETED', amount: ASKED }],
  refunds: [],
};

it('the usual evidence is settled by one write and one start, and reads nothing', async () => {
  const { apply, calls, started } = settlingOf();

  expect(await apply(PAYMENT, evidenceOf('captured'))).toMatchObject({ outcome: 'moved' });

  expect(calls).toEqual(['payments.move', 'start']);
  expect(started).toEqual([`${PAYMENT}-captured`]);
});

it('what is not as usual is decided on what the write found', async () => {
  const { apply, calls, started } = settlingOf(paymentThatIs('cancelled'));

  expect(await apply(PAYMENT, evidenceOf('captured'))).toMatchObject({ outcome: 'moved' });

  expect(calls).toEqual(['payments.move', 'payments.move', 'start']);
  expect(started).toEqual([`${PAYMENT}-captured_late`]);
});

it('evidence whose effect depends on the payment is settled after reading it', async () => {
  const { apply, calls } = settlingOf(paymentThatIs('captured'));

  await apply(PAYMENT, evidenceOf('refunded'));

  expect(calls).toEqual(['payments.get', 'payments.move', 'start']);
});

it('a payment tells how it came to be what it is', async () => {
  const { apply, payment } = settlingOf();

  await apply(PAYMENT, evidenceOf('captured', { source: 'webhook WH-1' }));

  expect(payment()?.history.at(-1)).toEqual({
    at: '2026-06-01T13:00:00.000Z',
    status: 'captured',
    evidence: 'captured',
    source: 'webhook WH-1',
    settlement: 'captured',
  });
});

describe('whoever comes second', () => {
  it('finds the work done', async () => {
    const { apply, started } = settlingOf();
    await apply(PAYMENT, evidenceOf('captured', { source: 'capture' }));

    expect(await apply(PAYMENT, evidenceOf('captured', { source: 'webhook' }))).toMatchObject({ outcome: 'known' });

    // Still open, so it is started again: the name makes that harmless.
    expect(new Set(started).size).toBe(1);
  });

  it('starts what the first one did not come to start', async () => {
    const { apply, started } = settlingOf(undefined, { fails: 'start' });
    await expect(apply(PAYMENT, evidenceOf('captured'))).rejects.toThrow('no start');

    expect(await apply(PAYMENT, evidenceOf('captured'))).toMatchObject({ outcome: 'known' });

    expect(started).toEqual([`${PAYMENT}-captured`]);
  });

  it('starts it even with evidence that does not fit', async () => {
    const { apply, started } = settlingOf(undefined, { fails: 'start', order: completed });
    await expect(apply(PAYMENT, evidenceOf('captured'))).rejects.toThrow('no start');

    await apply(PAYMENT, evidenceOf('captured', { captureId: 'CAPTURE2' }));

    expect(new Set(started)).toEqual(new Set([`${PAYMENT}-captured`]));
  });

  it('starts nothing that has succeeded', async () => {
    const open = {};
    const { apply, started } = settlingOf(paymentThatIs('captured', { open }));

    await apply(PAYMENT, evidenceOf('captured'));

    expect(started).toEqual([]);
  });
});

describe('PayPal is asked', () => {
  it('once about evidence that does not fit, and its answer is settled first', async () => {
    const { apply, calls, payment } = settlingOf(paymentThatIs('approved'), { order: completed });

    const settled = await apply(PAYMENT, evidenceOf('refunded', { total: { ...ASKED, minor: 500 } }));

    expect(settled).toMatchObject({ outcome: 'moved' });
    expect(calls.filter((call) => call === 'getOrder')).toHaveLength(1);
    expect(payment()?.history.map(({ status }) => status)).toEqual(['created', 'captured', 'partially_refunded']);
  });

  it('once, even if its answer does not bear the evidence out', async () => {
    const approved: PayPalOrder = { ...completed, status: 'APPROVED', captures: [] };
    const { apply, calls, payment } = settlingOf(paymentThatIs('approved'), { order: approved });

    expect(await apply(PAYMENT, evidenceOf('refunded'))).toMatchObject({ outcome: 'known' });

    expect(calls.filter((call) => call === 'getOrder')).toHaveLength(1);
    expect(payment()?.status).toBe('approved');
  });

  it('and an order that it does not know any more has expired', async () => {
    const { apply, payment } = settlingOf(paymentThatIs('approved'));

    await apply(PAYMENT, evidenceOf('refunded'));

    expect(payment()?.status).toBe('expired');
  });

  it('and a voided order is cancelled', async () => {
    const voided: PayPalOrder = { ...completed, status: 'VOIDED', captures: [] };
    const { apply, payment } = settlingOf(paymentThatIs('approved'), { order: voided });

    await apply(PAYMENT, evidenceOf('cancelled'));

    expect(payment()?.status).toBe('cancelled');
  });
});

it('evidence of another order changes and starts nothing', async () => {
  const { apply, started, payment } = settlingOf();
  const before = payment();

  const settled = await apply(PAYMENT, evidenceOf('captured', { paypalOrderId: 'ORDER2' }));

  expect(settled).toMatchObject({ outcome: 'refused' });
  expect([payment(), started]).toEqual([before, []]);
});

it('evidence of a payment that is not ours is said to be so', async () => {
  const { apply } = settlingOf();
  const stranger = 'pay_01BX5ZZKBKACTAV9WEVGEMMVRZ';

  expect(await apply(stranger, evidenceOf('captured'))).toEqual({ outcome: 'unknown_payment' });
  expect(await apply(stranger, evidenceOf('refunded'))).toEqual({ outcome: 'unknown_payment' });
});

it('a payment that changes under every write is given up after 8 of them', async () => {
  let writes = 0;
  const changing: ApplyEvidenceDeps = {
    payments: {
      get: async () => paymentThatIs('created'),
      move: async () => {
        writes++;
        return { found: paymentThatIs('created') };
      },
    },
    getOrder: async () => undefined,
    getCapture: async () => undefined,
    startSettlement: async () => undefined,
    rememberBuyer: async () => undefined,
    now: () => new Date(0),
    dueAfterSeconds: 120,
  };

  await expect(evidenceApplier(changing).apply(PAYMENT, evidenceOf('captured'))).rejects.toThrow('changed 8 times');
  expect(writes).toBe(8);
});

it('who bought is kept for the warehouse, and nowhere else', async () => {
  const shop = shopInMemory({ gate: openGate });
  const begun = await shop.begin();
  if (!begun) throw new Error('nothing begun');
  const evidence: Evidence = { kind: 'approved', source: 'webhook', buyer: { email: 'ada@example.com' } };

  const settled = await shop.evidenceApplier.apply(begun.paymentId, evidence);

  expect(shop.orders.buyers.get(orderIdOf(begun.paymentId))?.buyer).toEqual({ email: 'ada@example.com' });
  expect(JSON.stringify([settled, [...shop.payments.rows.values()]])).not.toContain('ada');
});

it('a buyer whose card was declined, and who then chose another address, gets the parcel there', async () => {
  const { shop, paymentId, rest } = await onePurchase();
  const approvedFor = (address_line_1: string): Evidence => ({
    kind: 'approved',
    source: 'webhook',
    buyer: { ship_to: { address_line_1 } },
  });
  await shop.evidenceApplier.apply(paymentId, approvedFor('Home 1'));
  await shop.evidenceApplier.apply(paymentId, { kind: 'instrument_declined', source: 'workflow', attempt: 0 });

  await shop.evidenceApplier.apply(paymentId, approvedFor('Office 2'));
  await shop.evidenceApplier.apply(paymentId, evidenceOf('captured', { paypalOrderId: undefined }));
  await rest();

  expect(shop.orders.buyers.get(orderIdOf(paymentId))).toEqual({
    buyer: { ship_to: { address_line_1: 'Office 2' } },
    kept: true,
  });
});

it('all facts of one answer are settled, in their order', async () => {
  const { applyOrder, started, payment } = settlingOf();
  const refunded: PayPalOrder = {
    ...completed,
    captures: [{ id: 'CAPTURE1', status: 'REFUNDED', amount: ASKED }],
    refunds: [{ id: 'REFUND1', status: 'COMPLETED', amount: ASKED, capture_id: 'CAPTURE1' }],
  };

  const settled = await applyOrder(paymentThatIs('created'), refunded, 'reconciler');

  expect(settled).toMatchObject({ outcome: 'moved', payment: { status: 'refunded', refunded_minor: 2000 } });
  expect(payment()?.status).toBe('refunded');
  expect(new Set(started)).toEqual(new Set([`${PAYMENT}-captured`, `${PAYMENT}-refunded-2000`]));
});
