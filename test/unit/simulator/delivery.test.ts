import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { textAt, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();

interface Row {
  readonly event_id: string;
  readonly event_type: string;
  readonly attempt: number;
  readonly http_status: number | null;
  readonly answer: unknown;
  readonly transmission_id: string | null;
  readonly dropped: boolean;
  readonly at: string;
}
const deliveries = async () => (await paypal.control('GET', 'deliveries')).deliveries as Row[];
const deliveriesUntil = (count: number) =>
  vi.waitFor(
    async () => {
      const rows = await deliveries();
      expect(rows.length).toBeGreaterThanOrEqual(count);
      return rows;
    },
    { timeout: 4000, interval: 10 },
  );
const set = (settings: object) => paypal.control('PUT', 'delivery', settings);
const flush = () => paypal.control('POST', 'delivery/flush');
const idsReceived = () => paypal.receiver.received.map((one) => eventIn(one).id);

describe('a delivery', () => {
  it('is recorded with its response', async () => {
    const orderId = await paypal.approvedOrder();
    const rows = await deliveriesUntil(1);

    expect(rows).toEqual([
      {
        event_id: idsReceived()[0],
        event_type: 'CHECKOUT.ORDER.APPROVED',
        order_id: orderId,
        webhook_id: expect.any(String),
        attempt: 1,
        transmission_id: paypal.receiver.received[0]?.headers['paypal-transmission-id'],
        http_status: 200,
        answer: { status: 'accepted' },
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        dropped: false,
      },
    ]);
  });

  it.each([200, 201, 202, 204])('is not retried after %i', async (status) => {
    paypal.receiver.respond = () => ({ status });
    await paypal.approvedOrder();
    await deliveriesUntil(1);
    await sleep(30);

    expect(await deliveries()).toHaveLength(1);
  });

  it.each([302, 400, 404, 500, 503])(
    'is retried after %i with the same bytes and a new transmission id',
    async (status) => {
      paypal.receiver.respond = (_, count) => (count < 3 ? { status } : { status: 200 });
      await paypal.approvedOrder();
      const rows = await deliveriesUntil(3);

      expect(rows.map(({ attempt, http_status }) => [attempt, http_status])).toEqual([
        [1, status],
        [2, status],
        [3, 200],
      ]);
      expect(new Set(rows.map(({ transmission_id }) => transmission_id)).size).toBe(3);
      expect(new Set(paypal.receiver.received.map(({ body }) => String(body))).size).toBe(1);
    },
  );

  it('is attempted at most 25 times', async () => {
    paypal.receiver.respond = () => ({ status: 500 });
    await paypal.approvedOrder();
    await deliveriesUntil(25);
    await sleep(30);

    expect((await deliveries()).map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
  });

  it('follows no redirects', async () => {
    paypal.receiver.respond = (_, count) =>
      count === 1 ? { status: 302, location: `${paypal.url}/_sim/reset` } : { status: 200 };
    await paypal.approvedOrder();
    const rows = await deliveriesUntil(2);

    expect(rows.map(({ http_status }) => http_status)).toEqual([302, 200]);
  });

  it('is retried when the connection is refused', async () => {
    const [id] = await paypal.webhookIds();
    await paypal.api('PATCH', `/v1/notifications/webhooks/${id}`, [
      { op: 'replace', path: '/url', value: 'http://127.0.0.1:9/' },
    ]);
    await paypal.approvedOrder();

    expect((await deliveriesUntil(2)).slice(0, 2)).toMatchObject([
      { attempt: 1, http_status: null, answer: null },
      { attempt: 2, http_status: null, answer: null },
    ]);
  });

  it('does not block the response to the API request', async () => {
    paypal.receiver.respond = () => 'silence';
    const start = performance.now();
    await paypal.captured();

    expect(performance.now() - start).toBeLessThan(2000);
    expect(await deliveries()).toEqual([]);
  });

  it('stops when its webhook is deleted', async () => {
    paypal.receiver.respond = () => ({ status: 500 });
    await paypal.approvedOrder();
    await deliveriesUntil(1);

    const [id] = await paypal.webhookIds();
    await paypal.api('DELETE', `/v1/notifications/webhooks/${id}`);
    await sleep(20);
    const count = (await deliveries()).length;
    await sleep(40);

    expect((await deliveries()).length).toBe(count);
  });
});

describe('deliveries of one order', () => {
  it('arrive in sequence', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' });
    await paypal.control('POST', `captures/${captureId}/complete`);
    await paypal.receiver.until(3);

    expect(paypal.receiver.types()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'PAYMENT.CAPTURE.PENDING',
      'PAYMENT.CAPTURE.COMPLETED',
    ]);
  });

  it('wait for the response to the previous one', async () => {
    paypal.receiver.respond = () => 'silence';
    await paypal.captured();
    await paypal.receiver.until(1);
    await sleep(50);

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
  });

  it('do not wait for deliveries of another order', async () => {
    paypal.receiver.respond = (_, count) => (count === 1 ? 'silence' : { status: 200 });
    await paypal.approvedOrder();
    await paypal.receiver.until(1);
    await paypal.approvedOrder();

    await paypal.receiver.until(2);

    expect(new Set(idsReceived()).size).toBe(2);
  });
});

