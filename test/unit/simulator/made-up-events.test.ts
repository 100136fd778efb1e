import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const EVENT = {
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  resource: { id: 'CAPTURE1', amount: { currency_code: 'EUR', value: '1.00' } },
};
const make = (more: object = {}) => paypal.control('POST', 'events', { ...EVENT, ...more });
const eventIds = async () => Object.keys((await paypal.control('GET', 'state')).events as object);

describe('an event made by hand', () => {
  it('arrives, and the answers are told', async () => {
    const answer = await make();

    expect(answer).toEqual({
      event_id: expect.stringMatching(/^WH-/),
      deliveries: [{ http_status: 200, answer: { status: 'accepted' } }],
    });
    expect(eventIn(paypal.receiver.received[0] ?? { headers: {}, body: Buffer.from('{}') })).toMatchObject({
      id: answer.event_id,
      event_type: EVENT.event_type,
      resource_type: 'capture',
      resource: EVENT.resource,
    });
  });

  it('can have any id, and come twice', async () => {
    await make({ event_id: 'WH-1' });
    await make({ event_id: 'WH-1', resource: { id: 'ANOTHER' } });

    expect(paypal.receiver.received.map((one) => eventIn(one).id)).toEqual(['WH-1', 'WH-1']);
    expect((await paypal.control('GET', 'state')).events).toMatchObject({ 'WH-1': { resource: EVENT.resource } });
  });

  it('reaches webhooks that are not registered for it', async () => {
    const [id] = await paypal.webhookIds();
    await paypal.api('PATCH', `/v1/notifications/webhooks/${id}`, [
      { op: 'replace', path: '/event_types', value: [{ name: 'CUSTOMER.DISPUTE.CREATED' }] },
    ]);

    expect(await make()).toMatchObject({ deliveries: [{ http_status: 200 }] });
  });

  it('may be of a type that PayPal does not have', async () => {
    await make({ event_type: 'CHECKOUT.ORDER.CANCELLED', resource: { id: 'ORDER1' } });

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.CANCELLED']);
  });

  it.each([
    ['held', { hold: true }],
    ['dropped', { drop: true }],
  ])('arrives though others are %s', async (_, settings) => {
    await paypal.control('PUT', 'delivery', settings);

    expect(await make()).toMatchObject({ deliveries: [{ http_status: 200 }] });
  });

  it('is copied like others', async () => {
    await paypal.control('PUT', 'delivery', { copies: 3 });

    expect((await make()).deliveries).toHaveLength(3);
    expect(paypal.receiver.received).toHaveLength(3);
  });

  it('that is refused is tried again when its signature is good', async () => {
    paypal.receiver.answering = (_, count) => ({ status: count === 1 ? 503 : 200 });

    expect(await make()).toMatchObject({ deliveries: [{ http_status: 503 }] });
    await paypal.receiver.until(2);
  });

  it.each(['bad', 'wrong-cert', 'mock-id'])(
    'that is refused is not tried again with a %s signature, and is none of PayPal’s',
    async (signature) => {
      paypal.receiver.answering = () => ({ status: 401 });

      expect(await make({ signature })).toMatchObject({ deliveries: [{ http_status: 401 }] });
      await sleep(30);

      expect(paypal.receiver.received).toHaveLength(1);
      expect(await eventIds()).toEqual([]);
    },
  );

  it('can be any text, sent as it stands', async () => {
    const body = '{ "id":"WH-raw",\n "event_type":"X", "resource": {"a":1.0} }';

    expect(await make({ body })).toMatchObject({ event_id: 'WH-raw', deliveries: [{ http_status: 200 }] });
    expect(String(paypal.receiver.received[0]?.body)).toBe(body);
    expect(await eventIds()).toEqual([]);
  });

  it('can have other headers, or lack some', async () => {
    await make({ headers: { 'PayPal-Auth-Algo': 'MD5withRSA', 'paypal-transmission-sig': '' } });

    const headers = paypal.receiver.received[0]?.headers;
    expect(headers?.['paypal-auth-algo']).toBe('MD5withRSA');
    expect(headers).not.toHaveProperty('paypal-transmission-sig');
  });

  it('goes to nobody when there is no webhook', async () => {
    for (const id of await paypal.webhookIds()) {
      await paypal.api('DELETE', `/v1/notifications/webhooks/${id}`);
    }

    expect(await make()).toMatchObject({ deliveries: [] });
  });
});

describe('a dispute', () => {
  it('goes through its life as an event each', async () => {
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

  it('that is resolved leaves room for another', async () => {
    const { captureId } = await paypal.captured();
    const first = await paypal.control('POST', `captures/${captureId}/dispute`);
    await paypal.control('POST', `captures/${captureId}/dispute`, { status: 'RESOLVED' });

    const second = await paypal.control('POST', `captures/${captureId}/dispute`);

    expect(second.dispute_id).not.toBe(first.dispute_id);
  });

  it('that was never opened cannot be resolved', async () => {
    const { captureId } = await paypal.captured();

    expect((await paypal.send('POST', `/_sim/captures/${captureId}/dispute`, { status: 'RESOLVED' })).status).toBe(409);
  });
});
