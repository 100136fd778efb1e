import { describe, expect, it } from 'vitest';
import { AMOUNT, orderRequest, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });
const REPRESENTATION = { prefer: 'return=representation' };
const DAYS = 24 * 60 * 60 * 1000;

const refund = (captureId: string, body: object = {}, headers: Record<string, string> = REPRESENTATION) =>
  paypal.api('POST', `/v2/payments/captures/${captureId}/refund`, body, { headers });
const statusOf = async (captureId: string) =>
  (await paypal.api('GET', `/v2/payments/captures/${captureId}`)).body.status;

describe('POST /v2/payments/captures/{id}/refund', () => {
  it('refunds the whole capture without an amount', async () => {
    const { captureId } = await paypal.captured();

    const { status, body } = await refund(captureId);

    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'COMPLETED',
      amount: AMOUNT,
      seller_payable_breakdown: { gross_amount: AMOUNT, total_refunded_amount: AMOUNT },
    });
    expect(body.create_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-07:00$/);
    expect(await statusOf(captureId)).toBe('REFUNDED');
  });

  it('returns the minimal refund by default', async () => {
    const { captureId } = await paypal.captured();

    const { body } = await refund(captureId, {}, {});

    expect(Object.keys(body).sort()).toEqual(['id', 'links', 'status']);
  });

  it('adds partial refunds up', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId, { amount: eur('5.00') });
    expect(await statusOf(captureId)).toBe('PARTIALLY_REFUNDED');

    const { body } = await refund(captureId, { amount: eur('4.00') });
    expect(body).toMatchObject({
      amount: eur('4.00'),
      seller_payable_breakdown: { total_refunded_amount: eur('9.00') },
    });

    const { body: rest } = await refund(captureId);
    expect(rest).toMatchObject({ amount: eur('10.99'), seller_payable_breakdown: { total_refunded_amount: AMOUNT } });
    expect(await statusOf(captureId)).toBe('REFUNDED');
  });

  it('stores custom_id, invoice_id and note_to_payer', async () => {
    const { captureId } = await paypal.captured();
    const fields = { custom_id: 'refund-1', invoice_id: 'invoice-1', note_to_payer: 'Sorry' };

    const { body } = await refund(captureId, fields);

    expect(body).toMatchObject(fields);
    expect((await paypal.api('GET', `/v2/payments/refunds/${body.id}`)).body).toEqual(body);
  });

  it('adds the refund to the order', async () => {
    const { orderId, captureId } = await paypal.captured();
    const { body } = await refund(captureId, { amount: eur('5.00') });

    const order = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);

    expect(order.body).toMatchObject({
      status: 'COMPLETED',
      purchase_units: [
        { payments: { captures: [{ id: captureId, status: 'PARTIALLY_REFUNDED' }], refunds: [{ id: body.id }] } },
      ],
    });
  });

  it('sends PAYMENT.CAPTURE.REFUNDED with an up link to the capture', async () => {
    const { captureId } = await paypal.captured();
    const { body } = await refund(captureId, { amount: eur('5.00') });
    const received = await paypal.receiver.until(3);

    const event = received.map(eventIn)[2];
    expect(event).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.REFUNDED',
      resource_type: 'refund',
      summary: 'A € 5.0 EUR capture payment was refunded',
      resource: { id: body.id, seller_payable_breakdown: { total_refunded_amount: eur('5.00') } },
    });
    expect(event).toMatchObject({
      resource: {
        links: expect.arrayContaining([
          { href: `${paypal.url}/v2/payments/captures/${captureId}`, rel: 'up', method: 'GET' },
        ]),
      },
    });
  });

  it('responds with 404 to GET of an unknown refund', async () => {
    expect(await paypal.api('GET', '/v2/payments/refunds/0000000000000000X')).toMatchObject({
      status: 404,
      body: { name: 'RESOURCE_NOT_FOUND' },
    });
  });

  it('responds with 404 to an unknown capture', async () => {
    expect((await refund('0000000000000000X')).status).toBe(404);
  });
});

