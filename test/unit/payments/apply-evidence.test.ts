import { describe, expect, it, vi } from 'vitest';
import { type ApplyEvidenceDeps, evidenceApplier } from '../../../src/payments/apply-evidence.ts';
import type { Evidence } from '../../../src/payments/evidence.ts';
import type { FailedRefund } from '../../../src/payments/record-failed-refund.ts';
import { PayPalRefused } from '../../../src/paypal/errors.ts';
import type { PayPalOrder } from '../../../src/paypal/schema.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { evidenceOf, PAYMENT, paymentThatIs, REQUESTED } from '../../support/builders/payments.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';
import { type Gate, openGate, paymentsInMemory } from '../../support/in-memory/tables.ts';

/** An evidence applier over one payment. It records every call; the first call named `fails` throws. */
function applierOf(
  payment = paymentThatIs('created'),
  {
    order,
    fails,
    getCapture = async () => undefined,
  }: { order?: PayPalOrder; fails?: string; getCapture?: ApplyEvidenceDeps['getCapture'] } = {},
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
  const failedRefunds: FailedRefund[] = [];
  const deps: ApplyEvidenceDeps = {
    payments: payments.repository,
    getOrder: () => gate('getOrder', () => order),
    getCapture,
    getRefund: async () => undefined,
    startSettlement: (name) => gate('start', () => void started.push(name)),
    rememberBuyer: () => gate('rememberBuyer', () => true),
    recordFailedRefund: (refund) => void failedRefunds.push(refund),
    now: () => new Date('2026-06-01T13:00:00Z'),
    dueAfterSeconds: 120,
  };
  return { ...evidenceApplier(deps), calls, started, failedRefunds, payment: () => payments.rows.get(PAYMENT) };
}

const completed: PayPalOrder = {
  id: 'ORDER1',
  status: 'COMPLETED',
  captures: [{ id: 'CAPTURE1', status: 'COMPLETED', amount: REQUESTED }],
  refunds: [],
};

const CAPTURED = evidenceOf('captured', { authoritative: true });

