import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const EVENT = {
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  resource: { id: 'CAPTURE1', amount: { currency_code: 'EUR', value: '1.00' } },
};
const sendEvent = (more: object = {}) => paypal.control('POST', 'events', { ...EVENT, ...more });
const eventIds = async () => Object.keys((await paypal.control('GET', 'state')).events as object);

describe('POST /_sim/events', () => {
  it('delivers an event and returns the responses', async () => {
    const result = await sendEvent();

    expect(result).toEqual({
      event_id: expect.stringMatching(/^WH-/),
      deliveries: [{ http_status: 200, answer: { status: 'accepted' } }],
    });
    expect(eventIn(paypal.receiver.received[0] ?? { headers: {}, body: Buffer.from('{}') })).toMatchObject({
      id: result.event_id,
      event_type: EVENT.event_type,
      resource_type: 'capture',
      resource: EVENT.resource,
    });
  });

  it('accepts any event_id, also twice', async () => {
    await sendEvent({ event_id: 'WH-1' });
    await sendEvent({ event_id: 'WH-1', resource: { id: 'ANOTHER' } });

    expect(paypal.receiver.received.map((one) => eventIn(one).id)).toEqual(['WH-1', 'WH-1']);
    expect((await paypal.control('GET', 'state')).events).toMatchObject({ 'WH-1': { resource: EVENT.resource } });
  });

  it('delivers to webhooks that are not subscribed to the type', async () => {
    const [id] = await paypal.webhookIds();
    await paypal.api('PATCH', `/v1/notifications/webhooks/${id}`, [
      { op: 'replace', path: '/event_types', value: [{ name: 'CUSTOMER.DISPUTE.CREATED' }] },
    ]);

    expect(await sendEvent()).toMatchObject({ deliveries: [{ http_status: 200 }] });
  });

  it('accepts a type that PayPal does not have', async () => {
    await sendEvent({ event_type: 'CHECKOUT.ORDER.CANCELLED', resource: { id: 'ORDER1' } });

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.CANCELLED']);
  });

  it.each([
    ['held', { hold: true }],
    ['dropped', { drop: true }],
  ])('delivers while other events are %s', async (_, settings) => {
    await paypal.control('PUT', 'delivery', settings);

    expect(await sendEvent()).toMatchObject({ deliveries: [{ http_status: 200 }] });
  });

  it('sends the configured number of copies', async () => {
    await paypal.control('PUT', 'delivery', { copies: 3 });

    expect((await sendEvent()).deliveries).toHaveLength(3);
    expect(paypal.receiver.received).toHaveLength(3);
  });

  it('retries an event with a good signature', async () => {
    paypal.receiver.respond = (_, count) => ({ status: count === 1 ? 503 : 200 });

    expect(await sendEvent()).toMatchObject({ deliveries: [{ http_status: 503 }] });
    await paypal.receiver.until(2);
  });

  it.each(['bad', 'wrong-cert', 'mock-id'])(
    'neither retries nor lists an event with a %s signature',
    async (signature) => {
      paypal.receiver.respond = () => ({ status: 401 });

      expect(await sendEvent({ signature })).toMatchObject({ deliveries: [{ http_status: 401 }] });
      await sleep(30);

      expect(paypal.receiver.received).toHaveLength(1);
      expect(await eventIds()).toEqual([]);
    },
  );

  it('sends a given body verbatim', async () => {
    const body = '{ "id":"WH-raw",\n "event_type":"X", "resource": {"a":1.0} }';

    expect(await sendEvent({ body })).toMatchObject({ event_id: 'WH-raw', deliveries: [{ http_status: 200 }] });
    expect(String(paypal.receiver.received[0]?.body)).toBe(body);
    expect(await eventIds()).toEqual([]);
  });

  it('replaces and removes headers', async () => {
    await sendEvent({ headers: { 'PayPal-Auth-Algo': 'MD5withRSA', 'paypal-transmission-sig': '' } });

    const headers = paypal.receiver.received[0]?.headers;
    expect(headers?.['paypal-auth-algo']).toBe('MD5withRSA');
    expect(headers).not.toHaveProperty('paypal-transmission-sig');
  });

  it('delivers nothing without a webhook', async () => {
    for (const id of await paypal.webhookIds()) {
      await paypal.api('DELETE', `/v1/notifications/webhooks/${id}`);
    }

    expect(await sendEvent()).toMatchObject({ deliveries: [] });
  });
});

describe('POST /_sim/captures/{id}/dispute', () => {
  it('sends an event for each change', async () => {
    const { captureId } = await paypal.captured();
    const dispute = (status?: string) => paypal.control('POST', `captures/${captureId}/dispute`, status && { status });

    const opened = await dispute();
    expect(await dispute('OPEN')).toEqual(opened);
    expect(await dispute('RESOLVED')).toEqual({ ...opened, status: 'RESOLVED' });
    const received = (await paypal.receiver.until(5)).slice(2).map(eventIn);

    expect(received).toMatchObject(
      [
        ['CUSTOMER.DISPUTE.CREATED', 'OPEN'],
        ['CUSTOMER.DISPUTE.UPDATED', 'OPEN'],
        ['CUSTOMER.DISPUTE.RESOLVED', 'RESOLVED'],
      ].map(([event_type, status]) => ({
        event_type,
        resource_type: 'dispute',
        resource: {
          dispute_id: opened.dispute_id,
          status,
          disputed_transactions: [{ seller_transaction_id: captureId }],
        },
      })),
    );
  });

  it('opens another dispute after the first is resolved', async () => {
    const { captureId } = await paypal.captured();
    const first = await paypal.control('POST', `captures/${captureId}/dispute`);
    await paypal.control('POST', `captures/${captureId}/dispute`, { status: 'RESOLVED' });

    const second = await paypal.control('POST', `captures/${captureId}/dispute`);

    expect(second.dispute_id).not.toBe(first.dispute_id);
  });

  it('rejects RESOLVED without an open dispute', async () => {
    const { captureId } = await paypal.captured();

    expect((await paypal.send('POST', `/_sim/captures/${captureId}/dispute`, { status: 'RESOLVED' })).status).toBe(409);
  });
});
