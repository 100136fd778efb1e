import { describe, expect, it } from 'vitest';
import type { Repair } from '../../../src/consistency/finding.ts';
import { repairActions } from '../../../src/consistency/repair-actions.ts';
import { repairFinding } from '../../../src/consistency/repair-finding.ts';
import type { Product } from '../../../src/inventory/product.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';
import { Execution } from '../../support/in-memory/workflow.ts';

const NEXT_DAY = new Date('2026-06-02T12:00:00.000Z');

/** A shop with one purchase that is paid and delivered, its check, and its repairs; a step of the workflow is done when the test says so. */
async function paidPurchase() {
  const purchase = await onePurchase();
  purchase.approve();
  await purchase.rest();
  const { shop, paymentId } = purchase;
  const check = checkOf(shop);
  const events = eventsInMemory(openGate);
  const { getOrder, getCapture, refundCapture } = shop.paypal.client;
  const payments = shop.payments.repository;
  const looked: string[] = [];
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
    replay: { ...deps, getCapture, events: events.repository, now: () => NEXT_DAY },
    stock: {
      correct: async (sku, seen, counted) => {
        const found = shop.stock.products.get(sku) as Product;
        if (found.available !== seen.available) return false;
        shop.stock.products.set(sku, { ...found, ...counted });
        return true;
      },
    },
    reconcileReservation: async (id) => {
      looked.push(id);
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
    looked,
    order: () => shop.orders.rows.get(orderIdOf(paymentId)),
    /** Changes the payment as nothing in the shop would. */
    damagePayment: (damage: Partial<Payment>) =>
      shop.payments.rows.set(paymentId, { ...(shop.payments.rows.get(paymentId) as Payment), ...damage }),
    found: async () => {
      await check.check(NEXT_DAY);
      return check.open();
    },
  };
}

describe('a repair', () => {
  it('makes the order again that was lost, and the finding is closed', async () => {
    const { shop, paymentId, repair, found, order, rest } = await paidPurchase();
    shop.orders.rows.clear();
    expect(await found()).toEqual([`1:${paymentId}`, `6:${paymentId}`]);

    expect(await repair(`1:${paymentId}`)).toMatchObject({ outcome: 'repaired' });
    await rest();

    expect(order()?.status).toBe('confirmed');
    expect(await found()).toEqual([]);
  });

  it('said beforehand does nothing', async () => {
    const { shop, paymentId, repair, found } = await paidPurchase();
    shop.orders.rows.clear();
    await found();
    const before = shop.executions.size;

    expect(await repair(`1:${paymentId}`, true)).toMatchObject({
      outcome: 'would_repair',
      description: `run the settlement captured of ${paymentId} again: its steps do only what is not done yet`,
    });

    expect(shop.executions.size).toBe(before);
  });

  it('asks PayPal about a payment that fell behind its order', async () => {
    const { paymentId, repair, found, damagePayment, payment, rest } = await paidPurchase();
    damagePayment({ status: 'approved' });
    expect(await found()).toEqual([`2:${paymentId}`, `3:${paymentId}`]);

    expect(await repair(`2:${paymentId}`)).toMatchObject({ outcome: 'repaired' });
    await rest();

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(payment()?.history.at(-1)?.source).toBe('operator ada');
    expect(await found()).toEqual([]);
  });

  it('gives back the money that nobody accepted, once', async () => {
    const { shop, paymentId, repair, found, damagePayment, atPayPal, rest, sessionId } = await paidPurchase();
    const session = shop.sessions.rows.get(sessionId);
    if (session) shop.sessions.rows.set(sessionId, { ...session, amount: { currency: 'EUR', minor: 2100 } });
    damagePayment({});
    expect(await found()).toEqual([`7:${paymentId}`]);

    await repair(`7:${paymentId}`);
    await repair(`7:${paymentId}`);
    await rest();

    expect(atPayPal()?.capture?.refunds).toHaveLength(1);
    expect(await found()).toEqual([]);
  });

  it('does not give money back when PayPal refuses, and says why', async () => {
    const { shop, paymentId, repair, found, orderId, sessionId } = await paidPurchase();
    const session = shop.sessions.rows.get(sessionId);
    if (session) shop.sessions.rows.set(sessionId, { ...session, amount: { currency: 'EUR', minor: 2100 } });
    await found();
    shop.paypal.dispute(orderId, true);

    expect(await repair(`7:${paymentId}`)).toMatchObject({
      outcome: 'not_repairable',
      reason: expect.stringMatching(/^PayPal says /),
    });
  });

  it('corrects the stock to what was counted, unless it moved since', async () => {
    const { shop, repair, found, stock } = await paidPurchase();
    const right = stock() as Product;
    shop.stock.products.set('MUG', { ...right, sold: 0, available: 10 });
    await found();
    expect(await found()).toEqual(['4:MUG']);

    await shop.begin();
    expect(await repair('4:MUG')).toMatchObject({
      outcome: 'not_repairable',
      reason: expect.stringContaining('next check'),
    });

    await found();
    await found();
    expect(await repair('4:MUG')).toMatchObject({ outcome: 'repaired' });
    expect(stock()).toEqual({ ...right, available: 8, reserved: 1 });
    expect(await found()).toEqual([]);
  });
});

