import { describe, expect, it } from 'vitest';
import { callFunction, everythingIn } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  shop,
  until,
} from '../support/stack/shop.ts';

/*
 * Shapes and sequences that other shops have reported of PayPal, over HTTP. `test/unit/payments/paypal-sequences.test.ts`
 * has their neighbours.
 */

const eur = (value: string) => ({ currency_code: 'EUR', value });

/** Delivers a genuine event. @returns the status of the shop's response */
async function deliver(event_type: string, resource: object, more: object = {}): Promise<number> {
  const { deliveries } = await payPal('POST', '/_sim/events', { event_type, resource, signature: 'good', ...more });
  return deliveries[0].http_status;
}

const capturePath = ({ paypalOrderId }: Purchase) => `/v2/checkout/orders/${paypalOrderId}/capture`;
const captureOnReturn = ({ paymentId }: Purchase) => shop('POST', `/api/v1/payments/${paymentId}/capture`);
const captureOfPaid = async (purchase: Purchase): Promise<string> => (await captureOf(purchase)).id;
const linkTo = (capture: string) => [{ rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${capture}` }];
/** The capture's refund, by default of everything. */
const refundOf = (capture: string, { status = 'COMPLETED', total = eur('19.99'), ...more }: object & RefundFields) => ({
  id: `R${capture.slice(-12)}`,
  status,
  amount: total,
  seller_payable_breakdown: { total_refunded_amount: total },
  links: linkTo(capture),
  ...more,
});
interface RefundFields {
  readonly status?: string;
  readonly total?: object;
}
const stored = async ({ paymentId }: Purchase) =>
  (await everythingIn('payments')).find(({ payment_id }) => payment_id === paymentId) ?? {};
/** Whatever was going to happen has happened by then. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1500));

/** Returns from PayPal, which refuses the capture. Its approval event is not delivered yet. */
async function refusedPurchase(): Promise<Purchase> {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { hold: true });
  await approve(purchase.paypalOrderId);
  const refused = { method: 'POST', path: capturePath(purchase), status: 422, times: 1 };
  await payPal('PUT', '/_sim/faults', { faults: [refused] });
  expect((await captureOnReturn(purchase)).status).toBe(409);
  return purchase;
}

async function deliverHeld(): Promise<void> {
  await payPal('PUT', '/_sim/delivery', { hold: false });
  await payPal('POST', '/_sim/delivery/flush');
  await aMoment();
}

describe('an approval whose capture was refused', () => {
  it('is not captured when its event comes later', async () => {
    const purchase = await refusedPurchase();

    await deliverHeld();

    expect((await paymentOf(purchase)).status).toBe('created');
    expect(await captureOf(purchase)).toBeUndefined();
  });

  it('is not captured when its event comes after the cancellation', async () => {
    const purchase = await refusedPurchase();
    await shop('POST', `/api/v1/payments/${purchase.paymentId}/cancel`, { token: purchase.paypalOrderId });

    await deliverHeld();

    expect((await paymentOf(purchase)).status).toBe('cancelled');
    expect(await captureOf(purchase)).toBeUndefined();
  });
});

it('an approval that PayPal announces too early is captured later without another event', async () => {
  const purchase = await beginPurchase();
  const { paypalOrderId: id, paymentId: custom_id } = purchase;
  await deliver('CHECKOUT.ORDER.APPROVED', {
    id,
    status: 'APPROVED',
    purchase_units: [{ custom_id, amount: eur('19.99') }],
  });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'created',
  );
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(id);

  const due_before = new Date(Date.now() + 600_000).toISOString();
  await callFunction('reconciliation', { job: 'payments', due_before });
  await payPal('PUT', '/_sim/delivery', { drop: false });

  expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
});

describe('money that goes back', () => {
  it.each<[string, string, RefundFields & object, object]>([
    [
      'a partial reversal leaves an order',
      'PAYMENT.CAPTURE.REVERSED',
      { total: eur('3.00') },
      { status: 'partially_refunded', order: expect.objectContaining({ status: 'confirmed' }) },
    ],
    [
      'a pending refund changes nothing',
      'PAYMENT.CAPTURE.REFUNDED',
      { status: 'PENDING' },
      { status: 'captured', order: expect.objectContaining({ status: 'confirmed' }) },
    ],
    ['a failed refund changes nothing', 'PAYMENT.CAPTURE.REFUNDED', { status: 'FAILED' }, { status: 'captured' }],
    ['a cancelled refund changes nothing', 'PAYMENT.CAPTURE.REFUNDED', { status: 'CANCELLED' }, { status: 'captured' }],
    [
      'a refund in another currency changes nothing',
      'PAYMENT.CAPTURE.REFUNDED',
      { total: { currency_code: 'JPY', value: '2000' } },
      { status: 'captured' },
    ],
  ])('%s', async (_, event_type, fields, payment) => {
    const purchase = await paidPurchase();

    expect(await deliver(event_type, refundOf(await captureOfPaid(purchase), fields))).toBe(200);

    await aMoment();
    expect(await paymentOf(purchase)).toMatchObject(payment);
  });

  it.each(['PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.CAPTURE.REVERSED'])(
    '%s of another capture changes nothing',
    async (event_type) => {
      const purchase = await paidPurchase();
      const another = (await captureOfPaid(purchase)).replace(/.{3}$/, 'XYZ');
      const resource = refundOf(another, { custom_id: purchase.paymentId } as RefundFields);

      expect(await deliver(event_type, resource)).toBe(200);

      await aMoment();
      expect((await paymentOf(purchase)).status).toBe('captured');
    },
  );

  it('a refund without totals makes the shop ask PayPal', async () => {
    const purchase = await paidPurchase();
    const capture = await captureOfPaid(purchase);
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await payPal('POST', `/_sim/captures/${capture}/refund`, {});
    await payPal('PUT', '/_sim/delivery', { drop: false });

    const status = await deliver('PAYMENT.CAPTURE.REFUNDED', {
      ...refundOf(capture, {}),
      seller_payable_breakdown: null,
    });

    expect(status).toBe(200);
    await completedPayment(purchase, 'refunded');
  });

  it('a reversal that PayPal took back leaves an order', async () => {
    const purchase = await paidPurchase();
    const capture = await captureOfPaid(purchase);
    await payPal('POST', `/_sim/captures/${capture}/reverse`, {});
    await completedPayment(purchase, 'reversed');

    await payPal('POST', `/_sim/captures/${capture}/cancel-reversal`, {});

    await completedPayment(purchase, 'captured');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });
});

it('a capture that PayPal has made and does not show is not said to be uncharged', async () => {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`, {});
  const hidden = { method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, status: 404, times: 1 };
  await payPal('PUT', '/_sim/faults', { faults: [hidden] });

  const { body } = await captureOnReturn(purchase);

  expect(['expired', 'cancelled', 'failed']).not.toContain(body.status);
  expect(await stockOf(purchase.sku)).toMatchObject({ available: 9 });
});

