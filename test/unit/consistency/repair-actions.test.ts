import { describe, expect, it } from 'vitest';
import type { Repair } from '../../../src/consistency/checks/violation.ts';
import { repairActions } from '../../../src/consistency/repair-actions.ts';
import { repairFinding } from '../../../src/consistency/repair-finding.ts';
import type { Product } from '../../../src/inventory/product.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { deliveryOf, latestEvent } from '../../support/builders/webhook-events.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';
import { Execution } from '../../support/in-memory/workflow.ts';

const NEXT_DAY = new Date('2026-06-02T12:00:00.000Z');

/** A captured purchase with its order; workflow steps run when the test runs them. */
async function paidPurchase() {
  const purchase = await onePurchase();
  purchase.approve();
  await purchase.drain();
  const { shop, paymentId } = purchase;
  const check = checkOf(shop);
  const events = eventsInMemory(openGate);
  const { getOrder, getCapture, getRefund, refundCapture } = shop.paypal.client;
  const payments = shop.payments.repository;
  const reconciled: string[] = [];
  const offsets: object[] = [];
  const deps = { payments, evidenceApplier: shop.evidenceApplier, getOrder };
  const actions = repairActions({
    refund: { ...deps, refundCapture },
    retry: {
      payments,
      failed: check.failed.repository,
      hours: { add: async () => undefined },
      workflow: {
        failedSteps: async () => [],
        redrive: async () => false,
        describe: async (name) => {
          const execution = shop.executions.get(name);
          const status = execution?.succeeded ? 'SUCCEEDED' : 'RUNNING';
          return execution && { arn: name, status, redrivable: false, redrives: 0 };
        },
        start: async (name, input) => {
          shop.executions.set(name, new Execution(name, input, shop.doTask));
        },
      },
    },
    replay: { ...deps, getCapture, getRefund, events: events.repository, now: () => NEXT_DAY },
    stock: {
      correct: async (sku, seen, counted) => {
        const product = shop.stock.products.get(sku) as Product;
        if (product.available !== seen.available) return false;
        shop.stock.products.set(sku, { ...product, ...counted });
        return true;
      },
      offset: async (sku, by, drift) => {
        offsets.push({ sku, by, drift });
        return by.sold > -4;
      },
    },
    reconcileReservation: async (id) => {
      reconciled.push(id);
      return id.endsWith('1');
    },
  });
  const repair = async (findingId: string, dryRun = false) =>
    repairFinding({ recheck: (id) => check.recheck(id, NEXT_DAY), actions }, { findingId, dryRun, by: 'operator ada' });
  return {
    ...purchase,
    check,
    repair,
    actions,
    events,
    reconciled,
    offsets,
    order: () => shop.orders.rows.get(orderIdOf(paymentId)),
    /** Corrupts the payment's row. */
    corruptPayment: (change: Partial<Payment>) =>
      shop.payments.rows.set(paymentId, { ...(shop.payments.rows.get(paymentId) as Payment), ...change }),
    openFindings: async () => {
      await check.check(NEXT_DAY);
      return check.open();
    },
  };
}

describe('repairActions', () => {
  it('settle recreates a lost order, and the finding is closed', async () => {
    const { shop, paymentId, repair, openFindings, order, drain } = await paidPurchase();
    shop.orders.rows.clear();
    expect(await openFindings()).toEqual([`1:${paymentId}`, `6:${paymentId}`]);

    expect(await repair(`1:${paymentId}`)).toMatchObject({ outcome: 'repaired' });
    await drain();

    expect(order()?.status).toBe('confirmed');
    expect(await openFindings()).toEqual([]);
  });

  it('starts no execution when it is a dry run', async () => {
    const { shop, paymentId, repair, openFindings } = await paidPurchase();
    shop.orders.rows.clear();
    await openFindings();
    const before = shop.executions.size;

    expect(await repair(`1:${paymentId}`, true)).toMatchObject({
      outcome: 'would_repair',
      description: `rerun settlement captured of ${paymentId}; steps already done are skipped`,
    });

    expect(shop.executions.size).toBe(before);
  });

  it('ask_paypal updates a payment that is behind its order', async () => {
    const { paymentId, repair, openFindings, corruptPayment, payment, drain } = await paidPurchase();
    corruptPayment({ status: 'approved' });
    expect(await openFindings()).toEqual([`2:${paymentId}`, `3:${paymentId}`]);

    expect(await repair(`2:${paymentId}`)).toMatchObject({ outcome: 'repaired' });
    await drain();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(payment()?.history.at(-1)?.source).toBe('operator ada');
    expect(await openFindings()).toEqual([]);
  });

  it('refund refunds an amount that was not accepted, once', async () => {
    const { shop, paymentId, repair, openFindings, corruptPayment, atPayPal, drain, sessionId } = await paidPurchase();
    const session = shop.sessions.rows.get(sessionId);
    if (session) shop.sessions.rows.set(sessionId, { ...session, amount: { currency: 'EUR', minor: 2100 } });
    corruptPayment({});
    expect(await openFindings()).toEqual([`7:${paymentId}`]);

    await repair(`7:${paymentId}`);
    await repair(`7:${paymentId}`);
    await drain();

    expect(atPayPal()?.capture?.refunds).toHaveLength(1);
    expect(await openFindings()).toEqual([]);
  });

  it('refund returns PayPal’s reason when PayPal rejects it', async () => {
    const { shop, paymentId, repair, openFindings, orderId, sessionId } = await paidPurchase();
    const session = shop.sessions.rows.get(sessionId);
    if (session) shop.sessions.rows.set(sessionId, { ...session, amount: { currency: 'EUR', minor: 2100 } });
    await openFindings();
    shop.paypal.dispute(orderId, true);

    expect(await repair(`7:${paymentId}`)).toMatchObject({
      outcome: 'not_repairable',
      reason: expect.stringMatching(/^PayPal rejected the refund: /),
    });
  });

  it('correct_stock sets the counted values, unless the counters changed since', async () => {
    const { shop, repair, openFindings, stock } = await paidPurchase();
    const expected = stock() as Product;
    shop.stock.products.set('MUG', { ...expected, sold: 0, available: 10 });
    await openFindings();
    expect(await openFindings()).toEqual(['4:MUG']);

    await shop.begin();
    expect(await repair('4:MUG')).toMatchObject({
      outcome: 'not_repairable',
      reason: expect.stringContaining('next check'),
    });

    await openFindings();
    await openFindings();
    expect(await repair('4:MUG')).toMatchObject({ outcome: 'repaired' });
    expect(stock()).toEqual({ ...expected, available: 8, reserved: 1 });
    expect(await openFindings()).toEqual([]);
  });
});

