import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { payPalClient } from '../../../src/paypal/client.ts';
import {
  MalformedPayPalBody,
  PayPalUnauthorized,
  PayPalUnavailable,
  type UnavailableReason,
} from '../../../src/paypal/errors.ts';
import { type PayPalOptions, transport } from '../../../src/paypal/transport.ts';
import {
  clientOf,
  halfAnAnswer,
  problem,
  recorded,
  reply,
  reset,
  resetInTheMiddle,
  type ScriptedPayPal,
  scriptedPayPal,
  silence,
  troubleOf,
} from './scripted-paypal.ts';

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => {
  vi.useRealTimers();
  return paypal.close();
});

const order = { id: 'ORDER-1', status: 'APPROVED' };
const anOrder = reply(200, order);
const tokenOf = (seconds: number, access_token = `for-${seconds}`) => reply(200, { access_token, expires_in: seconds });

describe('trouble that may pass', () => {
  it.each<[string, number, Record<string, string>, UnavailableReason]>([
    ['an internal error', 500, {}, 'server-error'],
    ['an outage', 503, {}, 'server-error'],
    ['being too fast', 429, {}, 'rate-limited'],
    ['an earlier request of ours that is not done', 409, {}, 'in-progress'],
    ['a redirect', 302, { location: '/v2/elsewhere' }, 'unexpected-answer'],
  ])('is %s', async (_, status, headers, trouble) => {
    const answer = reply(status, 'not JSON', { 'paypal-debug-id': 'f00', ...headers });
    paypal.answers(answer, answer);

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({
      name: 'PayPalUnavailable',
      message: `PayPal gave no answer to getOrder: ${trouble}, status ${status}`,
      reason: trouble,
      operation: 'getOrder',
      status,
      debugId: 'f00',
    });
  });

  it('is a refusal that asks to be tried again', async () => {
    paypal.answers(reply(422, problem('UNPROCESSABLE_ENTITY', 'ORDER_COMPLETION_IN_PROGRESS')));

    const error = await troubleOf(clientOf(paypal.origin).client.captureOrder('ORDER-1', 'r'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'in-progress', status: 422, debugId: 'from-the-body' });
  });

  it.each([
    ['something that is not JSON', reply(200, '<html>secret'), 'not a PayPal answer: not JSON'],
    ['nothing', reply(204), 'not a PayPal answer: not JSON'],
    ['something else than an order', reply(200, { id: 'secret!' }), 'not a PayPal order: id: invalid_format'],
    ['a 404 that is not PayPal’s', reply(404, '<html>secret'), 'not a PayPal error: name: missing'],
    ['a 403 that is not PayPal’s', reply(403, { secret: 1 }), 'not a PayPal error: name: missing'],
  ])('is an answer that says %s, and what it said is not repeated', async (_, answer, message) => {
    paypal.answers(answer);

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error.reason).toBe('unexpected-answer');
    expect(error.cause).toBeInstanceOf(MalformedPayPalBody);
    expect((error.cause as Error).message).toBe(message);
    expect(inspect(error, { depth: 20 })).not.toContain('secret');
    expect(paypal.requests).toHaveLength(1);
  });

  it('is an answer that says it is too long: it is not read', async () => {
    const long = { ...order, payload: 'x'.repeat(1024 * 1024) };
    const text = JSON.stringify(long);
    paypal.answers(reply(200, text, { 'content-length': String(text.length) }));
    const read = vi.fn();
    const { client } = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        const { body } = response;
        if (body && response.url.includes('ORDER-1')) {
          const iterate = body[Symbol.asyncIterator].bind(body);
          body[Symbol.asyncIterator] = (...options) => {
            read();
            return iterate(...options);
          };
        }
        return response;
      },
    });

    const error = await troubleOf(client.getOrder('ORDER-1'), PayPalUnavailable);

    expect((error.cause as Error).message).toBe('not a PayPal answer: longer than 1048576 bytes');
    expect(read).not.toHaveBeenCalled();
  });

  it('is an answer that is too long without saying so', async () => {
    paypal.answers((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(JSON.stringify(order));
      response.end(' '.repeat(1024 * 1024));
    });

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect((error.cause as Error).message).toBe('not a PayPal answer: longer than 1048576 bytes');
  });

  it('follows no redirect', async () => {
    paypal.answers(reply(307, '', { location: '/v2/checkout/orders/ORDER-2' }), anOrder);

    await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(paypal.requests.map(({ path }) => path)).toEqual(['/v2/checkout/orders/ORDER-1']);
  });

  it('keeps what fetch says of a broken connection', async () => {
    paypal.answers(reset, reset);

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'connection', status: undefined, cause: { message: 'fetch failed' } });
  });

  it('does not include that our own secret cannot be had', async () => {
    const credentials = () => Promise.reject(new TypeError('no such secret'));

    const error = await troubleOf(clientOf(paypal.origin, { credentials }).client.getOrder('ORDER-1'), TypeError);

    expect(error.message).toBe('no such secret');
  });

  it('does not include mistakes of our own', async () => {
    paypal.answers(anOrder);
    const send = transport({ baseUrl: paypal.origin, credentials: async () => ({ clientId: 'i', clientSecret: 's' }) });
    const read = () => {
      throw new TypeError('we cannot program');
    };

    const error = await troubleOf(send({ operation: 'getOrder', path: '/', read }), TypeError);

    expect(error.message).toBe('we cannot program');
  });
});

