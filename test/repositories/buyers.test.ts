import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { orderIdOf, paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { dynamo } from '../support/stack/aws.ts';

const orders = orderRepository(dynamo, inject('aws').tables.orders);
const NOW = new Date('2026-06-01T12:00:00.000Z');
const HOME = { name: 'Ada', ship_to: { address_line_1: 'Home 1' } };
const OFFICE = { name: 'Ada', ship_to: { address_line_1: 'Office 2' } };
const newOrderId = () => orderIdOf(paymentIdOf(sessionId(ulid())));

describe('orderRepository', () => {
  it('replaces the buyer when a later attempt names another address', async () => {
    const id = newOrderId();
    await orders.rememberBuyer(id, HOME, { of: 'capture', time: '' }, NOW);

    await orders.rememberBuyer(id, OFFICE, { of: 'capture', time: '' }, NOW);

    expect(await orders.buyer(id)).toEqual(OFFICE);
  });

  it('ignores later buyer data when the buyer is kept with an order', async () => {
    const id = newOrderId();
    await orders.rememberBuyer(id, HOME, { of: 'capture', time: '' }, NOW);
    await orders.keepBuyer(id, 'any');

    expect(await orders.rememberBuyer(id, OFFICE, { of: 'capture', time: '' }, NOW)).toBe(false);

    expect(await orders.buyer(id)).toEqual(HOME);
  });

  it('ignores later buyer data when the buyer was erased', async () => {
    const id = newOrderId();
    await orders.rememberBuyer(id, HOME, { of: 'capture', time: '' }, NOW);
    await orders.eraseBuyer(id, NOW);

    expect(await orders.rememberBuyer(id, OFFICE, { of: 'capture', time: '' }, NOW)).toBe(false);

    expect(await orders.buyer(id)).toBeUndefined();
  });
});
