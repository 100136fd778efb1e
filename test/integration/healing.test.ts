import { describe, expect, inject, it } from 'vitest';
import { payPalNotifications } from '../../src/paypal/notifications.ts';
import { transport } from '../../src/paypal/transport.ts';
import { callFunction, everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approvalOf,
  approve,
  beginPurchase,
  captureOf,
  type Purchase,
  paymentOf,
  payPal,
  sessionOf,
  settledPayment,
  shop,
  until,
} from '../support/stack/shop.ts';
import { storeAlone } from '../support/stack/unprocessed-events.ts';

const { simulator_url } = inject('stack');
const MINUTE = 60_000;

/** One run of what heals, as if it were so many minutes later. */
const heal = (job: string, minutesLater: number) =>
  callFunction('reconciliation', { job, due_before: new Date(Date.now() + minutesLater * MINUTE).toISOString() });

const notifications = payPalNotifications(
  transport({
    baseUrl: simulator_url,
    credentials: async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }),
  }),
);

const deliveriesOf = async (id: string): Promise<{ event_id: string; http_status: number | null }[]> =>
  (await payPal('GET', '/_sim/deliveries')).deliveries.filter(({ event_id }: { event_id: string }) => event_id === id);

const eventsOf = async ({ paymentId }: Purchase) =>
  (await everythingIn('webhook-events')).filter(({ payment_id }) => payment_id === paymentId);

describe('a buyer who approved, never came back, and whose every webhook was lost', () => {
  it('gets the order by one run that looks after payments', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });

    await heal('payments', 1);

    expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    expect(await eventsOf(purchase)).toEqual([]);
  });

  it('gets one order by two runs at once', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);

    await Promise.all([heal('payments', 1), heal('payments', 1)]);

    await settledPayment(purchase, 'captured');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});

describe('a buyer who went to PayPal and was never heard of again', () => {
  it('loses the stock when the time is over and PayPal says that nothing was approved', async () => {
    const purchase = await beginPurchase();

    await heal('payments', 31);

    await until(
      () => sessionOf(purchase),
      ({ status }) => status === 'expired',
    );
    expect(await settledPayment(purchase, 'expired')).toMatchObject({ order: null });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('keeps it as long as PayPal does not answer', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/faults', {
      faults: [{ method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, status: 503, times: 2 }],
    });

    expect(await heal('payments', 31)).toMatchObject({ figures: { failed: 1 } });

    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
    await heal('payments', 120);
    await settledPayment(purchase, 'expired');
  });
});

it('a session that was left before its payment was begun expires, and its stock is back', async () => {
  const sku = await stockedProduct(5);
  const { body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 2 }] });
  expect(await stockOf(sku)).toEqual({ available: 3, reserved: 2, sold: 0 });

  // Other tests have left sessions as well, more than one run may have time for.
  await until(
    async () => {
      await heal('reservations', 31);
      return sessionOf({ sessionId: body.checkout_session_id });
    },
    ({ status }) => status === 'expired',
    60,
  );

  expect(await stockOf(sku)).toEqual({ available: 5, reserved: 0, sold: 0 });
  expect(await shop('POST', '/api/v1/payments', { checkout_session_id: body.checkout_session_id })).toMatchObject({
    status: 409,
    body: { type: '/problems/session-over' },
  });
});

it('an event that was stored, and whose function fell over, is settled from the inbox', async () => {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  const approved = await approvalOf(purchase);
  await storeAlone(approved);

  expect(await heal('inbox', 0)).toMatchObject({ figures: { unfinished: 0 } });
  expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
  await heal('inbox', 2);

  await settledPayment(purchase, 'captured');
  expect(await captureOf(purchase)).toMatchObject({ status: 'COMPLETED' });
  expect(await eventsOf(purchase)).toMatchObject([{ event_id: approved.id, status: 'accepted' }]);
});

describe('an event that PayPal sent and the shop never saw', () => {
  it('is fetched from PayPal’s list, and settled', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);

    expect((await heal('events', 1)).repaired).toBeGreaterThan(0);

    await settledPayment(purchase, 'captured');
    const approved = await approvalOf(purchase);
    expect(await eventsOf(purchase)).toContainEqual(
      expect.objectContaining({
        event_id: approved.id,
        event_type: 'CHECKOUT.ORDER.APPROVED',
        status: 'accepted',
        fetched_at: expect.any(String),
        body: JSON.stringify(approved),
      }),
    );
  });

  it('is not settled once more when PayPal delivers it after all', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    await heal('events', 1);
    await settledPayment(purchase, 'captured');
    await payPal('PUT', '/_sim/delivery', { drop: false });
    const { id } = await approvalOf(purchase);

    const [webhook] = await notifications.listWebhooks();
    expect(await notifications.resendEvent(id, String(webhook?.id))).toBe(true);
    const answered = await until(
      async () => (await deliveriesOf(id)).filter(({ http_status }) => http_status !== null),
      ({ length }) => length > 0,
    );

    expect(answered).toMatchObject([{ http_status: 200, answer: { status: 'duplicate' } }]);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});
