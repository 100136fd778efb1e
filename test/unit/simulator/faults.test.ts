import { describe, expect, it } from 'vitest';
import { orderRequest, useSimulator } from './harness.ts';

const paypal = useSimulator();
const CAPTURE = '/v2/checkout/orders/*/capture';

const setFaults = (...faults: object[]) => paypal.control('PUT', 'faults', { faults });
const capture = (id: string, headers: Record<string, string> = {}) =>
  paypal.send('POST', `/v2/checkout/orders/${id}/capture`, {}, { ...paypal.authorization, ...headers });
const statusOf = async (id: string) => (await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.status;

describe('a fault', () => {
  it.each([
    [400, 'INVALID_REQUEST'],
    [401, 'AUTHENTICATION_FAILURE'],
    [403, 'NOT_AUTHORIZED'],
    [404, 'RESOURCE_NOT_FOUND'],
    [409, 'RESOURCE_CONFLICT'],
    [422, 'UNPROCESSABLE_ENTITY'],
    [500, 'INTERNAL_SERVER_ERROR'],
    [502, 'INTERNAL_SERVER_ERROR'],
    [503, 'SERVICE_UNAVAILABLE'],
  ])('of status %i answers %s, and nothing is done', async (status, name) => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status });

    expect(await capture(id)).toMatchObject({ status, body: { name } });
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('of too many calls says when to come back', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 429, retry_after: 7 });

    const { status, headers, body } = await capture(id);

    expect({ status, name: body.name }).toEqual({ status: 429, name: 'RATE_LIMIT_REACHED' });
    expect(headers.get('retry-after')).toBe('7');
  });

  it('comes as often as it says, then the call works', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503, times: 2 });

    const statuses = [await capture(id), await capture(id), await capture(id)].map(({ status }) => status);

    expect(statuses).toEqual([503, 503, 201]);
    expect((await paypal.control('GET', 'state')).faults).toEqual([]);
  });

  it('hits only the method and the path that it names', async () => {
    const [one, other] = [await paypal.approvedOrder(), await paypal.approvedOrder()];
    await setFaults(
      { method: 'GET', path: CAPTURE, status: 503 },
      { method: 'POST', path: '/v2/checkout/orders/*', status: 503 },
      { method: 'POST', path: `/v2/checkout/orders/${one}/capture`, status: 503 },
    );

    expect((await capture(other)).status).toBe(201);
    expect((await capture(one)).status).toBe(503);
  });

  it('replaces the ones before', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503 });
    await setFaults();

    expect((await capture(id)).status).toBe(201);
  });

  it('can be that no answer ever comes', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, timeout: true });

    const call = fetch(`${paypal.url}/v2/checkout/orders/${id}/capture`, {
      method: 'POST',
      headers: { ...paypal.authorization, 'content-type': 'application/json', 'PayPal-Request-Id': 'capture-1' },
      signal: AbortSignal.timeout(150),
    });

    await expect(call).rejects.toThrow('timeout');
    expect(await statusOf(id)).toBe('APPROVED');
    expect((await capture(id, { 'PayPal-Request-Id': 'capture-1' })).status).toBe(201);
  });

  it('can be a broken connection', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, reset: true });

    await expect(capture(id)).rejects.toThrow('fetch failed');
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('can be an answer that is no JSON, which is not remembered', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, malformed: true });

    const { status, body } = await capture(id, { 'PayPal-Request-Id': 'capture-1' });

    expect(status).toBe(200);
    expect(() => JSON.parse(String(body))).toThrow(SyntaxError);
    expect((await capture(id, { 'PayPal-Request-Id': 'capture-1' })).status).toBe(201);
  });

  it('can be slowness', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, latency_ms: 120 });
    const start = performance.now();

    expect((await capture(id)).status).toBe(201);
    expect(performance.now() - start).toBeGreaterThan(110);
  });

  it('can hit the token, too', async () => {
    await setFaults({ method: 'POST', path: '/v1/oauth2/token', status: 503 });

    expect((await paypal.send('POST', '/v1/oauth2/token', 'grant_type=client_credentials')).status).toBe(503);
  });

  it('can hit the certificate, too', async () => {
    await setFaults({ method: 'GET', path: '/v1/notifications/certs/*', status: 503 });

    expect((await paypal.send('GET', '/v1/notifications/certs/CERT-1')).status).toBe(503);
  });

  it('never hits the control API', async () => {
    await setFaults({ method: 'GET', path: '/*/state', status: 503 });

    expect((await paypal.send('GET', '/_sim/state')).status).toBe(200);
  });

  it('is not used up by a call without a token', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503 });

    expect((await paypal.send('POST', `/v2/checkout/orders/${id}/capture`)).status).toBe(401);
    expect((await capture(id)).status).toBe(503);
  });
});

