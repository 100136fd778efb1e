import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { replayEvent } from '../../../src/paypal-webhook/replay-event.ts';
import { NOW, shopWithInbox } from '../../support/in-memory/shop-with-inbox.ts';

describe('replayEvent', () => {
  it('processes the event and records the replay', async () => {
    const { approve, stored, deps, payment, events, shop, paymentId } = await shopWithInbox();
    approve();
    const id = await stored();

    expect(await replayEvent(deps, id, { dryRun: false })).toMatchObject({ outcome: 'replayed', changed: true });

    expect(payment()?.status).toBe('approved');
    expect([...shop.executions.keys()]).toEqual([`${paymentId}-approved`]);
    expect(events.rows.get(id)).toMatchObject({
      status: 'accepted',
      payment_id: paymentId,
      replayed_at: [NOW.toISOString()],
    });
  });

  it('changes nothing for an event that was processed before', async () => {
    const { approve, stored, deps, shop, payment } = await shopWithInbox();
    approve();
    const id = await stored();
    await replayEvent(deps, id, { dryRun: false });
    const [before, executions] = [JSON.stringify(payment()), shop.executions.size];

    expect(await replayEvent(deps, id, { dryRun: false })).toMatchObject({ outcome: 'replayed', changed: false });

    expect(JSON.stringify(payment())).toBe(before);
    expect(shop.executions.size).toBe(executions);
  });

  it.each([true, false])('changes nothing for an approval that PayPal refused since (dry run: %s)', async (dryRun) => {
    const { approve, stored, capture, deps, shop, payment } = await shopWithInbox();
    approve('refused once');
    const id = await stored();
    await capture();
    shop.paypal.endRefusals();

    expect(await replayEvent(deps, id, { dryRun })).toMatchObject(dryRun ? { changes: [] } : { changed: false });

    expect(payment()?.status).toBe('created');
    expect(shop.executions.size).toBe(0);
  });

  it('applies a parked event once its payment exists', async () => {
    const { approve, stored, deps, events, shop, payment, paymentId } = await shopWithInbox();
    approve();
    const id = await stored();
    const known = payment();
    shop.payments.rows.clear();
    await replayEvent(deps, id, { dryRun: false });
    expect(events.rows.get(id)).toMatchObject({ status: 'parked', reason: 'unknown_payment' });
    if (known) shop.payments.rows.set(paymentId, known);

    await replayEvent(deps, id, { dryRun: false });

    expect(events.rows.get(id)).toMatchObject({ status: 'accepted' });
    expect(events.rows.get(id)).not.toHaveProperty('reason');
  });

  it('throws and records nothing when PayPal must be read and does not respond', async () => {
    const { store, deps, events, approve, capture, drain } = await shopWithInbox();
    approve();
    await capture();
    await drain();
    await store({ id: 'WH-X', event_type: 'CHECKOUT.ORDER.VOIDED', resource: { id: 'ORDER1' } });
    const silent = {
      ...deps,
      payments: {
        ...deps.payments,
        byPayPalOrder: async () => Promise.reject(new PayPalUnavailable('timeout', { operation: 'getOrder' })),
      },
    };

    await expect(replayEvent(silent, 'WH-X', { dryRun: false })).rejects.toThrow(PayPalUnavailable);

    expect(events.rows.get('WH-X')).toMatchObject({ status: 'received', replayed_at: [] });
  });

  it('returns unknown_event for an unknown id', async () => {
    const { deps } = await shopWithInbox();

    expect(await replayEvent(deps, 'WH-NONE', { dryRun: false })).toEqual({ outcome: 'unknown_event' });
  });

  it.each([true, false])('returns erased when the body was erased (dry run: %s)', async (dryRun) => {
    const { approve, stored, deps, events, everything } = await shopWithInbox();
    approve();
    const id = await stored();
    const event = events.rows.get(id);
    if (event) events.rows.set(id, { ...event, body: '', erased_at: NOW.toISOString() });
    const before = everything();

    expect(await replayEvent(deps, id, { dryRun })).toMatchObject({ outcome: 'erased' });

    expect(everything()).toBe(before);
  });
});