describe('the time for a call', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

  /** What a call throws that is under way since `begun`, if it throws after 8 seconds and not before. */
  async function thrownAtEight(call: Promise<unknown>, begun: Promise<unknown>): Promise<PayPalUnavailable> {
    let over = false;
    const outcome = troubleOf(call, PayPalUnavailable).finally(() => {
      over = true;
    });
    await begun;
    await vi.advanceTimersByTimeAsync(7_999);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    return outcome;
  }

  it('is up after 8 seconds when PayPal says nothing', async () => {
    paypal.answers(silence);
    const asked = paypal.nextRequest().then(() => paypal.nextRequest());

    const error = await thrownAtEight(clientOf(paypal.origin).client.getOrder('ORDER-1'), asked);

    expect(error).toMatchObject({ reason: 'timeout', message: 'PayPal gave no answer to getOrder: timeout' });
    expect(paypal.requests).toHaveLength(1);
  });

  it('is up after 8 seconds when PayPal stops in the middle of its answer', async () => {
    paypal.answers(halfAnAnswer);
    const began = Promise.withResolvers<void>();
    const { client } = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        if (response.url.endsWith('ORDER-1')) began.resolve();
        return response;
      },
    });

    const error = await thrownAtEight(client.getOrder('ORDER-1'), began.promise);

    expect(error.reason).toBe('timeout');
  });

  it('is up after 8 seconds when it is the token that does not come', async () => {
    paypal.answersTokens(silence);

    const error = await thrownAtEight(clientOf(paypal.origin).client.getOrder('ORDER-1'), paypal.nextRequest());

    expect(error.reason).toBe('timeout');
  });

  it('is up after 8 seconds when it is the secret that does not come, and the next call asks for it again', async () => {
    paypal.answers(anOrder);
    const credentials = vi
      .fn<PayPalOptions['credentials']>()
      .mockReturnValueOnce(new Promise(() => {}))
      .mockResolvedValue({ clientId: 'id', clientSecret: 'secret' });
    const { client } = clientOf(paypal.origin, { credentials });

    const error = await thrownAtEight(client.getOrder('ORDER-1'), Promise.resolve());

    expect(error.reason).toBe('timeout');
    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('ends the request, too', async () => {
    let aborted = false;
    const hang: typeof fetch = (_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => {
          aborted = true;
          reject(init.signal?.reason);
        });
      });
    const { client, calls } = clientOf(paypal.origin, { fetch: hang });

    const outcome = troubleOf(client.getOrder('ORDER-1'), PayPalUnavailable);
    await vi.advanceTimersByTimeAsync(8_000);
    await outcome;

    expect(aborted).toBe(true);
    expect(calls).toMatchObject([{ operation: 'token', error: 'timeout' }]);
  });

  it('leaves no timer behind', async () => {
    const { client } = clientOf(paypal.origin, {
      fetch: async (url) =>
        Response.json(String(url).includes('token') ? { access_token: 't', expires_in: 60 } : order),
    });

    await client.getOrder('ORDER-1');

    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not spent on a second try that could not begin in it', async () => {
    paypal.answers(reply(503), anOrder);
    const world = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        world.clock.now += 3_950;
        return response;
      },
    });

    const error = await troubleOf(world.client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error.reason).toBe('server-error');
    expect(world.pauses).toEqual([]);
  });
});

