import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MalformedPayPalBody, PayPalRefused, PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { requestErrors } from '../../support/openapi.ts';
import {
  clientOf,
  recorded,
  rejectionOf,
  reply,
  reset,
  type ScriptedPayPal,
  scriptedPayPal,
} from './scripted-paypal.ts';

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => paypal.close());

const notifications = () => clientOf(paypal.origin).notifications;
const requested = () => paypal.requests.map(({ method, path }) => `${method} ${path}`);
/** Violations of PayPal's OpenAPI document by the request bodies. */
const schemaViolations = () =>
  paypal.requests.flatMap(({ method, path, body }) => (body ? requestErrors(method, path, JSON.parse(body)) : []));

const WEBHOOK = {
  id: '0LS3308554161733N',
  url: 'https://www.yeowza.com/ppwebhook',
  eventTypes: ['PAYMENT.AUTHORIZATION.CREATED', 'PAYMENT.AUTHORIZATION.VOIDED'],
};

describe('payPalNotifications: webhooks', () => {
  it('lists all webhooks of the REST app', async () => {
    const wire = recorded('sandbox2014__POST-webhooks.201');
    paypal.replies(reply(200, { webhooks: [wire, { ...wire, id: 'OTHER', event_types: [{ name: '*' }] }] }));

    expect(await notifications().listWebhooks()).toEqual([WEBHOOK, { ...WEBHOOK, id: 'OTHER', eventTypes: ['*'] }]);

    expect(requested()).toEqual(['GET /v1/notifications/webhooks']);
  });

  it('creates a webhook as PayPal documents', async () => {
    paypal.replies(reply(201, recorded('sandbox2014__POST-webhooks.201')));

    expect(await notifications().createWebhook(WEBHOOK.url, WEBHOOK.eventTypes)).toEqual(WEBHOOK);

    expect(requested()).toEqual(['POST /v1/notifications/webhooks']);
    expect(schemaViolations()).toEqual([]);
    expect(JSON.parse(paypal.requests[0]?.body ?? '')).toEqual({
      url: WEBHOOK.url,
      event_types: WEBHOOK.eventTypes.map((name) => ({ name })),
    });
  });

  it('throws PayPalRefused when the URL is taken', async () => {
    paypal.replies(reply(400, recorded('sandbox2014__POST-webhooks.400-dup-url')));

    const rejection = await rejectionOf(notifications().createWebhook(WEBHOOK.url, ['*']), PayPalRefused);

    expect(rejection).toMatchObject({ issue: 'WEBHOOK_URL_ALREADY_EXISTS', operation: 'createWebhook' });
  });

  it('changes a webhook as PayPal documents', async () => {
    paypal.replies(reply(200, recorded('sandbox2014__POST-webhooks.201')));

    await notifications().changeWebhook(WEBHOOK);

    expect(requested()).toEqual([`PATCH /v1/notifications/webhooks/${WEBHOOK.id}`]);
    expect(schemaViolations()).toEqual([]);
  });

  it('retries a change when the connection breaks', async () => {
    paypal.replies(reset, reply(200, recorded('sandbox2014__POST-webhooks.201')));

    expect(await notifications().changeWebhook(WEBHOOK)).toEqual(WEBHOOK);

    expect(paypal.requests.map(({ body }) => body)).toEqual([paypal.requests[0]?.body, paypal.requests[0]?.body]);
  });

  it.each([
    ['removes a webhook', reply(204)],
    ['removes no webhook when PayPal does not find it', reply(404, recorded('sandbox2014__POST-events-resend.404'))],
  ])('%s', async (_, answer) => {
    paypal.replies(answer);

    await notifications().deleteWebhook(WEBHOOK.id);

    expect(requested()).toEqual([`DELETE /v1/notifications/webhooks/${WEBHOOK.id}`]);
    expect(paypal.requests[0]?.body).toBe('');
  });

  it.each(['a/b', '..', ''])('rejects an id that would address another resource: %o', async (id) => {
    await expect(notifications().changeWebhook({ ...WEBHOOK, id })).rejects.toThrow(RangeError);

    expect(paypal.requests).toEqual([]);
  });
});