describe('replayEvent as a dry run', () => {
  it('returns the changes and writes nothing', async () => {
    const { approve, stored, deps, everything, paymentId } = await shopWithInbox();
    approve();
    const id = await stored();
    const before = everything();

    expect(await replayEvent(deps, id, { dryRun: true })).toMatchObject({
      outcome: 'dry_run',
      result: { status: 'accepted', moved: true },
      asked_paypal: false,
      changes: [
        {
          payment_id: paymentId,
          from: 'created',
          to: 'approved',
          because: 'approved',
          settlement: `${paymentId}-approved`,
        },
      ],
    });

    expect(everything()).toBe(before);
  });

  it.each(['instant', 'pending', 'declined'] as const)(
    'returns what the replay then does, for a capture that is %s',
    async (funding) => {
      const { approve, capture, stored, deps, shop, paymentId, payment } = await shopWithInbox();
      approve(funding);
      const before = payment();
      await capture();
      if (before) shop.payments.rows.set(paymentId, before);
      const id = await stored();

      const predicted = await replayEvent(deps, id, { dryRun: true });
      await replayEvent(deps, id, { dryRun: false });

      expect(predicted).toMatchObject({ changes: [{ from: 'created', to: payment()?.status }] });
    },
  );

  it('returns both transitions of an event with two facts', async () => {
    const { approve, capture, store, deps, shop, orderId, paymentId, payment } = await shopWithInbox();
    approve();
    const before = payment();
    await capture();
    shop.paypal.refund(orderId);
    if (before) shop.payments.rows.set(paymentId, before);
    const refunded = shop.paypal.orders.get(orderId)?.capture;
    await store({
      id: 'WH-LATE',
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: {
        id: refunded?.id,
        status: 'REFUNDED',
        amount: { currency_code: 'EUR', value: '20.00' },
        custom_id: paymentId,
      },
    });

    expect(await replayEvent(deps, 'WH-LATE', { dryRun: true })).toMatchObject({
      changes: [
        { from: 'created', to: 'captured' },
        { from: 'captured', to: 'refunded' },
      ],
    });
  });

  it('uses the payment’s current status', async () => {
    const { approve, cancel, shop, orderId, paymentId, stored, deps } = await shopWithInbox();
    await cancel(orderId);
    approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');
    const id = await stored();

    expect(await replayEvent(deps, id, { dryRun: true })).toMatchObject({
      changes: [{ from: 'cancelled', to: 'captured', settlement: `${paymentId}-captured_late` }],
    });
  });

  it('returns no changes for outdated evidence', async () => {
    const { approve, capture, stored, deps, drain } = await shopWithInbox();
    approve();
    const id = await stored();
    await capture();
    await drain();

    expect(await replayEvent(deps, id, { dryRun: true })).toMatchObject({
      result: { status: 'accepted', moved: false },
      changes: [],
    });
  });

  it('reads PayPal when the evidence does not fit, and reports it', async () => {
    const { approve, cancel, stored, deps, everything } = await shopWithInbox();
    await cancel();
    approve();
    const id = await stored();
    const before = everything();

    expect(await replayEvent(deps, id, { dryRun: true })).toMatchObject({
      asked_paypal: true,
      changes: [{ from: 'cancelled', to: 'approved' }],
    });

    expect(everything()).toBe(before);
  });

  it('returns the flag of a dispute, once', async () => {
    const { approve, capture, store, deps, payment, paymentId } = await shopWithInbox();
    approve();
    await capture();
    await store({
      id: 'WH-D',
      event_type: 'CUSTOMER.DISPUTE.CREATED',
      resource: {
        dispute_id: 'PP-D-1',
        status: 'OPEN',
        create_time: '2026-06-01T12:00:00Z',
        disputed_transactions: [{ seller_transaction_id: payment()?.capture_id }],
      },
    });

    expect(await replayEvent(deps, 'WH-D', { dryRun: true })).toMatchObject({
      changes: [{ payment_id: paymentId, from: 'captured', to: 'captured', because: 'dispute' }],
    });
    await replayEvent(deps, 'WH-D', { dryRun: false });
    expect(await replayEvent(deps, 'WH-D', { dryRun: true })).toMatchObject({ changes: [] });
  });
});