describe('what no repair can do now', () => {
  const PAYMENT = 'pay_0000000000000000000000000X' as const;
  const tried = async (repair: Repair) => {
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
      case 'replay_event':
        return actions.replay_event(repair, 'ada');
    }
  };
  const none = { available: 0, reserved: 0, sold: 0 };

  it.each<[string, Repair, RegExp]>([
    ['a settlement of no payment', { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' }, /not there/],
    ['a question about no payment', { kind: 'ask_paypal', payment_id: PAYMENT }, /not there/],
    ['a refund of no payment', { kind: 'refund', payment_id: PAYMENT }, /not there/],
    ['stock that money may be on its way for', { kind: 'release_stock', checkout_session_id: 'cs_2' }, /on its way/],
    [
      'stock of which more is sold than there was',
      { kind: 'correct_stock', sku: 'MUG', seen: none, counted: { ...none, available: -1 } },
      /more is held and sold/,
    ],
    ['an event that is not there', { kind: 'replay_event', event_id: 'WH-0' }, /not there any more/],
  ])('is %s', async (_, repair, reason) => {
    expect(await tried(repair)).toEqual({ done: false, reason: expect.stringMatching(reason) });
  });

  it('is a settlement that the payment does not ask for any more', async () => {
    const { actions, paymentId } = await paidPurchase();

    expect(
      await actions.settle({ kind: 'settle', payment_id: paymentId, settlement: 'released' }, 'ada'),
    ).toMatchObject({
      done: false,
      reason: expect.stringContaining('moved on'),
    });
  });

  it('is what an event said that was erased', async () => {
    const { actions, events } = await paidPurchase();
    await events.repository.receive({ id: 'WH-1', eventType: 'X', body: '', now: NEXT_DAY });

    expect(await actions.replay_event({ kind: 'replay_event', event_id: 'WH-1' }, 'ada')).toMatchObject({
      reason: expect.stringContaining('erased'),
    });
  });
});

it('an event is replayed, and stock that nobody pays for is looked after', async () => {
  const { actions, events, shop, looked } = await paidPurchase();
  const { event } = shop.paypal.events[0] ?? {};
  if (!event) throw new Error('PayPal told nothing');
  await events.repository.receive({
    id: event.id,
    eventType: event.event_type,
    body: JSON.stringify(event),
    now: NEXT_DAY,
  });

  expect(await actions.replay_event({ kind: 'replay_event', event_id: event.id }, 'ada')).toEqual({ done: true });
  expect(events.rows.get(event.id)?.status).toBe('accepted');
  expect(await actions.release_stock({ kind: 'release_stock', checkout_session_id: 'cs_1' }, 'ada')).toEqual({
    done: true,
  });
  expect(looked).toEqual(['cs_1']);
});
