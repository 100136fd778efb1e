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
  completedPayment,
  type Purchase,
  paymentOf,
  payPal,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';
import { storeUnprocessed } from '../support/stack/unprocessed-events.ts';

const { simulator_url } = inject('stack');
const MINUTE = 60_000;

/** One run of a reconciliation job, that many minutes later. */
const reconcile = (job: string, minutesLater: number) =>
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

describe('an approved payment whose buyer never returns and whose webhooks are all lost', () => {
  it('becomes an order by one run of the payments job', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });

    await reconcile('payments', 1);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    expect(await eventsOf(purchase)).toEqual([]);
  });

  it('becomes one order by two concurrent runs', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);

    await Promise.all([reconcile('payments', 1), reconcile('payments', 1)]);

    await completedPayment(purchase, 'captured');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});

describe('a payment that is never approved', () => {
  it('releases its stock after expiry when PayPal confirms that nothing was approved', async () => {
    const purchase = await beginPurchase();

    await reconcile('payments', 31);

    await until(
      () => sessionOf(purchase),
      ({ status }) => status === 'expired',
    );
    expect(await completedPayment(purchase, 'expired')).toMatchObject({ order: null });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('keeps its stock as long as PayPal does not respond', async () => {
    const purchase = await beginPurchase();
    const fault = { method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, status: 503, times: 1000 };
    await payPal('PUT', '/_sim/faults', { faults: [fault] });

    await reconcile('payments', 31);

    await until(
      () => payPal('GET', '/_sim/state'),
      ({ faults }) => faults[0].times < fault.times,
    );
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
    await payPal('PUT', '/_sim/faults', { faults: [] });
    await reconcile('payments', 120);
    await completedPayment(purchase, 'expired');
  });

  it('expires by a worker of the queue when PayPal did not respond to the run', async () => {
    const purchase = await beginPurchase();
    const path = `/v2/checkout/orders/${purchase.paypalOrderId}`;
    // A request and its retry.
    await payPal('PUT', '/_sim/faults', { faults: [{ method: 'GET', path, status: 503, times: 2 }] });

    expect((await reconcile('payments', 31)).figures).toMatchObject({ failed: 1, queued: 1 });

    await completedPayment(purchase, 'expired');
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });
});

it('expires an abandoned session without payment and releases its stock', async () => {
  const sku = await stockedProduct(5);
  const { body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 2 }] });
  expect(await stockOf(sku)).toEqual({ available: 3, reserved: 2, sold: 0 });

  // Other tests leave sessions too, possibly more than one run handles.
  await until(
    async () => {
      await reconcile('reservations', 31);
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

it('processes a stored event from the inbox when its function crashed', async () => {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  const approved = await approvalOf(purchase);
  await storeUnprocessed(approved);

  expect(await reconcile('inbox', 0)).toMatchObject({ figures: { unfinished: 0 } });
  expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
  await reconcile('inbox', 2);

  await completedPayment(purchase, 'captured');
  expect(await captureOf(purchase)).toMatchObject({ status: 'COMPLETED' });
  expect(await eventsOf(purchase)).toMatchObject([{ event_id: approved.id, status: 'accepted' }]);
});

describe('an event whose deliveries were all lost', () => {
  it('is fetched from PayPal’s list and processed', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);

    expect((await reconcile('events', 1)).repaired).toBeGreaterThan(0);

    await completedPayment(purchase, 'captured');
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

  it('is not processed again when PayPal delivers it later', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    await reconcile('events', 1);
    await completedPayment(purchase, 'captured');
    await payPal('PUT', '/_sim/delivery', { drop: false });
    const { id } = await approvalOf(purchase);

    const [webhook] = await notifications.listWebhooks();
    expect(await notifications.resendEvent(id, String(webhook?.id))).toBe(true);
    const delivered = await until(
      async () => (await deliveriesOf(id)).filter(({ http_status }) => http_status !== null),
      ({ length }) => length > 0,
    );

    expect(delivered).toMatchObject([{ http_status: 200, answer: { status: 'duplicate' } }]);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});