describe('a second try', () => {
  it.each([
    ['an outage', reply(503), [200]],
    ['an outage with a time', reply(503, '', { 'retry-after': '2' }), [2200]],
    ['a broken connection', reset, [200]],
    ['an answer that breaks off', resetInTheMiddle, [200]],
    ['being too fast, with a time', reply(429, '', { 'retry-after': '1' }), [1200]],
    ['being too fast, with a date', reply(429, '', { 'retry-after': 'Fri, 02 Jan 2026 03:04:07 GMT' }), [2200]],
    [
      'being too fast, with a date that has passed',
      reply(429, '', { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }),
      [200],
    ],
  ])('mends %s, after the time and a random pause', async (_, answer, expected) => {
    paypal.answers(answer, anOrder);
    const { client, pauses } = clientOf(paypal.origin);

    const found = await client.getOrder('ORDER-1');

    expect(found).toMatchObject(order);
    expect(pauses).toEqual(expected);
  });

  it('sends the same request, under the same request id', async () => {
    paypal.answers(reply(500), reply(201, order));

    await clientOf(paypal.origin).client.captureOrder('ORDER-1', 'capture-pay_1');

    const [first, second] = paypal.requests;
    expect(second).toEqual(first);
    expect(second?.headers['paypal-request-id']).toBe('capture-pay_1');
  });

  it.each([
    ['a second outage', reply(503), 2],
    ['being too fast, without a time', reply(429, recorded('live__429-rate-limit')), 1],
    ['being too fast, with a long time', reply(429, '', { 'retry-after': '3' }), 1],
    ['an outage with a long time', reply(503, '', { 'retry-after': '3' }), 1],
    ['a time that is none', reply(429, '', { 'retry-after': 'soon' }), 1],
    ['an earlier request that is not done', reply(409, problem('RESOURCE_CONFLICT')), 1],
    ['a malformed answer', reply(200, '{'), 1],
    ['a refusal', reply(422, problem('UNPROCESSABLE_ENTITY', 'ORDER_NOT_APPROVED')), 1],
  ])('is the last, and there is none when it would not help: %s', async (_, answer, tries) => {
    paypal.answers(answer, answer, anOrder);
    const { client } = clientOf(paypal.origin);

    await client.captureOrder('ORDER-1', 'r').catch(() => {});

    expect(paypal.requests).toHaveLength(tries);
  });

  it('is left to the caller when PayPal wants a longer pause, and how long is said', async () => {
    paypal.answers(reply(429, recorded('live__429-rate-limit'), { 'retry-after': '30' }));

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: 30 });
  });

  it.each([[{}], [{ 'retry-after': 'soon' }]])(
    'is left to the caller when PayPal says no time: %j',
    async (headers) => {
      paypal.answers(reply(429, recorded('live__429-rate-limit'), headers));

      const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

      expect(error).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: undefined });
    },
  );
});