describe('payPalNotifications.listEvents', () => {
  const from = new Date('2014-10-20T00:00:00.123Z');
  const to = new Date('2014-10-21T00:00:00.456Z');

  it('requests large pages, with the range widened to whole seconds', async () => {
    paypal.replies(reply(200, recorded('sandbox2014__GET-webhooks-events.200')));

    expect(await notifications().listEvents({ from, to })).toEqual({
      events: [
        {
          id: 'WH-1S115631EN580315E-9KH94552VF7913711',
          event_type: 'PAYMENT.AUTHORIZATION.CREATED',
          create_time: '2014-10-20T12:04:32Z',
        },
        {
          id: 'WH-9CX24309MH241002A-02146673H3282292X',
          event_type: 'PAYMENT.AUTHORIZATION.CREATED',
          create_time: '2014-10-20T11:42:25Z',
        },
      ],
    });

    const { pathname, searchParams } = new URL(paypal.requests[0]?.path ?? '', paypal.origin);
    expect(pathname).toBe('/v1/notifications/webhooks-events');
    expect(Object.fromEntries(searchParams)).toEqual({
      page_size: '100',
      start_time: '2014-10-20T00:00:00Z',
      end_time: '2014-10-21T00:00:01Z',
    });
  });

  it('follows PayPal’s link to the next page', async () => {
    const page = (href: string) => ({
      ...recorded('sandbox2014__GET-webhooks-events.200'),
      links: [{ rel: 'next', href }],
    });
    const href =
      'https://api.sandbox.paypal.com/v1/notifications/webhooks-events?page_size=2&index_id=WH-1&move_to=next';
    paypal.replies(reply(200, page(href)), reply(200, { events: [] }));

    const { next = '' } = await notifications().listEvents({ from, to });
    expect(await notifications().listEvents({ next })).toEqual({ events: [] });

    expect(requested().at(-1)).toBe('GET /v1/notifications/webhooks-events?page_size=2&index_id=WH-1&move_to=next');
  });

  it.each([
    // As in PayPal's reference, and as in the recordings of its SDKs.
    'https://api-m.sandbox.paypal.com/v1/notifications/webhooks-events/?page_size=2&index_id=WH-1',
    'https://api.sandbox.paypal.com/v1/notifications/webhooks-events?page_size=2&amp;index_id=WH-1',
    'https://api.sandbox.paypal.com/v1/notifications/webhooks-events/?page_size=2&amp;index_id=WH-1',
    '/v1/notifications/webhooks-events//?page_size=2&index_id=WH-1',
  ])('accepts the link %s', async (href) => {
    paypal.replies(reply(200, { events: [], links: [{ rel: 'next', href }] }));

    expect(await notifications().listEvents({ from, to })).toEqual({
      events: [],
      next: '/v1/notifications/webhooks-events?page_size=2&index_id=WH-1',
    });
  });

  it.each([
    'https://elsewhere.example/v1/oauth2/token?a=1',
    '/v2/checkout/orders/1?a=1',
    '/v1/notifications/webhooks-events',
    '/v1/notifications/webhooks-events/WH-1?a=1',
    'https://',
    '',
    null,
    7,
    undefined,
  ])('returns the events of a page whose link cannot be used: %s', async (href) => {
    const { events } = recorded('sandbox2014__GET-webhooks-events.200');
    paypal.replies(reply(200, { events, links: [{ rel: 'next', href }] }));

    const page = await notifications().listEvents({ from, to });

    expect(page.events).toHaveLength(2);
    expect(page).toMatchObject({ brokenLink: expect.any(MalformedPayPalBody) });
    expect(page).not.toHaveProperty('next');
  });

  it.each([
    ['null for what is missing', { id: 'WH-1', event_type: null, create_time: null, summary: null }],
    ['nothing but the id', { id: 'WH-1' }],
    ['an odd time', { id: 'WH-1', create_time: 'yesterday' }],
  ])('lists an event with %s', async (_, event) => {
    paypal.replies(reply(200, { events: [event, null, {}, { id: null }, 'WH-2'], links: null }));

    expect(await notifications().listEvents({ from, to })).toEqual({ events: [{ id: 'WH-1' }] });
  });

  it.each([{}, { events: null }])('reads the list %o as empty', async (body) => {
    paypal.replies(reply(200, body));

    expect(await notifications().listEvents({ from, to })).toEqual({ events: [] });
  });

  it.each([[[]], [{ events: 'none' }], ['list']])('throws PayPalUnavailable for the body %o', async (body) => {
    paypal.replies(reply(200, JSON.stringify(body)));

    expect(await rejectionOf(notifications().listEvents({ from, to }), PayPalUnavailable)).toMatchObject({
      reason: 'unexpected-answer',
    });
  });

  it('never sends the token to another host', async () => {
    paypal.replies(
      reply(200, {
        events: [],
        links: [{ rel: 'next', href: 'https://evil.example/v1/notifications/webhooks-events?a=1' }],
      }),
      reply(200, { events: [] }),
    );
    const { next = '' } = await notifications().listEvents({ from, to });

    await notifications().listEvents({ next });

    expect(requested().at(-1)).toBe('GET /v1/notifications/webhooks-events?a=1');
  });

  it('throws PayPalRefused when the range starts too long ago', async () => {
    paypal.replies(reply(400, recorded('sandbox2014__GET-events.400-start-too-old')));

    expect(await rejectionOf(notifications().listEvents({ from, to }), PayPalRefused)).toMatchObject({
      issue: 'Invalid data provided',
      field: 'start_time',
    });
  });
});

