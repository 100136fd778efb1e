import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Json, textAt, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const PATH = '/v1/notifications/webhooks-events';
const DAYS = 24 * 60 * 60 * 1000;

const listed = async (query = '') => (await paypal.api('GET', `${PATH}${query}`)).body;
const typesOf = (body: Json) => (body.events as { event_type: string }[]).map(({ event_type }) => event_type);
const resend = (id: string, body?: object) => paypal.api('POST', `${PATH}/${id}/resend`, body);

describe('GET /v1/notifications/webhooks-events', () => {
  it('returns the newest event first', async () => {
    await paypal.captured();

    expect(await listed()).toMatchObject({
      count: 2,
      events: [{ event_type: 'PAYMENT.CAPTURE.COMPLETED' }, { event_type: 'CHECKOUT.ORDER.APPROVED' }],
    });
  });

  it('returns ten events per page and a link to the next page', async () => {
    for (let count = 0; count < 12; count++) await paypal.approvedOrder();

    const first = await listed();
    const next = (first.links as { rel: string; href: string }[]).find(({ rel }) => rel === 'next')?.href ?? '';
    const second = await listed(new URL(next).search);

    expect([first.count, second.count]).toEqual([10, 2]);
    expect(next).toMatch(/\/webhooks-events\/\?move_to=next&index_time=\d{4}-[\dTZ%.:A-F-]+&index_id=3$/);
    const ids = [first, second].flatMap(({ events }) => (events as { id: string }[]).map(({ id }) => id));
    expect(new Set(ids).size).toBe(12);
    expect(second.links).toMatchObject([{ rel: 'self' }]);
  });

  it('follows its links although events arrive in between', async () => {
    for (let count = 0; count < 3; count++) await paypal.approvedOrder();
    const first = await listed('?page_size=2');
    const next = new URL(textAt(first, 'links', 1, 'href'));

    await paypal.approvedOrder();
    const { body: second } = await paypal.api('GET', next.pathname + next.search);

    const ids = [first, second].flatMap(({ events }) => (events as { id: string }[]).map(({ id }) => id));
    expect(new Set(ids).size).toBe(3);
    expect(second.count).toBe(1);
  });

  it.each([
    ['plain', /\/webhooks-events\?page_size=1&move_to=next&/],
    ['escaped', /\/webhooks-events\/\?page_size=1&amp;move_to=next&amp;index_time=/],
    ['misspelt', /\/v1\/notfications\/webhooks-events\/\?/],
    ['other-host', /^https:\/\/api\.paypal\.com\/v1\/notifications\/webhooks-events\/\?/],
    ['broken', /^https:\/\/$/],
    ['null', /^null$/],
  ])('spells the next link of page 2 as %s', async (spelling, expected) => {
    for (let count = 0; count < 4; count++) await paypal.approvedOrder();
    await paypal.control('PUT', 'event-list', { next: spelling, page: 2 });
    const linkOf = (body: Json) => (body.links as { rel: string; href: string }[])[1]?.href ?? null;

    const first = linkOf(await listed('?page_size=1'));
    const second = linkOf((await paypal.send('GET', first ?? '', undefined, paypal.authorization)).body);

    expect(first).toContain('/webhooks-events/?page_size=1&move_to=next&');
    expect(String(second)).toMatch(expected);
    await paypal.control('PUT', 'event-list', { page: null });
    expect(
      String(linkOf((await paypal.send('GET', `${PATH}?page_size=1`, undefined, paypal.authorization)).body)),
    ).toMatch(expected);
  });

  it('honours page_size', async () => {
    await paypal.captured();

    expect(await listed('?page_size=1')).toMatchObject({ count: 1, links: [{ rel: 'self' }, { rel: 'next' }] });
    expect(await listed('?page_size=2')).toMatchObject({ count: 2, links: [{ rel: 'self' }] });
  });

  it('filters by event_type', async () => {
    await paypal.captured();

    expect(typesOf(await listed('?event_type=CHECKOUT.ORDER.APPROVED'))).toEqual(['CHECKOUT.ORDER.APPROVED']);
  });

  it('filters by transaction_id', async () => {
    const { orderId, captureId } = await paypal.captured();
    await paypal.captured();
    const { body: refund } = await paypal.api('POST', `/v2/payments/captures/${captureId}/refund`, {});

    expect(typesOf(await listed(`?transaction_id=${captureId}`))).toEqual([
      'PAYMENT.CAPTURE.REFUNDED',
      'PAYMENT.CAPTURE.COMPLETED',
    ]);
    expect(typesOf(await listed(`?transaction_id=${refund.id}`))).toEqual(['PAYMENT.CAPTURE.REFUNDED']);
    expect(typesOf(await listed(`?transaction_id=${orderId}`))).toEqual([
      'PAYMENT.CAPTURE.COMPLETED',
      'CHECKOUT.ORDER.APPROVED',
    ]);
  });

  it('filters by start_time and end_time', async () => {
    await paypal.approvedOrder();
    const between = new Date(paypal.now().getTime() + 30_000).toISOString();
    paypal.passTime(60_000);
    await paypal.captured();

    expect((await listed(`?end_time=${between}`)).count).toBe(1);
    expect((await listed(`?start_time=${between}`)).count).toBe(2);
  });

  it('rejects a start_time more than 45 days ago', async () => {
    const daysAgo = (days: number) => new Date(paypal.now().getTime() - days * DAYS).toISOString();

    expect((await paypal.api('GET', `${PATH}?start_time=${daysAgo(44)}`)).status).toBe(200);
    expect(await paypal.api('GET', `${PATH}?start_time=${daysAgo(46)}`)).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR', details: [{ field: 'start_time', issue: 'Invalid data provided' }] },
    });
  });

  it.each(['page_size=0', 'page_size=many', 'start_time=yesterday'])('rejects %s', async (query) => {
    expect(await paypal.api('GET', `${PATH}?${query}`)).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR' },
    });
  });
});