describe('held deliveries', () => {
  it('are signed when they are sent, with the content of their creation', async () => {
    await set({ hold: true });
    const { orderId } = await paypal.captured();
    paypal.passTime(5 * 24 * 60 * 60 * 1000);

    await flush();
    const [delivery] = await paypal.receiver.until(2);

    const sentAt = Date.parse(String(delivery?.headers['paypal-transmission-time']));
    expect(Math.abs(sentAt - paypal.now().getTime())).toBeLessThan(60_000);
    const event = delivery && eventIn(delivery);
    expect(event).toMatchObject({
      create_time: expect.stringMatching(/\.\d{3}Z$/),
      event_type: 'CHECKOUT.ORDER.APPROVED',
      resource: { id: orderId, status: 'APPROVED' },
    });
    expect(sentAt - Date.parse(String(event?.create_time))).toBeGreaterThan(4 * 24 * 60 * 60 * 1000);
  });

  it('are sent in sequence by a flush, which waits for the responses', async () => {
    await set({ hold: true });
    await paypal.captured();
    await sleep(30);
    expect(paypal.receiver.received).toEqual([]);

    expect(await flush()).toEqual({ delivered: 2 });

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED', 'PAYMENT.CAPTURE.COMPLETED']);
    expect(await deliveries()).toHaveLength(2);
  });

  it('are flushed once, while later ones stay held', async () => {
    await set({ hold: true });
    await paypal.approvedOrder();
    await flush();
    await paypal.approvedOrder();

    expect(paypal.receiver.received).toHaveLength(1);
    expect(await flush()).toEqual({ delivered: 1 });
    expect(await flush()).toEqual({ delivered: 0 });
  });

  it('include retries', async () => {
    paypal.receiver.respond = (_, count) => ({ status: count === 1 ? 500 : 200 });
    await set({ hold: true });
    await paypal.approvedOrder();
    await flush();
    await sleep(30);
    expect(paypal.receiver.received).toHaveLength(1);

    await vi.waitFor(async () => expect(await flush()).toEqual({ delivered: 1 }));
    expect((await deliveries()).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('are flushed in random order when shuffled', async () => {
    await set({ hold: true, shuffle: true });
    const orders: string[] = [];
    for (let count = 0; count < 12; count++) orders.push(await paypal.approvedOrder());
    expect(await flush()).toEqual({ delivered: 12 });

    const sent = (await deliveries()).map(({ event_id }) => event_id);
    const announced = Object.keys((await paypal.control('GET', 'state')).events as object);
    expect(sent).not.toEqual(announced); // equal by chance with probability 1/12!
    expect([...sent].sort()).toEqual([...announced].sort());
  });
});

describe('PUT /_sim/delivery', () => {
  it('sends copies simultaneously as separate transmissions', async () => {
    await set({ copies: 3 });
    await paypal.approvedOrder();
    await paypal.receiver.until(3);

    expect(new Set(idsReceived()).size).toBe(1);
    expect(new Set(paypal.receiver.received.map(({ headers }) => headers['paypal-transmission-id'])).size).toBe(3);
  });

  it('retries each copy separately', async () => {
    paypal.receiver.respond = (_, count) => ({ status: count <= 2 ? 503 : 200 });
    await set({ copies: 3 });
    await paypal.approvedOrder();
    await deliveriesUntil(5);
    await sleep(30);

    const rows = await deliveries();
    expect(rows.filter(({ attempt }) => attempt === 1)).toHaveLength(3);
    expect(rows.filter(({ attempt }) => attempt === 2)).toHaveLength(2);
  });

  it('delays deliveries by delay_ms', async () => {
    await set({ delay_ms: 120 });
    await paypal.approvedOrder();
    await sleep(60);
    expect(paypal.receiver.received).toEqual([]);

    await paypal.receiver.until(1);
  });

  it('drops deliveries but keeps their events', async () => {
    await set({ drop: true });
    await paypal.approvedOrder();
    await sleep(30);

    expect(paypal.receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ http_status: null, dropped: true }]);
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-events');
    expect(textAt(body, 'events', 0, 'event_type')).toBe('CHECKOUT.ORDER.APPROVED');
  });

  it('loses no delivery when shuffled', async () => {
    await set({ shuffle: true });
    await paypal.captured();
    await paypal.receiver.until(2);

    expect(paypal.receiver.types().sort()).toEqual(['CHECKOUT.ORDER.APPROVED', 'PAYMENT.CAPTURE.COMPLETED']);
  });

  it('merges settings', async () => {
    await set({ hold: true });

    expect(await set({ copies: 2 })).toEqual({ hold: true, delay_ms: 0, copies: 2, shuffle: false, drop: false });
  });
});