describe('payPalNotifications.getEvent and resendEvent', () => {
  const [EVENT] = recorded('sandbox2014__GET-webhooks-events.200').events as { id: string }[];

  it('returns the event as PayPal delivers it', async () => {
    paypal.replies(reply(200, EVENT));

    expect(await notifications().getEvent(EVENT?.id ?? '')).toEqual(EVENT);
  });

  it.each([
    ['WH_1', 'WH_1'],
    ['WH/1?a', 'WH%2F1%3Fa'],
  ])('requests the event %s alone', async (id, segment) => {
    paypal.replies(reply(200, { id }));

    expect(await notifications().getEvent(id)).toEqual({ id });

    expect(requested()).toEqual([`GET /v1/notifications/webhooks-events/${segment}`]);
  });

  it.each(['.', '..'])('rejects an id that would address another resource: %s', async (id) => {
    await expect(notifications().getEvent(id)).rejects.toThrow(RangeError);
    await expect(notifications().resendEvent(id, WEBHOOK.id)).rejects.toThrow(RangeError);

    expect(paypal.requests).toEqual([]);
  });

  it('returns undefined when PayPal does not find the event', async () => {
    paypal.replies(reply(404, recorded('sandbox2014__POST-events-resend.404')));

    expect(await notifications().getEvent('WH-1')).toBeUndefined();
  });

  it('rejects an event with another id', async () => {
    paypal.replies(reply(200, EVENT));

    await expect(notifications().getEvent('WH-OTHER')).rejects.toThrow(PayPalUnavailable);
  });

  it('requests a delivery to this shop’s webhook only', async () => {
    paypal.replies(reply(202, EVENT));

    expect(await notifications().resendEvent('WH-1', WEBHOOK.id)).toBe(true);

    expect(requested()).toEqual(['POST /v1/notifications/webhooks-events/WH-1/resend']);
    expect(JSON.parse(paypal.requests[0]?.body ?? '')).toEqual({ webhook_ids: [WEBHOOK.id] });
    expect(schemaViolations()).toEqual([]);
  });

  it('returns false when PayPal does not find the event to resend', async () => {
    paypal.replies(reply(404, recorded('sandbox2014__POST-events-resend.404')));

    expect(await notifications().resendEvent('WH-1', WEBHOOK.id)).toBe(false);
  });
});