describe('GET /v1/notifications/webhooks-events/{id}', () => {
  it('returns the event as delivered', async () => {
    await paypal.approvedOrder();
    const [delivery] = await paypal.receiver.until(1);
    const event = delivery && eventIn(delivery);

    expect((await paypal.api('GET', `${PATH}/${event?.id}`)).body).toEqual(event);
  });

  it('responds with 404 to an unknown id, as does its resend', async () => {
    expect(await paypal.api('GET', `${PATH}/WH-1`)).toMatchObject({
      status: 404,
      body: { name: 'INVALID_RESOURCE_ID' },
    });
    expect((await resend('WH-1')).status).toBe(404);
  });
});

describe('POST /v1/notifications/webhooks-events/{id}/resend', () => {
  it('delivers the same bytes as a new transmission', async () => {
    await paypal.approvedOrder();
    await paypal.receiver.until(1);
    await sleep(20);
    const id = textAt(await listed(), 'events', 0, 'id');

    expect(await resend(id)).toMatchObject({ status: 202, body: { id } });
    const [first, second] = await paypal.receiver.until(2);

    expect(String(second?.body)).toBe(String(first?.body));
    expect(second?.headers['paypal-transmission-id']).not.toBe(first?.headers['paypal-transmission-id']);
  });

  it('delivers to the given webhooks only', async () => {
    await paypal.control('PUT', 'delivery', { drop: true });
    await paypal.approvedOrder();
    await paypal.control('PUT', 'delivery', { drop: false });
    const { body } = await paypal.api('POST', '/v1/notifications/webhooks', {
      url: `${paypal.receiver.url}/other`,
      event_types: [{ name: '*' }],
    });

    await resend(textAt(await listed(), 'events', 0, 'id'), { webhook_ids: [body.id] });
    await paypal.receiver.until(1);
    await sleep(20);

    expect((await paypal.control('GET', 'deliveries')).deliveries).toMatchObject([
      { dropped: true },
      { webhook_id: body.id, http_status: 200 },
    ]);
  });

  it('responds with 404 to an unknown webhook', async () => {
    await paypal.approvedOrder();

    expect((await resend(textAt(await listed(), 'events', 0, 'id'), { webhook_ids: ['X'] })).status).toBe(404);
  });

  it('delivers while another event is pending', async () => {
    await paypal.control('PUT', 'delivery', { drop: true });
    await paypal.approvedOrder();
    const lost = textAt(await listed(), 'events', 0, 'id');
    await paypal.control('PUT', 'delivery', { drop: false, hold: true });
    await paypal.approvedOrder();

    await resend(lost);

    expect(await paypal.control('POST', 'delivery/flush')).toEqual({ delivered: 2 });
  });

  it('does not resend a pending delivery', async () => {
    await paypal.control('PUT', 'delivery', { hold: true });
    await paypal.approvedOrder();

    await resend(textAt(await listed(), 'events', 0, 'id'));

    expect(await paypal.control('POST', 'delivery/flush')).toEqual({ delivered: 1 });
  });
});

