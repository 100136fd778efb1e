import { describe, expect, it } from 'vitest';
import { AMOUNT, orderRequest, textAt, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const capture = (id: string, headers: Record<string, string> = {}) =>
  paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {}, { headers });

describe('POST /v2/checkout/orders/{id}/capture', () => {
  it('returns the capture and the payer without the items by default', async () => {
    const id = await paypal.approvedOrder();

    const { status, body } = await capture(id);

    expect(status).toBe(201);
    expect(body).toMatchObject({
      id,
      status: 'COMPLETED',
      payer: { email_address: 'buyer@example.com' },
      purchase_units: [
        {
          reference_id: 'default',
          shipping: { name: { full_name: 'Zoë Sample' } },
          payments: {
            captures: [
              {
                status: 'COMPLETED',
                amount: AMOUNT,
                final_capture: true,
                custom_id: 'pay_1',
                seller_receivable_breakdown: {
                  gross_amount: AMOUNT,
                  paypal_fee: { currency_code: 'EUR', value: '0.85' },
                  net_amount: { currency_code: 'EUR', value: '19.14' },
                },
              },
            ],
          },
        },
      ],
    });
    expect(body).not.toHaveProperty('intent');
    expect(body).not.toHaveProperty('purchase_units.0.amount');
  });

  it('returns the whole order with Prefer: return=representation', async () => {
    const id = await paypal.approvedOrder();

    const { body } = await capture(id, { prefer: 'return=representation' });

    expect(body).toEqual((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body);
    expect(body).toMatchObject({ intent: 'CAPTURE', purchase_units: [{ amount: AMOUNT, custom_id: 'pay_1' }] });
  });

  it('accepts an empty body', async () => {
    const id = await paypal.approvedOrder();

    expect((await paypal.api('POST', `/v2/checkout/orders/${id}/capture`)).status).toBe(201);
  });

  it('returns the capture with the id of its order by GET', async () => {
    const { orderId, captureId } = await paypal.captured();

    const { status, body } = await paypal.api('GET', `/v2/payments/captures/${captureId}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: captureId,
      status: 'COMPLETED',
      supplementary_data: { related_ids: { order_id: orderId } },
    });
    expect(body.links).toContainEqual({
      href: `${paypal.url}/v2/checkout/orders/${orderId}`,
      rel: 'up',
      method: 'GET',
    });
  });

  it('responds with 404 to GET of an unknown capture', async () => {
    expect(await paypal.api('GET', '/v2/payments/captures/0000000000000000X')).toMatchObject({
      status: 404,
      body: { name: 'RESOURCE_NOT_FOUND' },
    });
  });

  it('captures every purchase unit', async () => {
    const units = ['a', 'b'].map((reference_id) => ({ reference_id, custom_id: reference_id, amount: AMOUNT }));
    const { orderId } = await paypal.captured({}, { ...orderRequest(), purchase_units: units });
    await paypal.receiver.until(3);

    const captures = Object.values((await paypal.control('GET', 'state')).captures as object);
    expect(captures).toMatchObject([
      { order_id: orderId, custom_id: 'a' },
      { order_id: orderId, custom_id: 'b' },
    ]);
    expect(paypal.receiver.types()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
    ]);
  });

  it('rejects an order that is not approved', async () => {
    const id = await paypal.order();

    expect(await capture(id)).toMatchObject({
      status: 422,
      body: { name: 'UNPROCESSABLE_ENTITY', details: [{ issue: 'ORDER_NOT_APPROVED' }] },
    });
  });

  it('rejects a captured order', async () => {
    const { orderId } = await paypal.captured();

    expect(await capture(orderId)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'ORDER_ALREADY_CAPTURED' }] },
    });
  });

  it('rejects an order whose approval was reversed', async () => {
    const id = await paypal.approvedOrder();
    await paypal.control('POST', `orders/${id}/reverse-approval`);

    expect(await capture(id)).toMatchObject({ status: 422, body: { details: [{ issue: 'ORDER_NOT_APPROVED' }] } });
  });

  it('sends PAYMENT.CAPTURE.COMPLETED with the order id', async () => {
    const { orderId, captureId } = await paypal.captured();
    const received = await paypal.receiver.until(2);

    expect(received.map(eventIn)[1]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource_type: 'capture',
      summary: 'Payment completed for € 19.99 EUR',
      resource: {
        id: captureId,
        status: 'COMPLETED',
        custom_id: 'pay_1',
        supplementary_data: { related_ids: { order_id: orderId } },
      },
    });
  });
});

describe('a declined card', () => {
  it('rejects the capture with a redirect link for the buyer', async () => {
    const id = await paypal.approvedOrder({ funding: 'declined' });

    const { status, body } = await capture(id);

    expect(status).toBe(422);
    expect(body).toMatchObject({ details: [{ issue: 'INSTRUMENT_DECLINED' }] });
    expect(body.links).toContainEqual({
      href: `${paypal.url}/checkoutnow?token=${id}`,
      rel: 'redirect',
      method: 'GET',
    });
  });

  it('allows the capture after another approval, even with the same request id', async () => {
    const id = await paypal.approvedOrder({ funding: 'declined' });
    await capture(id, { 'PayPal-Request-Id': 'capture-1' });

    await paypal.control('POST', `orders/${id}/approve`, { funding: 'instant' });

    expect((await capture(id, { 'PayPal-Request-Id': 'capture-1' })).status).toBe(201);
  });
});

describe('an e-check', () => {
  it('leaves the capture pending while the order is completed', async () => {
    const id = await paypal.approvedOrder({ funding: 'pending' });

    const { status, body } = await capture(id);
    const received = await paypal.receiver.until(2);

    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'COMPLETED',
      purchase_units: [{ payments: { captures: [{ status: 'PENDING', status_details: { reason: 'ECHECK' } }] } }],
    });
    expect(body).not.toHaveProperty('purchase_units.0.payments.captures.0.seller_receivable_breakdown');
    expect(received.map(eventIn)[1]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.PENDING',
      resource: { status: 'PENDING' },
    });
  });

  it.each([
    ['is paid', 'complete', 'COMPLETED', 'PAYMENT.CAPTURE.COMPLETED'],
    ['bounces', 'decline', 'DECLINED', 'PAYMENT.CAPTURE.DENIED'],
  ])('that %s ends the pending capture and sends an event', async (_, action, status, event_type) => {
    const { captureId } = await paypal.captured({ funding: 'pending' });

    await paypal.control('POST', `captures/${captureId}/${action}`);
    const received = await paypal.receiver.until(3);

    expect((await paypal.api('GET', `/v2/payments/captures/${captureId}`)).body).toMatchObject({ status });
    expect(received.map(eventIn)[2]).toMatchObject({ event_type, resource: { id: captureId, status } });
    expect((await paypal.send('POST', `/_sim/captures/${captureId}/${action}`)).status).toBe(409);
  });

  it('that bounces has no fee', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' });
    await paypal.control('POST', `captures/${captureId}/decline`);

    const { body } = await paypal.api('GET', `/v2/payments/captures/${captureId}`);

    expect(body).toMatchObject({
      final_capture: false,
      seller_receivable_breakdown: { gross_amount: AMOUNT, net_amount: AMOUNT },
    });
    expect(body).not.toHaveProperty('seller_receivable_breakdown.paypal_fee');
  });
});

describe('captures at PayPal', () => {
  it('can capture an order without the shop', async () => {
    const id = await paypal.approvedOrder();

    await paypal.control('POST', `orders/${id}/capture`);
    await paypal.receiver.until(2);

    expect(paypal.receiver.types()).toContain('PAYMENT.CAPTURE.COMPLETED');
    expect(await capture(id)).toMatchObject({ status: 422, body: { details: [{ issue: 'ORDER_ALREADY_CAPTURED' }] } });
  });

  it('can precede the CHECKOUT.ORDER.APPROVED event', async () => {
    const id = await paypal.approvedOrder({ auto_capture: true });
    const received = await paypal.receiver.until(2);

    const [approved, completed] = received.map(eventIn);
    expect(approved).toMatchObject({ event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id, status: 'COMPLETED' } });
    expect(completed).toMatchObject({ event_type: 'PAYMENT.CAPTURE.COMPLETED' });
    expect(textAt(approved, 'resource', 'purchase_units', 0, 'payments', 'captures', 0, 'id')).toBe(
      textAt(completed, 'resource', 'id'),
    );
  });

  it('can capture an order a second time', async () => {
    const { orderId, captureId } = await paypal.captured();

    const second = await paypal.control('POST', `orders/${orderId}/capture-again`, {
      amount: { currency_code: 'EUR', value: '3.00' },
    });
    const received = await paypal.receiver.until(3);

    expect(second).toMatchObject({ status: 'COMPLETED', custom_id: 'pay_1', amount: { value: '3.00' } });
    expect(received.map(eventIn)[2]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { id: second.id, supplementary_data: { related_ids: { order_id: orderId } } },
    });
    const order = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);
    expect(order.body).toMatchObject({
      purchase_units: [{ payments: { captures: [{ id: captureId }, { id: second.id }] } }],
    });
    await paypal.api('POST', `/v2/payments/captures/${second.id}/refund`, {});
    expect((await paypal.control('GET', 'state')).captures).toMatchObject({
      [captureId]: { status: 'COMPLETED' },
      [String(second.id)]: { status: 'REFUNDED', order_id: orderId },
    });
  });

  it('can capture an order whose e-check bounced', async () => {
    const { orderId, captureId } = await paypal.captured({ funding: 'pending' });
    await paypal.control('POST', `captures/${captureId}/decline`);

    await paypal.control('POST', `orders/${orderId}/capture-again`);

    expect((await paypal.api('GET', `/v2/checkout/orders/${orderId}`)).body).toMatchObject({
      purchase_units: [{ payments: { captures: [{ status: 'DECLINED' }, { status: 'COMPLETED', amount: AMOUNT }] } }],
    });
  });

  it('cannot capture a second time before the first', async () => {
    const id = await paypal.approvedOrder();

    expect((await paypal.send('POST', `/_sim/orders/${id}/capture-again`)).status).toBe(409);
  });

  it('skips the automatic capture of a declined card', async () => {
    const id = await paypal.approvedOrder({ auto_capture: true, funding: 'declined' });

    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('APPROVED');
  });

  it('can capture another amount than ordered', async () => {
    const id = await paypal.approvedOrder({ capture_amount: { currency_code: 'USD', value: '1.00' } });

    const { body } = await capture(id, { prefer: 'return=representation' });

    expect(body).toMatchObject({
      purchase_units: [
        { amount: AMOUNT, payments: { captures: [{ amount: { currency_code: 'USD', value: '1.00' } }] } },
      ],
    });
  });
});