describe('repairActions when a repair is not possible', () => {
  const PAYMENT = 'pay_0000000000000000000000000X' as const;
  const attempt = async (repair: Repair) => {
    const { actions } = await paidPurchase();
    switch (repair.kind) {
      case 'settle':
        return actions.settle(repair, 'ada');
      case 'ask_paypal':
        return actions.ask_paypal(repair, 'ada');
      case 'refund':
        return actions.refund(repair, 'ada');
      case 'release_stock':
        return actions.release_stock(repair, 'ada');
      case 'correct_stock':
        return actions.correct_stock(repair, 'ada');
      case 'offset_stock':
        return actions.offset_stock(repair, 'ada');
      case 'replay_event':
        return actions.replay_event(repair, 'ada');
    }
  };
  const none = { available: 0, reserved: 0, sold: 0 };

  it.each<[kind: string, when: string, Repair, RegExp]>([
    [
      'settle',
      'the payment does not exist',
      { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
      /not found/,
    ],
    ['ask_paypal', 'the payment does not exist', { kind: 'ask_paypal', payment_id: PAYMENT }, /not found/],
    ['refund', 'the payment does not exist', { kind: 'refund', payment_id: PAYMENT }, /not found/],
    [
      'release_stock',
      'a payment may still arrive',
      { kind: 'release_stock', checkout_session_id: 'cs_2' },
      /may still arrive/,
    ],
    [
      'correct_stock',
      'more is sold than was ever stocked',
      { kind: 'correct_stock', sku: 'MUG', seen: none, counted: { ...none, available: -1 } },
      /more units held and sold/,
    ],
    [
      'offset_stock',
      'a counter would be negative',
      { kind: 'offset_stock', sku: 'MUG', by: { ...none, sold: -4 }, drift: '7' },
      /negative/,
    ],
    ['replay_event', 'the event does not exist', { kind: 'replay_event', event_id: 'WH-0' }, /not found/],
  ])('%s returns the reason when %s', async (_, __, repair, reason) => {
    expect(await attempt(repair)).toEqual({ done: false, reason: expect.stringMatching(reason) });
  });

  it('settle returns the reason when the settlement is outdated', async () => {
    const { actions, paymentId } = await paidPurchase();

    expect(
      await actions.settle({ kind: 'settle', payment_id: paymentId, settlement: 'released' }, 'ada'),
    ).toMatchObject({
      done: false,
      reason: expect.stringContaining('moved on'),
    });
  });

  it('replay_event returns the reason when the event data was erased', async () => {
    const { actions, events } = await paidPurchase();
    await events.repository.receive({ id: 'WH-1', eventType: 'X', body: '', now: NEXT_DAY });

    expect(await actions.replay_event({ kind: 'replay_event', event_id: 'WH-1' }, 'ada')).toMatchObject({
      reason: expect.stringContaining('erased'),
    });
  });
});

it('offset_stock changes the counters by what they have drifted', async () => {
  const { actions, offsets } = await paidPurchase();
  const by = { available: 3, reserved: 0, sold: -3 };

  expect(await actions.offset_stock({ kind: 'offset_stock', sku: 'MUG', by, drift: '7' }, 'ada')).toEqual({
    done: true,
  });
  expect(offsets).toEqual([{ sku: 'MUG', by, drift: '7' }]);
});

it('replay_event replays the event, release_stock reconciles the reservation', async () => {
  const { actions, events, shop, reconciled } = await paidPurchase();
  const event = latestEvent(shop.paypal);
  await events.repository.receive(deliveryOf(event, NEXT_DAY));

  expect(await actions.replay_event({ kind: 'replay_event', event_id: event.id }, 'ada')).toEqual({ done: true });
  expect(events.rows.get(event.id)?.status).toBe('accepted');
  expect(await actions.release_stock({ kind: 'release_stock', checkout_session_id: 'cs_1' }, 'ada')).toEqual({
    done: true,
  });
  expect(reconciled).toEqual(['cs_1']);
});
