import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MalformedPayPalBody, PayPalRefused, PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { requestErrors } from '../../support/openapi.ts';
import { clientOf, recorded, reply, reset, type ScriptedPayPal, scriptedPayPal, troubleOf } from './scripted-paypal.ts';

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => paypal.close());

const notifications = () => clientOf(paypal.origin).notifications;
const asked = () => paypal.requests.map(({ method, path }) => `${method} ${path}`);
/** What PayPal's OpenAPI file finds wrong with what was sent. */
const mistakes = () =>
  paypal.requests.flatMap(({ method, path, body }) => (body ? requestErrors(method, path, JSON.parse(body)) : []));

const WEBHOOK = {
  id: '0LS3308554161733N',
  url: 'https://www.yeowza.com/ppwebhook',
  eventTypes: ['PAYMENT.AUTHORIZATION.CREATED', 'PAYMENT.AUTHORIZATION.VOIDED'],
};

describe('webhooks', () => {
  it('are listed, whoever made them', async () => {
    const wire = recorded('sandbox2014__POST-webhooks.201');
    paypal.answers(reply(200, { webhooks: [wire, { ...wire, id: 'OTHER', event_types: [{ name: '*' }] }] }));

    expect(await notifications().listWebhooks()).toEqual([WEBHOOK, { ...WEBHOOK, id: 'OTHER', eventTypes: ['*'] }]);

    expect(asked()).toEqual(['GET /v1/notifications/webhooks']);
  });

  it('are made as PayPal describes it', async () => {
    paypal.answers(reply(201, recorded('sandbox2014__POST-webhooks.201')));

    expect(await notifications().createWebhook(WEBHOOK.url, WEBHOOK.eventTypes)).toEqual(WEBHOOK);

    expect(asked()).toEqual(['POST /v1/notifications/webhooks']);
    expect(mistakes()).toEqual([]);
    expect(JSON.parse(paypal.requests[0]?.body ?? '')).toEqual({
      url: WEBHOOK.url,
      event_types: WEBHOOK.eventTypes.map((name) => ({ name })),
    });
  });

  it('are refused in PayPal’s own words when the address is taken', async () => {
    paypal.answers(reply(400, recorded('sandbox2014__POST-webhooks.400-dup-url')));

    const refusal = await troubleOf(notifications().createWebhook(WEBHOOK.url, ['*']), PayPalRefused);

    expect(refusal).toMatchObject({ issue: 'WEBHOOK_URL_ALREADY_EXISTS', operation: 'createWebhook' });
  });

  it('are changed as PayPal describes it', async () => {
    paypal.answers(reply(200, recorded('sandbox2014__POST-webhooks.201')));

    await notifications().changeWebhook(WEBHOOK);

    expect(asked()).toEqual([`PATCH /v1/notifications/webhooks/${WEBHOOK.id}`]);
    expect(mistakes()).toEqual([]);
  });

  it('are changed once more when the connection breaks, which changes nothing more', async () => {
    paypal.answers(reset, reply(200, recorded('sandbox2014__POST-webhooks.201')));

    expect(await notifications().changeWebhook(WEBHOOK)).toEqual(WEBHOOK);

    expect(paypal.requests.map(({ body }) => body)).toEqual([paypal.requests[0]?.body, paypal.requests[0]?.body]);
  });

  it.each(['a/b', '..', ''])('are not changed by an id that would address something else: %o', async (id) => {
    await expect(notifications().changeWebhook({ ...WEBHOOK, id })).rejects.toThrow(RangeError);

    expect(paypal.requests).toEqual([]);
  });
});

describe('PayPal’s list of events', () => {
  const from = new Date('2014-10-20T00:00:00.123Z');
  const to = new Date('2014-10-21T00:00:00.456Z');

  it('is asked for by time, in whole seconds that leave out nothing, and large pages', async () => {
    paypal.answers(reply(200, recorded('sandbox2014__GET-webhooks-events.200')));

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

  it('goes on by PayPal’s own link', async () => {
    const page = (href: string) => ({
      ...recorded('sandbox2014__GET-webhooks-events.200'),
      links: [{ rel: 'next', href }],
    });
    const href =
      'https://api.sandbox.paypal.com/v1/notifications/webhooks-events?page_size=2&index_id=WH-1&move_to=next';
    paypal.answers(reply(200, page(href)), reply(200, { events: [] }));

    const { next = '' } = await notifications().listEvents({ from, to });
    expect(await notifications().listEvents({ next })).toEqual({ events: [] });

    expect(asked().at(-1)).toBe('GET /v1/notifications/webhooks-events?page_size=2&index_id=WH-1&move_to=next');
  });

  it.each(['https://elsewhere.example/v1/oauth2/token', '/v2/checkout/orders/1'])(
    'is not followed where it leads elsewhere: %s',
    async (href) => {
      paypal.answers(reply(200, { events: [], links: [{ rel: 'next', href }] }));

      const trouble = await troubleOf(notifications().listEvents({ from, to }), PayPalUnavailable);

      expect(trouble).toMatchObject({ reason: 'unexpected-answer', cause: expect.any(MalformedPayPalBody) });
    },
  );

  it('never takes the shop’s token to another host', async () => {
    paypal.answers(
      reply(200, {
        events: [],
        links: [{ rel: 'next', href: 'https://evil.example/v1/notifications/webhooks-events?a=1' }],
      }),
      reply(200, { events: [] }),
    );
    const { next = '' } = await notifications().listEvents({ from, to });

    await notifications().listEvents({ next });

    expect(asked().at(-1)).toBe('GET /v1/notifications/webhooks-events?a=1');
  });

  it('is refused in PayPal’s own words when it begins too long ago', async () => {
    paypal.answers(reply(400, recorded('sandbox2014__GET-events.400-start-too-old')));

    expect(await troubleOf(notifications().listEvents({ from, to }), PayPalRefused)).toMatchObject({
      issue: 'Invalid data provided',
      field: 'start_time',
    });
  });
});

describe('one event', () => {
  const [EVENT] = recorded('sandbox2014__GET-webhooks-events.200').events as { id: string }[];

  it('is read whole, as PayPal would send it', async () => {
    paypal.answers(reply(200, EVENT));

    expect(await notifications().getEvent(EVENT?.id ?? '')).toEqual(EVENT);
  });

  it('that PayPal does not know is none', async () => {
    paypal.answers(reply(404, recorded('sandbox2014__POST-events-resend.404')));

    expect(await notifications().getEvent('WH-1')).toBeUndefined();
  });

  it('is not taken for another one', async () => {
    paypal.answers(reply(200, EVENT));

    await expect(notifications().getEvent('WH-OTHER')).rejects.toThrow(PayPalUnavailable);
  });

  it('is sent once more to this shop’s webhook alone', async () => {
    paypal.answers(reply(202, EVENT));

    expect(await notifications().resendEvent('WH-1', WEBHOOK.id)).toBe(true);

    expect(asked()).toEqual(['POST /v1/notifications/webhooks-events/WH-1/resend']);
    expect(JSON.parse(paypal.requests[0]?.body ?? '')).toEqual({ webhook_ids: [WEBHOOK.id] });
    expect(mistakes()).toEqual([]);
  });

  it('cannot be sent once more when PayPal does not know it any longer', async () => {
    paypal.answers(reply(404, recorded('sandbox2014__POST-events-resend.404')));

    expect(await notifications().resendEvent('WH-1', WEBHOOK.id)).toBe(false);
  });
});