describe('evidenceApplier', () => {
  it('applies the most common evidence with one write and one start, without a read', async () => {
    const { apply, calls, started } = applierOf();

    expect(await apply(PAYMENT, CAPTURED)).toMatchObject({ outcome: 'moved' });

    expect(calls).toEqual(['payments.move', 'start']);
    expect(started).toEqual([`${PAYMENT}-captured`]);
  });

  it('decides again on the stored payment when the optimistic write fails', async () => {
    const { apply, calls, started } = applierOf(paymentThatIs('cancelled'));

    expect(await apply(PAYMENT, CAPTURED)).toMatchObject({ outcome: 'moved' });

    expect(calls).toEqual(['payments.move', 'payments.move', 'start']);
    expect(started).toEqual([`${PAYMENT}-captured_late`]);
  });

  it('reads the payment first when the effect of the evidence depends on it', async () => {
    const { apply, calls } = applierOf(paymentThatIs('captured'));

    await apply(PAYMENT, evidenceOf('refunded'));

    expect(calls).toEqual(['payments.get', 'payments.move', 'start']);
  });

  it('adds evidence, source and settlement to the history', async () => {
    const { apply, payment } = applierOf();

    await apply(PAYMENT, { ...CAPTURED, source: 'webhook WH-1' });

    expect(payment()?.history.at(-1)).toEqual({
      at: '2026-06-01T13:00:00.000Z',
      status: 'captured',
      evidence: 'captured',
      source: 'webhook WH-1',
      settlement: 'captured',
    });
  });

  describe('second caller', () => {
    it('is a no-op when the first one finished', async () => {
      const { apply, started } = applierOf();
      await apply(PAYMENT, { ...CAPTURED, source: 'capture' });

      expect(await apply(PAYMENT, { ...CAPTURED, source: 'webhook' })).toMatchObject({
        outcome: 'unchanged',
      });

      // Still open, so it is started again; starting is idempotent by name.
      expect(new Set(started).size).toBe(1);
    });

    it('starts the settlement that the first one failed to start', async () => {
      const { apply, started } = applierOf(undefined, { fails: 'start' });
      await expect(apply(PAYMENT, CAPTURED)).rejects.toThrow('no start');

      expect(await apply(PAYMENT, CAPTURED)).toMatchObject({ outcome: 'unchanged' });

      expect(started).toEqual([`${PAYMENT}-captured`]);
    });

    it('starts that settlement when its own evidence does not fit', async () => {
      const { apply, started } = applierOf(undefined, { fails: 'start', order: completed });
      await expect(apply(PAYMENT, CAPTURED)).rejects.toThrow('no start');

      await apply(PAYMENT, evidenceOf('captured', { captureId: 'CAPTURE2' }));

      expect(new Set(started)).toEqual(new Set([`${PAYMENT}-captured`]));
    });

    it('starts no settlement that has succeeded', async () => {
      const open = {};
      const { apply, started } = applierOf(paymentThatIs('captured', { open }));

      await apply(PAYMENT, CAPTURED);

      expect(started).toEqual([]);
    });
  });

  describe('refresh from PayPal', () => {
    it('happens once, and is applied first, when evidence does not fit', async () => {
      const { apply, calls, payment } = applierOf(paymentThatIs('approved'), { order: completed });

      const result = await apply(PAYMENT, evidenceOf('refunded', { total: { ...REQUESTED, minor: 500 } }));

      expect(result).toMatchObject({ outcome: 'moved' });
      expect(calls.filter((call) => call === 'getOrder')).toHaveLength(1);
      expect(payment()?.history.map(({ status }) => status)).toEqual(['created', 'captured', 'partially_refunded']);
    });

    it('happens once when PayPal’s view does not confirm the evidence', async () => {
      const approved: PayPalOrder = { ...completed, status: 'APPROVED', captures: [] };
      const { apply, calls, payment } = applierOf(paymentThatIs('approved'), { order: approved });

      expect(await apply(PAYMENT, evidenceOf('refunded'))).toMatchObject({
        outcome: 'rejected',
        reason: 'not_confirmed',
      });

      expect(calls.filter((call) => call === 'getOrder')).toHaveLength(1);
      expect(payment()?.status).toBe('approved');
    });

    it('does not fail the payment for a capture that the order does not show beside a completed one', async () => {
      const { apply, payment } = applierOf(paymentThatIs('approved'), {
        order: completed,
        getCapture: async (id) => ({ id, status: 'DECLINED', amount: REQUESTED, order_id: 'ORDER1' }),
      });

      await apply(PAYMENT, evidenceOf('capture_failed', { captureId: 'CAPTURE2' }));

      expect(payment()?.history.map(({ status }) => status)).toEqual(['created', 'captured']);
    });

    it('changes nothing when PayPal does not find an order that may exist', async () => {
      const { apply, payment } = applierOf(paymentThatIs('approved', { created_at: '2026-06-01T07:00:00.000Z' }));

      await apply(PAYMENT, evidenceOf('refunded'));

      expect(payment()?.status).toBe('approved');
    });

    it('expires the payment when PayPal does not find the order after its life', async () => {
      const { apply, payment } = applierOf(paymentThatIs('approved', { created_at: '2026-06-01T06:00:00.000Z' }));

      await apply(PAYMENT, evidenceOf('refunded'));

      expect(payment()?.status).toBe('expired');
    });

    it('cancels the payment when the order is voided', async () => {
      const voided: PayPalOrder = { ...completed, status: 'VOIDED', captures: [] };
      const { apply, payment } = applierOf(paymentThatIs('approved'), { order: voided });

      await apply(PAYMENT, evidenceOf('cancelled'));

      expect(payment()?.status).toBe('cancelled');
    });
  });

  it('rejects evidence of a capture that PayPal refuses to show', async () => {
    const { apply } = applierOf(paymentThatIs('captured'), {
      order: completed,
      getCapture: async () => {
        throw new PayPalRefused({ operation: 'getCapture', status: 403, error: 'NOT_AUTHORIZED' });
      },
    });

    expect(await apply(PAYMENT, evidenceOf('refunded', { captureId: 'CAPTURE9' }))).toMatchObject({
      outcome: 'rejected',
      reason: 'other_capture',
    });
  });

  it('rejects evidence of another PayPal order, without a write or a start', async () => {
    const { apply, started, payment } = applierOf();
    const before = payment();

    const result = await apply(PAYMENT, evidenceOf('captured', { paypalOrderId: 'ORDER2' }));

    expect(result).toMatchObject({ outcome: 'rejected', reason: 'other_order' });
    expect([payment(), started]).toEqual([before, []]);
  });

  it('returns unknown_payment when the payment does not exist', async () => {
    const { apply } = applierOf();
    const unknown = 'pay_01BX5ZZKBKACTAV9WEVGEMMVRZ';

    expect(await apply(unknown, CAPTURED)).toEqual({ outcome: 'unknown_payment' });
    expect(await apply(unknown, evidenceOf('refunded'))).toEqual({ outcome: 'unknown_payment' });
  });

  it('records a failed refund once, however often its evidence is repeated', async () => {
    const { apply, failedRefunds } = applierOf(paymentThatIs('captured'));

    await apply(PAYMENT, evidenceOf('refund_pending'));
    expect(failedRefunds).toEqual([]);
    await apply(PAYMENT, evidenceOf('refund_failed'));
    await apply(PAYMENT, evidenceOf('refund_failed'));

    expect(failedRefunds).toEqual([{ payment_id: PAYMENT, refund_id: 'REFUND1', status: 'FAILED' }]);
  });

  it('throws after 8 conflicting writes', async () => {
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
      getRefund: async () => undefined,
      startSettlement: async () => undefined,
      rememberBuyer: async () => undefined,
      recordFailedRefund: () => undefined,
      now: () => new Date(0),
      dueAfterSeconds: 120,
    };

    await expect(evidenceApplier(changing).apply(PAYMENT, CAPTURED)).rejects.toThrow(
      `cannot apply captured to ${PAYMENT}: 8 conflicting writes`,
    );
    expect(writes).toBe(8);
  });

  it('stores the buyer with the order only', async () => {
    const shop = shopInMemory({ gate: openGate });
    const begun = await shop.begin();
    if (!begun) throw new Error('no payment begun');
    const evidence: Evidence = { kind: 'approved', source: 'webhook', buyer: { email: 'ada@example.com' } };

    const result = await shop.evidenceApplier.apply(begun.paymentId, evidence);

    expect(shop.orders.buyers.get(orderIdOf(begun.paymentId))?.buyer).toEqual({ email: 'ada@example.com' });
    expect(JSON.stringify([result, [...shop.payments.rows.values()]])).not.toContain('ada');
  });

  it('stores the latest address when the buyer approves again after a decline', async () => {
    const { shop, paymentId, drain } = await onePurchase();
    const approvedFor = (address_line_1: string, time: string): Evidence => ({
      kind: 'approved',
      source: 'webhook',
      time,
      buyer: { ship_to: { address_line_1 } },
    });
    await shop.evidenceApplier.apply(paymentId, approvedFor('Home 1', '2026-06-01T12:00:00.001Z'));
    await shop.evidenceApplier.apply(
      paymentId,
      evidenceOf('instrument_declined', { time: '2026-06-01T12:00:00.002Z' }),
    );

    await shop.evidenceApplier.apply(paymentId, approvedFor('Office 2', '2026-06-01T12:00:00.003Z'));
    await shop.evidenceApplier.apply(paymentId, { ...CAPTURED, paypalOrderId: undefined });
    await drain();

    expect(shop.orders.buyers.get(orderIdOf(paymentId))).toMatchObject({
      buyer: { ship_to: { address_line_1: 'Office 2' } },
      kept: true,
    });
  });

  it.each<[string, Evidence]>([
    [
      'of a later approval',
      { kind: 'approved', source: 'webhook', time: '2026-06-01T12:00:00.003Z', buyer: { name: 'Bob' } },
    ],
    ['of the capture', { ...CAPTURED, paypalOrderId: undefined, buyer: { name: 'Bob' } }],
  ])('keeps the buyer %s when that of an earlier approval is stored after it', async (_, later) => {
    const isReleased = Promise.withResolvers<void>();
    let isHeld = false;
    const shop = shopInMemory({
      gate: async (call, effect) => {
        if (call === 'orders.rememberBuyer' && !isHeld) {
          isHeld = true;
          await isReleased.promise;
        }
        return effect();
      },
    });
    const begun = await shop.begin();
    if (!begun) throw new Error('no payment begun');
    const apply = (evidence: Evidence) => shop.evidenceApplier.apply(begun.paymentId, evidence);
    const earlier = apply({
      kind: 'approved',
      source: 'webhook',
      time: '2026-06-01T12:00:00.001Z',
      buyer: { name: 'Ada' },
    });
    await vi.waitFor(() => expect(isHeld).toBe(true));
    await apply(evidenceOf('instrument_declined', { time: '2026-06-01T12:00:00.002Z' }));

    await apply(later);
    isReleased.resolve();
    await earlier;

    expect(shop.orders.buyers.get(orderIdOf(begun.paymentId))?.buyer).toEqual({ name: 'Bob' });
  });

  it('applies all facts of one order in sequence', async () => {
    const { applyOrder, started, payment } = applierOf();
    const refunded: PayPalOrder = {
      ...completed,
      captures: [{ id: 'CAPTURE1', status: 'REFUNDED', amount: REQUESTED }],
      refunds: [{ id: 'REFUND1', status: 'COMPLETED', amount: REQUESTED, capture_id: 'CAPTURE1' }],
    };

    const result = await applyOrder(paymentThatIs('created'), refunded, 'reconciler');

    expect(result).toMatchObject({ outcome: 'moved', payment: { status: 'refunded', refunded_minor: 2000 } });
    expect(payment()?.status).toBe('refunded');
    expect(new Set(started)).toEqual(new Set([`${PAYMENT}-captured`, `${PAYMENT}-refunded-2000`]));
  });
});