describe('a token', () => {
  it('is asked for with the credentials', async () => {
    paypal.answersTokens(reply(200, { ...recorded('sandbox2023__POST-oauth2-token.200'), access_token: 'A21.x-_' }));
    paypal.answers(anOrder);

    await clientOf(paypal.origin).client.getOrder('ORDER-1');

    expect(paypal.tokenRequests).toMatchObject([
      {
        method: 'POST',
        path: '/v1/oauth2/token',
        headers: {
          authorization: `Basic ${Buffer.from('id:sëcret').toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: 'grant_type=client_credentials',
      },
    ]);
    expect(paypal.requests[0]?.headers.authorization).toBe('Bearer A21.x-_');
  });

  it.each([
    [32_400, 32_340],
    [121, 61],
    [120, 60],
    [60, 30],
    [1, 0.5],
  ])('that lives %i seconds is used for %f', async (life, used) => {
    paypal.answersTokens(tokenOf(life), tokenOf(32_400, 'next'));
    paypal.answers(anOrder, anOrder, anOrder);
    const { client, clock } = clientOf(paypal.origin);

    await client.getOrder('ORDER-1');
    clock.now += used * 1000 - 1;
    await client.getOrder('ORDER-1');
    clock.now += 1;
    await client.getOrder('ORDER-1');

    const tokens = paypal.requests.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual([`Bearer for-${life}`, `Bearer for-${life}`, 'Bearer next']);
  });

  it('is asked for once by all who need it at the same time', async () => {
    paypal.answers(anOrder, anOrder, anOrder);
    const { client } = clientOf(paypal.origin);

    await Promise.all([client.getOrder('A'), client.getOrder('B'), client.getOrder('C')]);

    expect(paypal.tokenRequests).toHaveLength(1);
    expect(paypal.requests).toHaveLength(3);
  });

  it('that PayPal does not take any more is replaced, and the request repeated', async () => {
    paypal.answers(reply(401, { error: 'invalid_token' }), reply(201, order));
    const { client, pauses } = clientOf(paypal.origin);

    const answer = await client.captureOrder('ORDER-1', 'capture-pay_1');

    expect(answer).toMatchObject({ outcome: 'order' });
    expect(paypal.requests.map(({ headers }) => [headers.authorization, headers['paypal-request-id']])).toEqual([
      ['Bearer token-1', 'capture-pay_1'],
      ['Bearer token-2', 'capture-pay_1'],
    ]);
    expect(pauses).toEqual([]);
  });

  it('is replaced even if the 401 says nothing', async () => {
    paypal.answers(reply(401), anOrder);

    expect(await clientOf(paypal.origin).client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('that another call has renewed already is kept', async () => {
    const lateRefusal = Promise.withResolvers<void>();
    paypal.answers(
      (response) => void lateRefusal.promise.then(() => reply(401)(response)),
      reply(401),
      anOrder,
      anOrder,
    );
    const { client } = clientOf(paypal.origin);
    const slow = client.getOrder('SLOW');
    await paypal.nextRequest();
    await paypal.nextRequest();

    await client.getOrder('QUICK');
    lateRefusal.resolve();
    await slow;

    expect(paypal.tokenRequests).toHaveLength(2);
    expect(paypal.requests.map(({ path, headers }) => [path.at(-1), headers.authorization])).toEqual([
      ['W', 'Bearer token-1'],
      ['K', 'Bearer token-1'],
      ['K', 'Bearer token-2'],
      ['W', 'Bearer token-2'],
    ]);
  });

  it('refused twice means that somebody must look at the configuration', async () => {
    const refusal = reply(401, problem('AUTHENTICATION_FAILURE', 'INVALID_ACCOUNT_STATUS'), {
      'paypal-debug-id': 'f00',
    });
    paypal.answers(refusal, refusal);

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnauthorized);

    expect(error).toMatchObject({
      name: 'PayPalUnauthorized',
      message: 'PayPal does not know us: INVALID_ACCOUNT_STATUS on getOrder, status 401',
      operation: 'getOrder',
      status: 401,
      issue: 'INVALID_ACCOUNT_STATUS',
      debugId: 'f00',
      cause: { name: 'PayPalRefused' },
    });
    expect(paypal.requests).toHaveLength(2);
  });

  it.each([
    [401, { error: 'invalid_client', error_description: 'Client Authentication failed' }, 'invalid_client'],
    [400, { error: 'unauthorized_client' }, 'unauthorized_client'],
  ])('is not given for wrong credentials: %i', async (status, body, issue) => {
    paypal.answersTokens(reply(status, body));

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnauthorized);

    expect(error).toMatchObject({ operation: 'token', status, issue });
    expect(inspect(error, { depth: 20 })).not.toContain('sëcret');
    expect([paypal.tokenRequests.length, paypal.requests.length]).toEqual([1, 0]);
  });

  it('is asked for with the secret of the day', async () => {
    paypal.answersTokens(reply(401, { error: 'invalid_client' }));
    paypal.answers(anOrder);
    let clientSecret = 'old';
    const { client } = clientOf(paypal.origin, { credentials: async () => ({ clientId: 'id', clientSecret }) });

    await troubleOf(client.getOrder('ORDER-1'), PayPalUnauthorized);
    clientSecret = 'new';

    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('comes after an outage, at the second try', async () => {
    paypal.answersTokens(reply(503));
    paypal.answers(anOrder);
    const { client, pauses } = clientOf(paypal.origin);

    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
    expect(pauses).toEqual([200]);
  });

  it.each([
    ['with a line break in it', { access_token: 'a\r\nb', expires_in: 60 }],
    ['without a life', { access_token: 'a', expires_in: 0 }],
    ['that is none', { access_token: '', expires_in: 60 }],
  ])('%s is not used', async (_, body) => {
    paypal.answersTokens(reply(200, body));

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ operation: 'token', reason: 'unexpected-answer' });
    expect(paypal.requests).toEqual([]);
  });
});

describe('the metrics', () => {
  it('count each request, with its time, status and trouble', async () => {
    paypal.answers(
      reply(503, '', { 'paypal-debug-id': 'd1' }),
      reply(404, recorded('live2025__GET-order.404-expired')),
    );
    const world = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        world.clock.now += 250;
        return response;
      },
    });

    await world.client.getOrder('ORDER-1');

    expect(world.calls).toEqual([
      { operation: 'token', status: 200, durationMs: 250 },
      { operation: 'getOrder', status: 503, durationMs: 250, debugId: 'd1', error: 'server-error' },
      { operation: 'getOrder', status: 404, durationMs: 250, debugId: '1d6094d0d3b64' },
    ]);
  });

  it('count a broken connection, which has no status', async () => {
    paypal.answers(reset, anOrder);
    const { client, calls } = clientOf(paypal.origin);

    await client.getOrder('ORDER-1');

    expect(calls).toMatchObject([{}, { operation: 'getOrder', error: 'connection' }, { status: 200 }]);
    expect(calls[1]?.status).toBeUndefined();
  });
});

describe('the client', () => {
  it('needs no more than an address and credentials', async () => {
    paypal.answers(anOrder);
    const credentials = async () => ({ clientId: 'id', clientSecret: 'secret' });

    expect(await payPalClient(transport({ baseUrl: paypal.origin, credentials })).getOrder('ORDER-1')).toMatchObject(
      order,
    );
  });
});

describe('the base address', () => {
  it('is an origin: whatever follows it is left out', async () => {
    paypal.answers(anOrder);

    await clientOf(`${paypal.origin}/some/path?x=y`).client.getOrder('ORDER-1');

    expect(paypal.requests.map(({ path }) => path)).toEqual(['/v2/checkout/orders/ORDER-1']);
  });

  it('is refused at once when it is none', () => {
    expect(() => clientOf('paypal')).toThrow(TypeError);
  });
});