it('an order with a declined and a completed capture never fails', async () => {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`, {});
  await payPal('PUT', '/_sim/delivery', { drop: false });
  const { paypalOrderId: id, paymentId: custom_id } = purchase;
  const captureThat = (capture: string, status: string) => ({ id: capture, status, amount: eur('19.99'), custom_id });
  const captures = [
    captureThat('8MC585209K746392H', 'DECLINED'),
    captureThat(await captureOfPaid(purchase), 'COMPLETED'),
  ];
  const purchase_units = [{ custom_id, amount: eur('19.99'), payments: { captures } }];

  await deliver('CHECKOUT.ORDER.COMPLETED', { id, status: 'COMPLETED', purchase_units });

  await completedPayment(purchase, 'captured');
  expect((await stored(purchase)).history).not.toContainEqual(expect.objectContaining({ status: 'failed' }));
});

it('a dispute about two payments reaches both', async () => {
  const purchases = [await paidPurchase(), await paidPurchase()];
  const captures = await Promise.all(purchases.map(captureOfPaid));

  await deliver('CUSTOMER.DISPUTE.CREATED', {
    dispute_id: `PP-D-${Date.now()}`,
    status: 'OPEN',
    create_time: new Date().toISOString(),
    disputed_transactions: captures.map((id) => ({ seller_transaction_id: id })),
  });

  for (const purchase of purchases) expect(Object.keys((await stored(purchase)).disputes as object)).toHaveLength(1);
});

it('a second capture of an order is recorded and changes nothing else', async () => {
  const purchase = await paidPurchase();

  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture-again`, {});

  const { extra_captures, status } = await until(
    () => stored(purchase),
    (payment) => payment.extra_captures !== undefined,
  );
  expect(status).toBe('captured');
  for (const id of Object.keys(extra_captures as object)) await payPal('POST', `/_sim/captures/${id}/refund`, {});
});

describe('a genuine event of an unknown form', () => {
  it.each([
    ['without a resource', '{"id":"#","event_type":"NOTHING.KNOWN","event_version":"1.0"}'],
    ['whose resource is null', '{"id":"#","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":null}'],
    ['whose resource is a list', '{"id":"#","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":[]}'],
    ['whose type is in lower case', '{"id":"#","event_type":"payment.capture.completed","resource":{}}'],
  ])('%s is stored', async (_, body) => {
    const id = `WH-${crypto.randomUUID().toUpperCase()}`;

    expect(await deliver('ANY.EVENT', {}, { body: body.replace('#', id) })).toBe(200);
  });
});

it('an event about a capture that PayPal does not show to this shop is not delivered again', async () => {
  const faults = [{ method: 'GET', path: '/v2/payments/captures/*', status: 403, times: 10 }];
  await payPal('PUT', '/_sim/faults', { faults });

  const resource = { id: '5TY05013RG002845M', status: 'COMPLETED', amount: eur('19.99'), custom_id: 'another' };

  expect(await deliver('PAYMENT.CAPTURE.COMPLETED', resource)).toBe(200);
});
