import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { orderIdOf, paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { dynamo, everythingIn } from '../support/stack/aws.ts';

const { tables } = inject('aws');
const NOW = new Date('2026-06-01T12:00:00.000Z');
const LATER = new Date('2026-06-03T12:00:00.000Z');
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
