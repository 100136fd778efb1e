import { describe, expect, it } from 'vitest';
import { orderRequest, useSimulator } from './harness.ts';

const paypal = useSimulator();
const HOURS = 60 * 60 * 1000;

const withId = (id: string) => ({ headers: { 'PayPal-Request-Id': id } });
const create = (id: string) => paypal.api('POST', '/v2/checkout/orders', orderRequest(), withId(id));
const capture = (orderId: string, id: string) =>
  paypal.api('POST', `/v2/checkout/orders/${orderId}/capture`, {}, withId(id));
// PayPal's page on idempotency documents 200 for a repeated request; its OpenAPI file of 2024 has it for orders only.
const refund = (captureId: string, id: string) =>
  paypal.api(
    'POST',
    `/v2/payments/captures/${captureId}/refund`,
    { amount: { currency_code: 'EUR', value: '1.00' } },
    { ...withId(id), describedAs: 201 },
  );
const count = async (what: string) => Object.keys((await paypal.control('GET', 'state'))[what] as object).length;

describe('PayPal-Request-Id', () => {
  it('returns the same order with 200 when repeated', async () => {
    const first = await create('order-1');
    const second = await create('order-1');

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await count('orders')).toBe(1);
  });

  it('creates another order for another id', async () => {
    await create('order-1');
    await create('order-2');

    expect(await count('orders')).toBe(2);
  });

  it('captures once and returns the stored response when repeated', async () => {
    const orderId = await paypal.approvedOrder();
    const first = await capture(orderId, 'capture-1');
    const second = await capture(orderId, 'capture-1');

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await count('captures')).toBe(1);
  });

  it('applies per path', async () => {
    const [one, other] = [await paypal.approvedOrder(), await paypal.approvedOrder()];

    expect((await capture(one, 'same')).body.id).toBe(one);
    expect((await capture(other, 'same')).body.id).toBe(other);
  });

  it('refunds once when repeated', async () => {
    const { captureId } = await paypal.captured();
    const first = await refund(captureId, 'refund-1');
    const second = await refund(captureId, 'refund-1');

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await count('refunds')).toBe(1);
  });

  it('expires after 6 hours in the Orders API', async () => {
    const first = await create('order-1');
    paypal.passTime(6 * HOURS - 10_000);
    await paypal.signIn();
    expect((await create('order-1')).body.id).toBe(first.body.id);
    paypal.passTime(20_000);

    const late = await create('order-1');

    expect(late.status).toBe(201);
    expect(late.body.id).not.toBe(first.body.id);
  });

  it('expires after 45 days in the Payments API', async () => {
    const { captureId } = await paypal.captured();
    const first = await refund(captureId, 'refund-1');
    paypal.passTime(45 * 24 * HOURS - 10_000);
    await paypal.signIn();
    expect((await refund(captureId, 'refund-1')).body.id).toBe(first.body.id);
    paypal.passTime(20_000);

    const late = await refund(captureId, 'refund-1');

    expect(late.status).toBe(201);
    expect(late.body.id).not.toBe(first.body.id);
  });

  it('returns 409 while the first request runs, and the stored response later', async () => {
    const orderId = await paypal.approvedOrder();
    await paypal.control('PUT', 'faults', {
      faults: [{ method: 'POST', path: '/v2/checkout/orders/*/capture', latency_ms: 150, times: 1 }],
    });

    const responses = await Promise.all([capture(orderId, 'capture-1'), capture(orderId, 'capture-1')]);

    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({
      name: 'RESOURCE_CONFLICT',
      details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }],
    });
    expect((await capture(orderId, 'capture-1')).status).toBe(200);
  });

  it('does not store errors', async () => {
    const orderId = await paypal.order();
    expect((await capture(orderId, 'capture-1')).status).toBe(422);

    await paypal.control('POST', `orders/${orderId}/approve`);

    expect((await capture(orderId, 'capture-1')).status).toBe(201);
  });

  it('is rejected above 108 characters', async () => {
    expect((await create('x'.repeat(108))).status).toBe(201);
    expect(await create('x'.repeat(109))).toMatchObject({
      status: 400,
      body: { details: [{ issue: 'INVALID_STRING_LENGTH' }] },
    });
  });
});
