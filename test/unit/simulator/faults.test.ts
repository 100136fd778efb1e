import { describe, expect, it } from 'vitest';
import issues from '../../../simulator/state/paypal-issues.json' with { type: 'json' };
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
  ])('with status %i returns %s without processing the request', async (status, name) => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status });

    expect(await capture(id)).toMatchObject({ status, body: { name } });
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it.each([
    ['GET', '/v2/checkout/orders/{order}', 404, 'INVALID_RESOURCE_ID'],
    ['GET', '/v2/payments/captures/{capture}', 404, 'INVALID_RESOURCE_ID'],
    ['GET', '/v2/payments/captures/{capture}', 403, 'PERMISSION_DENIED'],
    ['POST', '/v2/payments/captures/{capture}/refund', 403, 'PERMISSION_DENIED'],
    ['GET', '/v2/payments/refunds/X', 403, 'PERMISSION_DENIED'],
  ])('on %s %s with status %i has the details that PayPal lists', async (method, path, status, issue) => {
    const { orderId, captureId } = await paypal.captured();
    const address = path.replace('{order}', orderId).replace('{capture}', captureId);
    await setFaults({ method, path: address, status });

    const response = await paypal.api(method, address, method === 'POST' ? {} : undefined);

    expect(response).toMatchObject({ status, body: { details: [{ issue }] } });
  });

  it('has the error of a missing order, for a request about one that exists', async () => {
    const id = await paypal.order();
    await setFaults({ method: 'GET', path: `/v2/checkout/orders/${id}`, status: 404 });
    const path = (order: string) => `/v2/checkout/orders/${order}`;

    const [injected, missing] = [await paypal.api('GET', path(id)), await paypal.api('GET', path('X'))];

    expect({ ...injected.body, debug_id: '' }).toEqual({ ...missing.body, debug_id: '' });
    expect(await statusOf(id)).toBe('PAYER_ACTION_REQUIRED');
  });

  it('lasts for_ms, whatever the number of requests', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'GET', path: '/v2/checkout/orders/*', status: 404, for_ms: 60_000 });
    const get = async () => (await paypal.api('GET', `/v2/checkout/orders/${id}`)).status;

    expect([await get(), await get(), await get()]).toEqual([404, 404, 404]);
    paypal.passTime(60_000);
    expect(await get()).toBe(200);
    expect((await paypal.control('GET', 'state')).faults).toEqual([]);
  });

  it('ends after times within for_ms', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'GET', path: '/v2/checkout/orders/*', status: 404, for_ms: 60_000, times: 1 });

    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).status).toBe(404);
    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).status).toBe(200);
  });

  it('sets retry-after on 429', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 429, retry_after: 7 });

    const { status, headers, body } = await capture(id);

    expect({ status, name: body.name }).toEqual({ status: 429, name: 'RATE_LIMIT_REACHED' });
    expect(headers.get('retry-after')).toBe('7');
  });

  it('applies to the given number of requests', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503, times: 2 });

    const statuses = [await capture(id), await capture(id), await capture(id)].map(({ status }) => status);

    expect(statuses).toEqual([503, 503, 201]);
    expect((await paypal.control('GET', 'state')).faults).toEqual([]);
  });

  it('applies to its method and path only', async () => {
    const [one, other] = [await paypal.approvedOrder(), await paypal.approvedOrder()];
    await setFaults(
      { method: 'GET', path: CAPTURE, status: 503 },
      { method: 'POST', path: '/v2/checkout/orders/*', status: 503 },
      { method: 'POST', path: `/v2/checkout/orders/${one}/capture`, status: 503 },
    );

    expect((await capture(other)).status).toBe(201);
    expect((await capture(one)).status).toBe(503);
  });

  it('applies to the path with a trailing slash too', async () => {
    await setFaults({ method: 'GET', path: '/v1/notifications/webhooks-events', status: 503 });

    expect(
      (await paypal.api('GET', '/v1/notifications/webhooks-events/', undefined, { describedAs: 503 })).status,
    ).toBe(503);
  });

  it('replaces earlier faults', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503 });
    await setFaults();

    expect((await capture(id)).status).toBe(201);
  });

  it('with timeout never responds', async () => {
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

  it('with reset resets the connection', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, reset: true });

    await expect(capture(id)).rejects.toThrow('fetch failed');
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('with malformed returns a body that is not JSON and is not stored for the request id', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, malformed: true });

    const { status, body } = await capture(id, { 'PayPal-Request-Id': 'capture-1' });

    expect(status).toBe(200);
    expect(() => JSON.parse(String(body))).toThrow(SyntaxError);
    expect((await capture(id, { 'PayPal-Request-Id': 'capture-1' })).status).toBe(201);
  });

  it('with latency_ms delays the response', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, latency_ms: 120 });
    const start = performance.now();

    expect((await capture(id)).status).toBe(201);
    expect(performance.now() - start).toBeGreaterThan(110);
  });

  it('applies to the token endpoint', async () => {
    await setFaults({ method: 'POST', path: '/v1/oauth2/token', status: 503 });

    expect((await paypal.send('POST', '/v1/oauth2/token', 'grant_type=client_credentials')).status).toBe(503);
  });

  it('applies to certificates', async () => {
    await setFaults({ method: 'GET', path: '/v1/notifications/certs/*', status: 503 });

    expect((await paypal.send('GET', '/v1/notifications/certs/CERT-1')).status).toBe(503);
  });

  it('never applies to the control API', async () => {
    await setFaults({ method: 'GET', path: '/*/state', status: 503 });

    expect((await paypal.send('GET', '/_sim/state')).status).toBe(200);
  });

  it('is not consumed by an unauthenticated request', async () => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, status: 503 });

    expect((await paypal.send('POST', `/v2/checkout/orders/${id}/capture`)).status).toBe(401);
    expect((await capture(id)).status).toBe(503);
  });
});