describe('POST /v1/notifications/simulate-event', () => {
  // `invalid`: PayPal's own pattern for the type has no hyphen, though CHECKOUT.PAYMENT-APPROVAL.REVERSED has one.
  const simulate = (request: object) =>
    paypal.api('POST', '/v1/notifications/simulate-event', request, { invalid: true });

  it('sends the same constant event each time', async () => {
    const request = { url: paypal.receiver.url, event_type: 'PAYMENT.CAPTURE.COMPLETED' };
    const { status, body } = await simulate(request);
    await simulate(request);
    const [first, second] = await paypal.receiver.until(2);

    expect(status).toBe(202);
    expect(first && eventIn(first)).toEqual(body);
    expect(String(second?.body)).toBe(String(first?.body));
    expect(body).toMatchObject({
      create_time: '2019-02-14T21:50:07.940Z',
      links: [{ href: expect.stringMatching(/^https:\/\/api\.paypal\.com\//) }, {}],
    });
  });

  it('has an event with its own id for every type', async () => {
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-event-types');
    const types = (body.event_types as { name: string }[]).map(({ name }) => name);

    const events = await Promise.all(
      types.map(async (event_type) => (await simulate({ url: paypal.receiver.url, event_type })).body),
    );

    expect(events.map(({ event_type }) => event_type)).toEqual(types);
    expect(new Set(events.map(({ id }) => id)).size).toBe(types.length);
  });

  it('delivers to a registered webhook by id', async () => {
    const [webhook_id] = await paypal.webhookIds();

    expect((await simulate({ webhook_id, event_type: 'PAYMENT.CAPTURE.DENIED' })).status).toBe(202);
    await paypal.receiver.until(1);
    expect(paypal.receiver.types()).toEqual(['PAYMENT.CAPTURE.DENIED']);
  });

  it('adds nothing to the event list', async () => {
    await simulate({ url: paypal.receiver.url, event_type: 'PAYMENT.CAPTURE.COMPLETED' });

    expect(await listed()).toMatchObject({ count: 0 });
  });

  it.each([
    ['an unknown type', { url: 'http://127.0.0.1:9/', event_type: 'PAYMENT.CAPTURE.EATEN' }, 400],
    ['a target of another protocol', { url: 'ftp://127.0.0.1:9/', event_type: 'PAYMENT.CAPTURE.COMPLETED' }, 400],
    ['no target', { event_type: 'PAYMENT.CAPTURE.COMPLETED' }, 400],
    ['an unknown webhook', { webhook_id: 'X', event_type: 'PAYMENT.CAPTURE.COMPLETED' }, 404],
  ])('rejects %s', async (_, request, status) => {
    expect((await simulate(request)).status).toBe(status);
  });
});