describe('an answer that is to be lost after the work', () => {
  it.each([
    ['as an error', { status: 500 }],
    ['as garbage', { malformed: true }],
  ])('%s has captured, and a repetition with the same id gets the stored answer', async (_, fault) => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, after: true, ...fault });

    const lost = await capture(id, { 'PayPal-Request-Id': 'capture-1' });
    const again = await capture(id, { 'PayPal-Request-Id': 'capture-1' });

    expect(lost.body).not.toHaveProperty('purchase_units');
    expect(again).toMatchObject({ status: 200, body: { id, status: 'COMPLETED' } });
  });

  it('is not lost while there is no work to do', async () => {
    const id = await paypal.order();
    await setFaults({ method: 'POST', path: CAPTURE, after: true, status: 500 });

    expect((await capture(id)).status).toBe(422);
    await paypal.control('POST', `orders/${id}/approve`);
    expect((await capture(id)).status).toBe(500);
  });

  it('leaves alone a call that failed before', async () => {
    const id = await paypal.approvedOrder();
    const one = { method: 'POST', path: CAPTURE };
    await setFaults({ ...one, malformed: true }, { ...one, after: true, status: 500 });

    expect((await capture(id)).status).toBe(200);
    expect(await statusOf(id)).toBe('APPROVED');
    expect((await paypal.control('GET', 'state')).faults).toHaveLength(1);
  });

  it('by a broken connection has captured', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, after: true, reset: true });

    await expect(capture(id)).rejects.toThrow('fetch failed');

    expect(await statusOf(id)).toBe('COMPLETED');
  });
});

describe('PayPal-Mock-Response', () => {
  const mock = (code: string) => ({ 'PayPal-Mock-Response': JSON.stringify({ mock_application_codes: code }) });

  it.each([
    ['INSTRUMENT_DECLINED', 422, 'UNPROCESSABLE_ENTITY'],
    ['MISSING_REQUIRED_PARAMETER', 400, 'INVALID_REQUEST'],
    ['PERMISSION_DENIED', 403, 'NOT_AUTHORIZED'],
  ])('%s makes a capture fail with %i', async (code, status, name) => {
    const id = await paypal.approvedOrder();

    const answer = await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {}, { headers: mock(code) });

    expect(answer).toMatchObject({ status, body: { name, details: [{ issue: code }] } });
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('works on orders and refunds', async () => {
    const headers = { 'PayPal-Request-Id': 'one', ...mock('DUPLICATE_INVOICE_ID') };

    expect((await paypal.api('POST', '/v2/checkout/orders', orderRequest(), { headers })).status).toBe(422);
    const { captureId } = await paypal.captured();
    const refund = await paypal.api(
      'POST',
      `/v2/payments/captures/${captureId}/refund`,
      {},
      { headers: mock('REFUND_FAILED_INSUFFICIENT_FUNDS') },
    );
    expect(refund).toMatchObject({ status: 422, body: { details: [{ issue: 'REFUND_FAILED_INSUFFICIENT_FUNDS' }] } });
  });

  it('INTERNAL_SERVER_ERROR is 500', async () => {
    const id = await paypal.order();

    expect(
      (await paypal.api('GET', `/v2/checkout/orders/${id}`, undefined, { headers: mock('INTERNAL_SERVER_ERROR') }))
        .status,
    ).toBe(500);
  });

  it.each([
    ['of another call', JSON.stringify({ mock_application_codes: 'CAPTURE_FULLY_REFUNDED' })],
    ['that is no JSON', 'INSTRUMENT_DECLINED'],
  ])('with a code %s is refused', async (_, header) => {
    const id = await paypal.approvedOrder();

    expect(await capture(id, { 'PayPal-Mock-Response': header })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'PayPal-Mock-Response' }] },
    });
  });
});