describe('a refund is rejected', () => {
  it.each([
    ['above the captured amount', eur('20.00'), 'REFUND_AMOUNT_EXCEEDED'],
    ['with too many digits', eur('99999999999999999999.00'), 'REFUND_AMOUNT_EXCEEDED'],
    ['in another currency', { currency_code: 'USD', value: '1.00' }, 'REFUND_CAPTURE_CURRENCY_MISMATCH'],
    ['of zero', eur('0.00'), 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['of a fraction of a cent', eur('1.001'), 'DECIMAL_PRECISION'],
    ['of yen with decimals', { currency_code: 'JPY', value: '1.00' }, 'DECIMALS_NOT_SUPPORTED'],
  ])('when it is %s', async (_, amount, issue) => {
    const { captureId } = await paypal.captured();

    expect(await refund(captureId, { amount })).toMatchObject({
      status: 422,
      body: { name: 'UNPROCESSABLE_ENTITY', details: [{ issue }] },
    });
    expect(await statusOf(captureId)).toBe('COMPLETED');
  });

  it('when it exceeds the remaining amount', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId, { amount: eur('15.00') });

    expect(await refund(captureId, { amount: eur('5.00') })).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'REFUND_AMOUNT_EXCEEDED' }] },
    });
  });

  it('when the capture is fully refunded', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId);

    expect(await refund(captureId)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'CAPTURE_FULLY_REFUNDED' }] },
    });
  });

  it('when the capture is pending', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' });

    expect(await refund(captureId)).toMatchObject({ status: 422, body: { details: [{ issue: 'PENDING_CAPTURE' }] } });
  });

  it('when the capture was declined', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' });
    await paypal.control('POST', `captures/${captureId}/decline`);

    expect(await refund(captureId)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'REFUND_NOT_ALLOWED' }] },
    });
  });

  it('when the capture is older than 180 days', async () => {
    const { captureId } = await paypal.captured();
    paypal.passTime(181 * DAYS);
    await paypal.signIn();

    expect(await refund(captureId)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'REFUND_TIME_LIMIT_EXCEEDED' }] },
    });
  });

  it('when it is partial and the capture is disputed', async () => {
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/dispute`);

    expect(await refund(captureId, { amount: eur('5.00') })).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'TRANSACTION_DISPUTED' }] },
    });
    expect((await refund(captureId)).status).toBe(201);
  });

  it('when a field is malformed', async () => {
    const { captureId } = await paypal.captured();
    const path = `/v2/payments/captures/${captureId}/refund`;

    expect(await paypal.api('POST', path, { amount: { currency_code: 'EUR' } }, { invalid: true })).toMatchObject({
      status: 400,
      body: { details: [{ field: '/amount/value', issue: 'MISSING_REQUIRED_PARAMETER' }] },
    });
  });
});

describe('refunds at PayPal', () => {
  it('can refund a capture without the shop', async () => {
    const { captureId } = await paypal.captured();

    const response = await paypal.control('POST', `captures/${captureId}/refund`, { amount: eur('5.00') });
    await paypal.receiver.until(3);

    expect(response).toMatchObject({ amount: eur('5.00') });
    expect(paypal.receiver.types()).toContain('PAYMENT.CAPTURE.REFUNDED');
    expect(await statusOf(captureId)).toBe('PARTIALLY_REFUNDED');
  });

  it('can reverse the remaining amount of a capture', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId, { amount: eur('5.00') });

    await paypal.control('POST', `captures/${captureId}/reverse`);
    const received = await paypal.receiver.until(4);

    expect(received.map(eventIn)[3]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.REVERSED',
      resource_type: 'refund',
      resource: {
        note_to_payer: 'Payment reversed',
        amount: eur('14.99'),
        seller_payable_breakdown: { paypal_fee: eur('0.00'), total_refunded_amount: AMOUNT },
      },
    });
    expect(await statusOf(captureId)).toBe('REFUNDED');
    expect((await paypal.send('POST', `/_sim/captures/${captureId}/reverse`)).status).toBe(409);
  });

  it.each([
    ['PENDING', ['PAYMENT.REFUND.PENDING', 'PAYMENT.CAPTURE.REFUNDED']],
    ['FAILED', ['PAYMENT.REFUND.FAILED', 'PAYMENT.CAPTURE.REFUNDED']],
    ['CANCELLED', ['PAYMENT.CAPTURE.REFUNDED']],
  ])('can be %s, which returns no money', async (status, types) => {
    const { captureId } = await paypal.captured();

    await paypal.control('POST', `captures/${captureId}/refund`, { amount: eur('5.00'), status });
    const received = await paypal.receiver.until(2 + types.length);

    expect(received.slice(2).map(eventIn)).toMatchObject(
      types.map((event_type) => ({
        event_type,
        resource_type: 'refund',
        resource: {
          status,
          amount: eur('5.00'),
          seller_payable_breakdown: { total_refunded_amount: eur('0.00') },
        },
      })),
    );
    expect(await statusOf(captureId)).toBe('COMPLETED');
  });

  it('have no decimals in yen', async () => {
    const amount = { currency_code: 'JPY', value: '500' };
    const { captureId } = await paypal.captured({}, orderRequest({ amount }));

    expect((await refund(captureId)).body).toMatchObject({
      amount,
      seller_payable_breakdown: { total_refunded_amount: amount },
    });
  });
});

describe('a pending refund', () => {
  /** Refunds a capture, or a part, by an e-check. @returns the ids */
  async function pendingRefund(body: object = {}) {
    const { captureId, orderId } = await paypal.captured();
    await paypal.control('PUT', `captures/${captureId}`, { refunds: 'PENDING' });
    const { status, body: answer } = await refund(captureId, body);
    expect(status).toBe(201);
    return { captureId, orderId, refundId: String(answer.id) };
  }
  const resolve = (refundId: string, action: string) => paypal.control('POST', `refunds/${refundId}/${action}`);
  const refundOf = async (refundId: string) => (await paypal.api('GET', `/v2/payments/refunds/${refundId}`)).body;

  it('is returned as PENDING, in full and by default, and by GET', async () => {
    const { captureId, refundId } = await pendingRefund({ amount: eur('5.00') });

    expect(await refundOf(refundId)).toMatchObject({ status: 'PENDING', status_details: { reason: 'ECHECK' } });
    expect((await refund(captureId, { amount: eur('1.00') }, {})).body).toMatchObject({ status: 'PENDING' });
  });

  it('leaves the capture COMPLETED and is listed in the order', async () => {
    const { captureId, orderId, refundId } = await pendingRefund();

    const { body } = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);

    expect(body).toMatchObject({
      purchase_units: [
        { payments: { captures: [{ status: 'COMPLETED' }], refunds: [{ id: refundId, status: 'PENDING' }] } },
      ],
    });
    expect(await statusOf(captureId)).toBe('COMPLETED');
  });

  it.each([
    ['complete', 'COMPLETED', 'REFUNDED', '19.99', ['PAYMENT.CAPTURE.REFUNDED']],
    ['fail', 'FAILED', 'COMPLETED', '0.00', ['PAYMENT.REFUND.FAILED', 'PAYMENT.CAPTURE.REFUNDED']],
    ['cancel', 'CANCELLED', 'COMPLETED', '0.00', ['PAYMENT.CAPTURE.REFUNDED']],
  ])('ends by "%s" as %s', async (action, status, captureStatus, total, types) => {
    const { captureId, refundId } = await pendingRefund();

    await resolve(refundId, action);
    const received = await paypal.receiver.until(4 + types.length);

    const ended = { id: refundId, status, seller_payable_breakdown: { total_refunded_amount: eur(total) } };
    expect(await refundOf(refundId)).toMatchObject(ended);
    expect(received.slice(4).map(eventIn)).toMatchObject(types.map((event_type) => ({ event_type, resource: ended })));
    expect(await statusOf(captureId)).toBe(captureStatus);
    expect((await paypal.send('POST', `/_sim/refunds/${refundId}/${action}`)).status).toBe(409);
  });

  it('counts in the totals of later refunds once it is completed', async () => {
    const { captureId, refundId } = await pendingRefund({ amount: eur('5.00') });
    const partly = { amount: eur('4.00'), status: 'COMPLETED' };

    const first = await paypal.control('POST', `captures/${captureId}/refund`, partly);
    const second = await resolve(refundId, 'complete');

    expect(first).toMatchObject({ seller_payable_breakdown: { total_refunded_amount: eur('4.00') } });
    expect(second).toMatchObject({ seller_payable_breakdown: { total_refunded_amount: eur('9.00') } });
    expect(await statusOf(captureId)).toBe('PARTIALLY_REFUNDED');
  });

  it('cannot be refunded a second time, until it fails', async () => {
    const { captureId, refundId } = await pendingRefund({ amount: eur('15.00') });

    expect(await refund(captureId, { amount: eur('5.00') })).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'REFUND_AMOUNT_EXCEEDED' }] },
    });
    await resolve(refundId, 'fail');
    expect((await refund(captureId, { amount: eur('5.00') })).status).toBe(201);
  });

  it('is not a refund by PayPal itself', async () => {
    const { captureId } = await pendingRefund({ amount: eur('5.00') });

    expect(await paypal.control('POST', `captures/${captureId}/refund`)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('PUT /_sim/refunds', () => {
  it('sets the status of the shop’s refunds until a reset, unless the capture has its own', async () => {
    await paypal.control('PUT', 'refunds', { refunds: 'FAILED' });
    const [one, other] = [(await paypal.captured()).captureId, (await paypal.captured()).captureId];
    await paypal.control('PUT', `captures/${other}`, { refunds: 'COMPLETED' });

    expect((await refund(one)).body).toMatchObject({ status: 'FAILED', status_details: { reason: 'ECHECK' } });
    expect((await refund(other)).body).toMatchObject({ status: 'COMPLETED' });
    await paypal.control('POST', 'reset');
    expect((await paypal.control('GET', 'state')).refund_status).toBe('COMPLETED');
  });
});

describe('a reversal', () => {
  const reverse = (captureId: string, body: object = {}) =>
    paypal.send('POST', `/_sim/captures/${captureId}/reverse`, body);

  it('of a part says the total, and the rest can be refunded', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId, { amount: eur('1.00') });

    await reverse(captureId, { amount: eur('3.00') });
    const received = await paypal.receiver.until(4);

    expect(received.map(eventIn)[3]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.REVERSED',
      resource: { amount: eur('3.00'), seller_payable_breakdown: { total_refunded_amount: eur('4.00') } },
    });
    expect(await statusOf(captureId)).toBe('PARTIALLY_REFUNDED');
    expect((await refund(captureId)).body).toMatchObject({ amount: eur('15.99') });
  });

  it.each([
    ['more than is left', eur('20.00')],
    ['nothing', eur('0.00')],
    ['another currency', { currency_code: 'USD', value: '1.00' }],
  ])('of %s is rejected', async (_, amount) => {
    const { captureId } = await paypal.captured();

    expect((await reverse(captureId, { amount })).status).toBe(409);
  });

  it('that PayPal takes back leaves the capture COMPLETED', async () => {
    const { captureId, orderId } = await paypal.captured();
    await reverse(captureId);

    const capture = await paypal.control('POST', `captures/${captureId}/cancel-reversal`);
    const received = await paypal.receiver.until(4);

    expect(capture).toMatchObject({ id: captureId, status: 'COMPLETED' });
    expect(received.map(eventIn)[3]).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { id: captureId, status: 'COMPLETED' },
    });
    expect((await paypal.api('GET', `/v2/checkout/orders/${orderId}`)).body).toMatchObject({
      purchase_units: [{ payments: { captures: [{ status: 'COMPLETED' }], refunds: [{ status: 'CANCELLED' }] } }],
    });
    expect((await paypal.send('POST', `/_sim/captures/${captureId}/cancel-reversal`)).status).toBe(409);
  });

  it('can be taken back without an event', async () => {
    const { captureId } = await paypal.captured();
    await reverse(captureId);
    await paypal.control('POST', `captures/${captureId}/cancel-reversal`, { event: false });

    expect(Object.keys((await paypal.control('GET', 'state')).events as object)).toHaveLength(3);
    expect(await statusOf(captureId)).toBe('COMPLETED');
  });

  it('that PayPal takes back keeps what was refunded before', async () => {
    const { captureId } = await paypal.captured();
    await refund(captureId, { amount: eur('5.00') });
    await reverse(captureId);

    await paypal.control('POST', `captures/${captureId}/cancel-reversal`);

    expect(await statusOf(captureId)).toBe('PARTIALLY_REFUNDED');
    expect((await refund(captureId)).body).toMatchObject({ amount: eur('14.99') });
  });
});