describe('a fault with an issue', () => {
  it.each(Object.entries(issues['orders.capture']).map(([issue, { status }]) => [issue, status] as const))(
    'refuses a capture with %s',
    async (issue, status) => {
      const id = await paypal.approvedOrder();
      await setFaults({ method: 'POST', path: CAPTURE, issue });

      const response = await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {});

      expect(response).toMatchObject({ status, body: { details: [{ issue }] } });
      expect(await statusOf(id)).toBe('APPROVED');
    },
  );

  it.each([
    ['INSTRUMENT_DECLINED', 'redirect'],
    ['PAYER_ACTION_REQUIRED', 'payer-action'],
  ])('%s links to the buyer’s page', async (issue, rel) => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, issue });

    expect((await capture(id)).body.links).toContainEqual({
      href: `${paypal.url}/checkoutnow?token=${id}`,
      rel,
      method: 'GET',
    });
  });

  it('refuses refunds', async () => {
    const { captureId } = await paypal.captured();
    await setFaults({ method: 'POST', path: '/v2/payments/captures/*/refund', issue: 'PAYEE_ACCOUNT_RESTRICTED' });

    expect(await paypal.api('POST', `/v2/payments/captures/${captureId}/refund`, {})).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'PAYEE_ACCOUNT_RESTRICTED' }] },
    });
  });
});

describe('a fault with after', () => {
  it.each([
    ['status', { status: 500 }],
    ['malformed', { malformed: true }],
  ])('and %s captures, and a retry with the same request id gets the stored response', async (_, fault) => {
    const id = await paypal.approvedOrder();
    await setFaults({ method: 'POST', path: CAPTURE, after: true, ...fault });

    const first = await capture(id, { 'PayPal-Request-Id': 'capture-1' });
    const retry = await capture(id, { 'PayPal-Request-Id': 'capture-1' });

    expect(first.body).not.toHaveProperty('purchase_units');
    expect(retry).toMatchObject({ status: 200, body: { id, status: 'COMPLETED' } });
  });

  it('is not consumed by a rejected request', async () => {
    const id = await paypal.order();
    await setFaults({ method: 'POST', path: CAPTURE, after: true, status: 500 });

    expect((await capture(id)).status).toBe(422);
    await paypal.control('POST', `orders/${id}/approve`);
    expect((await capture(id)).status).toBe(500);
  });

  it('is not consumed by a request that failed before', async () => {
    const id = await paypal.approvedOrder();
    const one = { method: 'POST', path: CAPTURE };
    await setFaults({ ...one, malformed: true }, { ...one, after: true, status: 500 });

    expect((await capture(id)).status).toBe(200);
    expect(await statusOf(id)).toBe('APPROVED');
    expect((await paypal.control('GET', 'state')).faults).toHaveLength(1);
  });

  it('and reset captures', async () => {
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
  ])('with %s fails a capture with %i', async (code, status, name) => {
    const id = await paypal.approvedOrder();

    const response = await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {}, { headers: mock(code) });

    expect(response).toMatchObject({ status, body: { name, details: [{ issue: code }] } });
    expect(await statusOf(id)).toBe('APPROVED');
  });

  it('applies to orders and refunds', async () => {
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

  it('with INTERNAL_SERVER_ERROR returns 500', async () => {
    const id = await paypal.order();

    expect(
      (await paypal.api('GET', `/v2/checkout/orders/${id}`, undefined, { headers: mock('INTERNAL_SERVER_ERROR') }))
        .status,
    ).toBe(500);
  });

  it.each([
    ['a code of another operation', JSON.stringify({ mock_application_codes: 'CAPTURE_FULLY_REFUNDED' })],
    ['a value that is not JSON', 'INSTRUMENT_DECLINED'],
  ])('is rejected with %s', async (_, header) => {
    const id = await paypal.approvedOrder();

    expect(await capture(id, { 'PayPal-Mock-Response': header })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'PayPal-Mock-Response' }] },
    });
  });
});
