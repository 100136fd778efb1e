import { describe, expect, it } from 'vitest';
import { useSimulator } from './harness.ts';

const paypal = useSimulator();
const URL_A = 'http://127.0.0.1:9/a';
const ALL = [{ name: '*' }];

const register = (url: string, event_types: object[] = ALL) =>
  paypal.api('POST', '/v1/notifications/webhooks', { url, event_types });
const list = async () =>
  (await paypal.api('GET', '/v1/notifications/webhooks')).body.webhooks as { id: string; url: string }[];
const patch = (id: unknown, ...changes: object[]) => paypal.api('PATCH', `/v1/notifications/webhooks/${id}`, changes);

describe('a webhook', () => {
  it('is registered with its event types', async () => {
    const { status, body } = await register(URL_A, [{ name: 'PAYMENT.CAPTURE.COMPLETED' }]);

    expect(status).toBe(201);
    expect(body).toMatchObject({
      url: URL_A,
      event_types: [{ name: 'PAYMENT.CAPTURE.COMPLETED', description: expect.any(String) }],
      links: [{ rel: 'self' }, { rel: 'update', method: 'PATCH' }, { rel: 'delete', method: 'DELETE' }],
    });
  });

  it('can be listed and read', async () => {
    const { body } = await register(URL_A);

    expect(await list()).toContainEqual(body);
    expect((await paypal.api('GET', `/v1/notifications/webhooks/${body.id}`)).body).toEqual(body);
  });

  it('lists its event types', async () => {
    const { body } = await register(URL_A, [{ name: 'CUSTOMER.DISPUTE.CREATED' }]);

    const response = await paypal.api('GET', `/v1/notifications/webhooks/${body.id}/event-types`);

    expect(response.body).toMatchObject({ event_types: [{ name: 'CUSTOMER.DISPUTE.CREATED' }] });
  });

  it('can be patched to another URL and other event types', async () => {
    const { body } = await register(URL_A);

    const { status, body: changed } = await patch(
      body.id,
      { op: 'replace', path: '/url', value: `${URL_A}/new` },
      { op: 'replace', path: '/event_types', value: [{ name: 'PAYMENT.CAPTURE.DENIED' }] },
    );

    expect(status).toBe(200);
    expect(changed).toMatchObject({
      id: body.id,
      url: `${URL_A}/new`,
      event_types: [{ name: 'PAYMENT.CAPTURE.DENIED' }],
    });
  });

  it('can be patched to its own URL', async () => {
    const { body } = await register(URL_A);

    expect((await patch(body.id, { op: 'replace', path: '/url', value: URL_A })).status).toBe(200);
  });

  it('can be deleted', async () => {
    const { body } = await register(URL_A);

    expect((await paypal.api('DELETE', `/v1/notifications/webhooks/${body.id}`)).status).toBe(204);
    expect((await paypal.api('GET', `/v1/notifications/webhooks/${body.id}`)).status).toBe(404);
  });

  it('survives a reset', async () => {
    const { body } = await register(URL_A);
    await paypal.control('POST', 'reset');

    expect(await list()).toContainEqual(body);
  });
});

describe('webhooks API validation', () => {
  it('rejects a registered URL', async () => {
    await register(URL_A);

    expect(await register(URL_A)).toMatchObject({
      status: 400,
      body: { name: 'WEBHOOK_URL_ALREADY_EXISTS', message: 'Webhook URL already exists' },
    });
  });

  it("rejects a patch to another webhook's URL", async () => {
    await register(URL_A);
    const { body } = await register(`${URL_A}/b`);

    expect(await patch(body.id, { op: 'replace', path: '/url', value: URL_A })).toMatchObject({
      status: 400,
      body: { name: 'WEBHOOK_URL_ALREADY_EXISTS' },
    });
  });

  it('rejects an eleventh webhook', async () => {
    for (let number = (await list()).length; number < 10; number++) {
      expect((await register(`${URL_A}/${number}`)).status).toBe(201);
    }

    expect(await register(`${URL_A}/11`)).toMatchObject({
      status: 400,
      body: { name: 'WEBHOOK_NUMBER_LIMIT_EXCEEDED' },
    });
  });

  it.each([
    ['no URL', { event_types: ALL }, 'url'],
    ['a malformed URL', { url: 'shop', event_types: ALL }, 'url'],
    ['a URL of another protocol', { url: 'ftp://example.com/', event_types: ALL }, 'url'],
    ['no event types', { url: URL_A, event_types: [] }, 'event_types'],
    ['an event type without name', { url: URL_A, event_types: [{}] }, 'event_types.0.name'],
  ])('rejects %s', async (_, request, field) => {
    expect(await paypal.api('POST', '/v1/notifications/webhooks', request, { invalid: true })).toMatchObject({
      status: 400,
      body: {
        name: 'VALIDATION_ERROR',
        message: 'Invalid data provided',
        details: [{ field, issue: 'Invalid data provided' }],
      },
    });
  });

  it('rejects an unsupported patch operation', async () => {
    const { body } = await register(URL_A);

    expect(await patch(body.id, { op: 'remove', path: '/url' })).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR' },
    });
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/event-types'],
  ])('responds with 404 to %s of an unknown webhook%s', async (method, rest) => {
    expect(await paypal.api(method, `/v1/notifications/webhooks/0000000000000000X${rest}`)).toMatchObject({
      status: 404,
      body: { name: 'INVALID_RESOURCE_ID' },
    });
  });
});

describe('event types', () => {
  it('list every event that the simulator sends', async () => {
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-event-types');

    expect((body.event_types as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'CHECKOUT.ORDER.APPROVED',
        'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
        'PAYMENT.CAPTURE.COMPLETED',
        'PAYMENT.CAPTURE.PENDING',
        'PAYMENT.CAPTURE.DENIED',
        'PAYMENT.CAPTURE.REFUNDED',
        'PAYMENT.CAPTURE.REVERSED',
        'CUSTOMER.DISPUTE.CREATED',
      ]),
    );
  });

  it('limit deliveries to subscribed webhooks', async () => {
    const { id } = (await list())[0] ?? {};
    await patch(id, { op: 'replace', path: '/event_types', value: [{ name: 'PAYMENT.CAPTURE.COMPLETED' }] });

    await paypal.captured();
    await paypal.receiver.until(1);

    expect(paypal.receiver.types()).toEqual(['PAYMENT.CAPTURE.COMPLETED']);
    expect((await paypal.control('GET', 'deliveries')).deliveries).toHaveLength(1);
  });
});
