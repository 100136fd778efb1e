import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { completeCheckout, failCheckout, refundCheckout } from '../../src/checkout/session-steps.ts';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { commitStock, releaseStock, returnStock } from '../../src/inventory/stock-steps.ts';
import { decide } from '../../src/payments/decide.ts';
import type { Evidence } from '../../src/payments/evidence.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { orderIdOf, paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import type { Settlement } from '../../src/shared/settlement.ts';
import { paymentFor, reservationFor, sessionFor } from '../support/builders/stored-purchase.ts';
import { dynamo, everythingIn, stockedProduct } from '../support/stack/aws.ts';

const { tables } = inject('aws');
const NOW = new Date('2026-06-01T12:00:00.000Z');
const LATER = new Date('2026-06-03T12:00:00.000Z');
const IN_30_DAYS = Date.parse('2026-07-01T12:00:00.000Z') / 1000;
const IN_90_DAYS = Date.parse('2026-08-30T12:00:00.000Z') / 1000;

describe('the tables', () => {
  it('expires an event 90 days after its first delivery, whatever is redelivered', async () => {
    const events = eventRepository(dynamo, tables['webhook-events']);
    const id = `WH-${ulid()}`;
    const event = { id, eventType: 'PAYMENT.CAPTURE.COMPLETED', body: '{}' };

    await events.receive({ ...event, transmissionId: 'one', now: NOW });
    await events.receive({ ...event, transmissionId: 'two', now: LATER });

    expect((await everythingIn('webhook-events')).find(({ event_id }) => event_id === id)?.expires_at).toBe(IN_90_DAYS);
  });

  it('expires a buyer after 90 days unless an order keeps it', async () => {
    const orders = orderRepository(dynamo, tables.orders);
    const id = orderIdOf(paymentIdOf(sessionId(ulid())));
    const row = async () => (await everythingIn('orders')).find(({ order_id }) => order_id === id);

    await orders.rememberBuyer(id, { name: 'Ada' }, { of: 'capture', time: '' }, NOW);
    expect((await row())?.expires_at).toBe(IN_90_DAYS);

    await orders.keepBuyer(id, 'any');
    expect(await row()).not.toHaveProperty('expires_at');
  });
});

describe('a purchase without money', () => {
  const now = () => NOW;
  const payments = paymentRepository(dynamo, tables.payments, now);
  const sessions = sessionRepository(dynamo, tables['checkout-sessions'], now);
  const stock = stockRepository(dynamo, tables, now);

  /** A purchase whose payment has begun. */
  async function begun() {
    const subject = { session: sessionId(ulid()), sku: await stockedProduct(2) };
    const id = paymentIdOf(subject.session);
    await stock.reserve(reservationFor(subject));
    await sessions.create(sessionFor(subject));
    const deleteAt = async (table: 'reservations' | 'checkout-sessions' | 'payments') =>
      (await everythingIn(table)).find(
        (row) =>
          row[table === 'payments' ? 'payment_id' : 'checkout_session_id'] ===
          (table === 'payments' ? id : subject.session),
      )?.delete_at;
    return {
      ...subject,
      id,
      begin: async () => {
        await sessions.beginPayment(subject.session, LATER);
        await payments.create(paymentFor(subject), LATER);
      },
      settlement: (more: Partial<Settlement>): Settlement => ({
        payment_id: id,
        checkout_session_id: subject.session,
        outcome: 'released',
        payment_status: 'cancelled',
        captured: null,
        refunded_minor: 0,
        ...more,
      }),
      deletions: async () => [
        await deleteAt('reservations'),
        await deleteAt('checkout-sessions'),
        await deleteAt('payments'),
      ],
    };
  }
  const MONEY = { outcome: 'captured_late', payment_status: 'captured' } as const;

  it('expires 30 days after a session without payment', async () => {
    const { session, deletions } = await begun();
    expect(await deletions()).toEqual([undefined, undefined, undefined]);

    await sessions.expire(session);
    await releaseStock(stock, { checkout_session_id: session });

    expect(await deletions()).toEqual([IN_30_DAYS, IN_30_DAYS, undefined]);
  });

  it('expires 30 days after a payment that was given up, unless money arrives late', async () => {
    const { id, begin, settlement, deletions } = await begun();
    await begin();
    const seen = async () => (await payments.get(id)) ?? expect.fail('no payment');
    const apply = async (evidence: Evidence) => {
      const decision = decide(await seen(), evidence);
      if (decision.do !== 'move') throw new Error(decision.do);
      expect(await payments.move(id, decision.move, NOW, LATER)).toHaveProperty('moved');
    };
    await apply({ kind: 'cancelled', source: 'buyer' });
    await releaseStock(stock, settlement({}));
    await failCheckout(sessions, settlement({}));
    expect(await deletions()).toEqual([IN_30_DAYS, IN_30_DAYS, undefined]);

    // Not before its settlement has succeeded.
    await payments.reschedule(await seen(), undefined);
    expect((await deletions())[2]).toBeUndefined();
    await payments.closeSettlement(id, 'released', NOW);
    await payments.reschedule(await seen(), undefined);
    expect((await deletions())[2]).toBe(IN_30_DAYS);

    const captureId = `CAP-${ulid()}`;
    await apply({ kind: 'captured', source: 'webhook', captureId, amount: (await seen()).amount, authoritative: true });
    await commitStock(stock, settlement(MONEY));
    await completeCheckout(sessions, settlement(MONEY));
    expect(await deletions()).toEqual([undefined, undefined, undefined]);
  });

  it('does not expire once it was paid and refunded', async () => {
    const { begin, settlement, deletions } = await begun();
    await begin();
    const refunded = { outcome: 'refunded', payment_status: 'refunded', order: { order_status: 'void' } } as const;

    await refundCheckout(sessions, settlement(refunded));
    await returnStock(stock, settlement(refunded));

    expect(await deletions()).toEqual([undefined, undefined, undefined]);
  });

  it('is kept when its payment waits with money', async () => {
    const { session, deletions } = await begun();
    await sessions.expire(session);
    await releaseStock(stock, { checkout_session_id: session });
    expect(await deletions()).toEqual([IN_30_DAYS, IN_30_DAYS, undefined]);

    for (let i = 0; i < 2; i++) await Promise.all([sessions.keep(session), stock.keep(session)]);

    expect(await deletions()).toEqual([undefined, undefined, undefined]);
    const unknown = sessionId(ulid());
    await Promise.all([sessions.keep(unknown), stock.keep(unknown)]);
    expect([await sessions.get(unknown), await stock.reservation(unknown)]).toEqual([undefined, undefined]);
  });
});
