import { expect, it } from 'vitest';
import { orderRequest, useSimulator } from './harness.ts';

const paypal = useSimulator();
const HOURS = 60 * 60 * 1000;

const withId = (id: string) => ({ headers: { 'PayPal-Request-Id': id } });
const create = (id: string) => paypal.api('POST', '/v2/checkout/orders', orderRequest(), withId(id));
const capture = (orderId: string, id: string) =>
  paypal.api('POST', `/v2/checkout/orders/${orderId}/capture`, {}, withId(id));
// PayPal's page on idempotency has a repeated call answered with 200; its OpenAPI file of 2024 describes that for orders alone.
const refund = (captureId: string, id: string) =>
  paypal.api(
    'POST',
    `/v2/payments/captures/${captureId}/refund`,
    { amount: { currency_code: 'EUR', value: '1.00' } },
    { ...withId(id), describedAs: 201 },
  );
const count = async (what: string) => Object.keys((await paypal.control('GET', 'state'))[what] as object).length;

it('a repeated order is the same order, answered with 200', async () => {
  const first = await create('order-1');
  const second = await create('order-1');

  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect(await count('orders')).toBe(1);
});

it('another id is another order', async () => {
  await create('order-1');
  await create('order-2');

  expect(await count('orders')).toBe(2);
});

it('a repeated capture is answered as the first was, and takes money once', async () => {
  const orderId = await paypal.approvedOrder();
  const first = await capture(orderId, 'capture-1');
  const second = await capture(orderId, 'capture-1');

  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect(await count('captures')).toBe(1);
});

it('an id counts for one call, not for another of the same kind', async () => {
  const [one, other] = [await paypal.approvedOrder(), await paypal.approvedOrder()];

  expect((await capture(one, 'same')).body.id).toBe(one);
  expect((await capture(other, 'same')).body.id).toBe(other);
});

it('a repeated refund gives money back once', async () => {
  const { captureId } = await paypal.captured();
  const first = await refund(captureId, 'refund-1');
  const second = await refund(captureId, 'refund-1');

  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body).toEqual(first.body);
  expect(await count('refunds')).toBe(1);
});

it('the Orders API forgets an id after 6 hours', async () => {
  const first = await create('order-1');
  paypal.passTime(6 * HOURS - 10_000);
  await paypal.signIn();
  expect((await create('order-1')).body.id).toBe(first.body.id);
  paypal.passTime(20_000);

  const late = await create('order-1');

  expect(late.status).toBe(201);
  expect(late.body.id).not.toBe(first.body.id);
});

it('the Payments API forgets an id after 45 days', async () => {
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

it('a call is refused while the one with the same id still runs, and answered from memory later', async () => {
  const orderId = await paypal.approvedOrder();
  await paypal.control('PUT', 'faults', {
    faults: [{ method: 'POST', path: '/v2/checkout/orders/*/capture', latency_ms: 150, times: 1 }],
  });

  const answers = await Promise.all([capture(orderId, 'capture-1'), capture(orderId, 'capture-1')]);

  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
    name: 'RESOURCE_CONFLICT',
    details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }],
  });
  expect((await capture(orderId, 'capture-1')).status).toBe(200);
});

it('a refusal is not remembered', async () => {
  const orderId = await paypal.order();
  expect((await capture(orderId, 'capture-1')).status).toBe(422);

  await paypal.control('POST', `orders/${orderId}/approve`);

  expect((await capture(orderId, 'capture-1')).status).toBe(201);
});

it('an id of more than 108 characters is refused', async () => {
  expect((await create('x'.repeat(108))).status).toBe(201);
  expect(await create('x'.repeat(109))).toMatchObject({
    status: 400,
    body: { details: [{ issue: 'INVALID_STRING_LENGTH' }] },
  });
});
