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
  partialReply,
  problem,
  recorded,
  rejectionOf,
  reply,
  reset,
  resetMidway,
  type ScriptedPayPal,
  scriptedPayPal,
  silence,
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

describe('transport errors', () => {
  it.each<[string, number, Record<string, string>, UnavailableReason]>([
    ['an internal error', 500, {}, 'server-error'],
    ['an outage', 503, {}, 'server-error'],
    ['a rate limit', 429, {}, 'rate-limited'],
    ['an earlier request still in progress', 409, {}, 'in-progress'],
    ['a redirect', 302, { location: '/v2/elsewhere' }, 'unexpected-answer'],
  ])('are PayPalUnavailable after %s', async (_, status, headers, reason) => {
    const response = reply(status, 'not JSON', { 'paypal-debug-id': 'f00', ...headers });
    paypal.replies(response, response);

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({
      name: 'PayPalUnavailable',
      message: `no usable response from PayPal to getOrder: ${reason}, status ${status}`,
      reason,
      operation: 'getOrder',
      status,
      debugId: 'f00',
    });
  });

  it('are PayPalUnavailable for the issue ORDER_COMPLETION_IN_PROGRESS', async () => {
    paypal.replies(reply(422, problem('UNPROCESSABLE_ENTITY', 'ORDER_COMPLETION_IN_PROGRESS')));

    const error = await rejectionOf(clientOf(paypal.origin).client.captureOrder('ORDER-1', 'r'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'in-progress', status: 422, debugId: 'from-the-body' });
  });

  it.each([
    ['a body that is not JSON', reply(200, '<html>secret'), 'not a PayPal response: not JSON'],
    ['an empty body', reply(204), 'not a PayPal response: not JSON'],
    ['something else than an order', reply(200, { id: 'secret!' }), 'not a PayPal order: id: invalid_format'],
    ['a 404 that is not PayPal’s', reply(404, '<html>secret'), 'not a PayPal error: name: missing'],
    ['a 403 that is not PayPal’s', reply(403, { secret: 1 }), 'not a PayPal error: name: missing'],
  ])('do not quote the response after %s', async (_, response, message) => {
    paypal.replies(response);

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error.reason).toBe('unexpected-answer');
    expect(error.cause).toBeInstanceOf(MalformedPayPalBody);
    expect((error.cause as Error).message).toBe(message);
    expect(inspect(error, { depth: 20 })).not.toContain('secret');
    expect(paypal.requests).toHaveLength(1);
  });

  it('do not read a body whose content-length exceeds 1 MiB', async () => {
    const long = { ...order, payload: 'x'.repeat(1024 * 1024) };
    const text = JSON.stringify(long);
    paypal.replies(reply(200, text, { 'content-length': String(text.length) }));
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

    const error = await rejectionOf(client.getOrder('ORDER-1'), PayPalUnavailable);

    expect((error.cause as Error).message).toBe('not a PayPal response: exceeds 1048576 bytes');
    expect(read).not.toHaveBeenCalled();
  });

  it('stop reading a body at 1 MiB when content-length is missing', async () => {
    paypal.replies((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(JSON.stringify(order));
      response.end(' '.repeat(1024 * 1024));
    });

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect((error.cause as Error).message).toBe('not a PayPal response: exceeds 1048576 bytes');
  });

  it('do not follow a redirect', async () => {
    paypal.replies(reply(307, '', { location: '/v2/checkout/orders/ORDER-2' }), anOrder);

    await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(paypal.requests.map(({ path }) => path)).toEqual(['/v2/checkout/orders/ORDER-1']);
  });

  it('have the error of fetch as their cause after a broken connection', async () => {
    paypal.replies(reset, reset);

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'connection', status: undefined, cause: { message: 'fetch failed' } });
  });

  it('pass on the error of the credentials', async () => {
    const credentials = () => Promise.reject(new TypeError('no such secret'));

    const error = await rejectionOf(clientOf(paypal.origin, { credentials }).client.getOrder('ORDER-1'), TypeError);

    expect(error.message).toBe('no such secret');
  });

  it('pass on a programming error', async () => {
    paypal.replies(anOrder);
    const send = transport({ baseUrl: paypal.origin, credentials: async () => ({ clientId: 'i', clientSecret: 's' }) });
    const read = () => {
      throw new TypeError('bug');
    };

    const error = await rejectionOf(send({ operation: 'getOrder', path: '/', read }), TypeError);

    expect(error.message).toBe('bug');
  });
});

describe('the time limit of a call', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

  /** The error of a call that must fail 8 seconds after it started. */
  async function timeoutOf(call: Promise<unknown>, started: Promise<unknown>): Promise<PayPalUnavailable> {
    let done = false;
    const outcome = rejectionOf(call, PayPalUnavailable).finally(() => {
      done = true;
    });
    await started;
    await vi.advanceTimersByTimeAsync(7_999);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    return outcome;
  }

  it('is 8 seconds when PayPal does not respond', async () => {
    paypal.replies(silence);
    const started = paypal.nextRequest().then(() => paypal.nextRequest());

    const error = await timeoutOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), started);

    expect(error).toMatchObject({ reason: 'timeout', message: 'no usable response from PayPal to getOrder: timeout' });
    expect(paypal.requests).toHaveLength(1);
  });

  it('is longer for a call that says so', async () => {
    paypal.replies(silence);
    const started = paypal.nextRequest().then(() => paypal.nextRequest());
    const query = { from: new Date(0), to: new Date(0), page: 1 };
    let done = false;
    const call = rejectionOf(clientOf(paypal.origin).transactions.listTransactions(query), PayPalUnavailable).finally(
      () => {
        done = true;
      },
    );

    await started;
    await vi.advanceTimersByTimeAsync(14_999);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await call).toMatchObject({ reason: 'timeout' });
  });

  it('is 8 seconds when a response does not end', async () => {
    paypal.replies(partialReply);
    const began = Promise.withResolvers<void>();
    const { client } = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        if (response.url.endsWith('ORDER-1')) began.resolve();
        return response;
      },
    });

    const error = await timeoutOf(client.getOrder('ORDER-1'), began.promise);

    expect(error.reason).toBe('timeout');
  });

  it('is 8 seconds when the token does not arrive', async () => {
    paypal.repliesToTokens(silence);

    const error = await timeoutOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), paypal.nextRequest());

    expect(error.reason).toBe('timeout');
  });

  it('is 8 seconds when the secret does not arrive, and the next call reads it again', async () => {
    paypal.replies(anOrder);
    const credentials = vi
      .fn<PayPalOptions['credentials']>()
      .mockReturnValueOnce(new Promise(() => {}))
      .mockResolvedValue({ clientId: 'id', clientSecret: 'secret' });
    const { client } = clientOf(paypal.origin, { credentials });

    const error = await timeoutOf(client.getOrder('ORDER-1'), Promise.resolve());

    expect(error.reason).toBe('timeout');
    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('aborts the request', async () => {
    let aborted = false;
    const hang: typeof fetch = (_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => {
          aborted = true;
          reject(init.signal?.reason);
        });
      });
    const { client, calls } = clientOf(paypal.origin, { fetch: hang });

    const outcome = rejectionOf(client.getOrder('ORDER-1'), PayPalUnavailable);
    await vi.advanceTimersByTimeAsync(8_000);
    await outcome;

    expect(aborted).toBe(true);
    expect(calls).toMatchObject([{ operation: 'token', error: 'timeout' }]);
  });

  it('leaves no timer', async () => {
    const { client } = clientOf(paypal.origin, {
      fetch: async (url) =>
        Response.json(String(url).includes('token') ? { access_token: 't', expires_in: 60 } : order),
    });

    await client.getOrder('ORDER-1');

    expect(vi.getTimerCount()).toBe(0);
  });

  it('prevents a retry that would start after it', async () => {
    paypal.replies(reply(503), anOrder);
    const context = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        context.clock.now += 3_950;
        return response;
      },
    });

    const error = await rejectionOf(context.client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error.reason).toBe('server-error');
    expect(context.delays).toEqual([]);
  });
});

describe('the retry of a call', () => {
  it.each([
    ['an outage', reply(503), [200]],
    ['an outage with retry-after', reply(503, '', { 'retry-after': '2' }), [2200]],
    ['a broken connection', reset, [200]],
    ['a response that breaks off', resetMidway, [200]],
    ['a rate limit with retry-after', reply(429, '', { 'retry-after': '1' }), [1200]],
    ['a rate limit with a date', reply(429, '', { 'retry-after': 'Fri, 02 Jan 2026 03:04:07 GMT' }), [2200]],
    ['a rate limit with a date in the past', reply(429, '', { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }), [200]],
  ])('succeeds after %s, with retry-after and jitter as its delay', async (_, response, expected) => {
    paypal.replies(response, anOrder);
    const { client, delays } = clientOf(paypal.origin);

    const found = await client.getOrder('ORDER-1');

    expect(found).toMatchObject(order);
    expect(delays).toEqual(expected);
  });

  it('sends the same request with the same request id', async () => {
    paypal.replies(reply(500), reply(201, order));

    await clientOf(paypal.origin).client.captureOrder('ORDER-1', 'capture-pay_1');

    const [first, second] = paypal.requests;
    expect(second).toEqual(first);
    expect(second?.headers['paypal-request-id']).toBe('capture-pay_1');
  });

  it.each([
    ['a second outage', reply(503), 2],
    ['a rate limit without retry-after', reply(429, recorded('live__429-rate-limit')), 1],
    ['a rate limit with a long retry-after', reply(429, '', { 'retry-after': '3' }), 1],
    ['an outage with a long retry-after', reply(503, '', { 'retry-after': '3' }), 1],
    ['an invalid retry-after', reply(429, '', { 'retry-after': 'soon' }), 1],
    ['an earlier request in progress', reply(409, problem('RESOURCE_CONFLICT')), 1],
    ['a malformed response', reply(200, '{'), 1],
    ['a rejection', reply(422, problem('UNPROCESSABLE_ENTITY', 'ORDER_NOT_APPROVED')), 1],
  ])('stops after %s', async (_, response, attempts) => {
    paypal.replies(response, response, anOrder);
    const { client } = clientOf(paypal.origin);

    await client.captureOrder('ORDER-1', 'r').catch(() => {});

    expect(paypal.requests).toHaveLength(attempts);
  });

  it('is left to the caller with retryAfterSeconds when retry-after is long', async () => {
    paypal.replies(reply(429, recorded('live__429-rate-limit'), { 'retry-after': '30' }));

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: 30 });
  });

  it.each([[{}], [{ 'retry-after': 'soon' }]])(
    'is left to the caller when retry-after is missing or invalid: %j',
    async (headers) => {
      paypal.replies(reply(429, recorded('live__429-rate-limit'), headers));

      const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

      expect(error).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: undefined });
    },
  );
});

describe('the access token', () => {
  it('is requested with the credentials', async () => {
    paypal.repliesToTokens(reply(200, { ...recorded('sandbox2023__POST-oauth2-token.200'), access_token: 'A21.x-_' }));
    paypal.replies(anOrder);

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
  ])('with a lifetime of %i seconds is used for %f', async (life, used) => {
    paypal.repliesToTokens(tokenOf(life), tokenOf(32_400, 'next'));
    paypal.replies(anOrder, anOrder, anOrder);
    const { client, clock } = clientOf(paypal.origin);

    await client.getOrder('ORDER-1');
    clock.now += used * 1000 - 1;
    await client.getOrder('ORDER-1');
    clock.now += 1;
    await client.getOrder('ORDER-1');

    const tokens = paypal.requests.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual([`Bearer for-${life}`, `Bearer for-${life}`, 'Bearer next']);
  });

  it('is requested once by concurrent calls', async () => {
    paypal.replies(anOrder, anOrder, anOrder);
    const { client } = clientOf(paypal.origin);

    await Promise.all([client.getOrder('A'), client.getOrder('B'), client.getOrder('C')]);

    expect(paypal.tokenRequests).toHaveLength(1);
    expect(paypal.requests).toHaveLength(3);
  });

  it('is replaced after a 401, and the request retried', async () => {
    paypal.replies(reply(401, { error: 'invalid_token' }), reply(201, order));
    const { client, delays } = clientOf(paypal.origin);

    const result = await client.captureOrder('ORDER-1', 'capture-pay_1');

    expect(result).toMatchObject({ outcome: 'order' });
    expect(paypal.requests.map(({ headers }) => [headers.authorization, headers['paypal-request-id']])).toEqual([
      ['Bearer token-1', 'capture-pay_1'],
      ['Bearer token-2', 'capture-pay_1'],
    ]);
    expect(delays).toEqual([]);
  });

  it('is replaced after a 401 without a body', async () => {
    paypal.replies(reply(401), anOrder);

    expect(await clientOf(paypal.origin).client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('is kept when another call has renewed it', async () => {
    const lateRejection = Promise.withResolvers<void>();
    paypal.replies(
      (response) => void lateRejection.promise.then(() => reply(401)(response)),
      reply(401),
      anOrder,
      anOrder,
    );
    const { client } = clientOf(paypal.origin);
    const slow = client.getOrder('SLOW');
    await paypal.nextRequest();
    await paypal.nextRequest();

    await client.getOrder('QUICK');
    lateRejection.resolve();
    await slow;

    expect(paypal.tokenRequests).toHaveLength(2);
    expect(paypal.requests.map(({ path, headers }) => [path.at(-1), headers.authorization])).toEqual([
      ['W', 'Bearer token-1'],
      ['K', 'Bearer token-1'],
      ['K', 'Bearer token-2'],
      ['W', 'Bearer token-2'],
    ]);
  });

  it('leads to PayPalUnauthorized when PayPal rejects a new one too', async () => {
    const rejection = reply(401, problem('AUTHENTICATION_FAILURE', 'INVALID_ACCOUNT_STATUS'), {
      'paypal-debug-id': 'f00',
    });
    paypal.replies(rejection, rejection);

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnauthorized);

    expect(error).toMatchObject({
      name: 'PayPalUnauthorized',
      message: 'PayPal rejected the credentials: INVALID_ACCOUNT_STATUS on getOrder, status 401',
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
  ])('is not requested again after wrong credentials: %i', async (status, body, issue) => {
    paypal.repliesToTokens(reply(status, body));

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnauthorized);

    expect(error).toMatchObject({ operation: 'token', status, issue });
    expect(inspect(error, { depth: 20 })).not.toContain('sëcret');
    expect([paypal.tokenRequests.length, paypal.requests.length]).toEqual([1, 0]);
  });

  it('is requested with the rotated secret', async () => {
    paypal.repliesToTokens(reply(401, { error: 'invalid_client' }));
    paypal.replies(anOrder);
    let clientSecret = 'old';
    const { client } = clientOf(paypal.origin, { credentials: async () => ({ clientId: 'id', clientSecret }) });

    await rejectionOf(client.getOrder('ORDER-1'), PayPalUnauthorized);
    clientSecret = 'new';

    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
  });

  it('is requested again after an outage', async () => {
    paypal.repliesToTokens(reply(503));
    paypal.replies(anOrder);
    const { client, delays } = clientOf(paypal.origin);

    expect(await client.getOrder('ORDER-1')).toMatchObject(order);
    expect(delays).toEqual([200]);
  });

  it.each([
    ['with a line break', { access_token: 'a\r\nb', expires_in: 60 }],
    ['with a lifetime of 0', { access_token: 'a', expires_in: 0 }],
    ['that is empty', { access_token: '', expires_in: 60 }],
  ])('%s is rejected', async (_, body) => {
    paypal.repliesToTokens(reply(200, body));

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ORDER-1'), PayPalUnavailable);

    expect(error).toMatchObject({ operation: 'token', reason: 'unexpected-answer' });
    expect(paypal.requests).toEqual([]);
  });
});

describe('onCall', () => {
  it('receives each request with its duration, status and error', async () => {
    paypal.replies(
      reply(503, '', { 'paypal-debug-id': 'd1' }),
      reply(404, recorded('live2025__GET-order.404-expired')),
    );
    const context = clientOf(paypal.origin, {
      fetch: async (...request) => {
        const response = await fetch(...request);
        context.clock.now += 250;
        return response;
      },
    });

    await context.client.getOrder('ORDER-1');

    expect(context.calls).toEqual([
      { operation: 'token', status: 200, durationMs: 250 },
      { operation: 'getOrder', status: 503, durationMs: 250, debugId: 'd1', error: 'server-error' },
      { operation: 'getOrder', status: 404, durationMs: 250, debugId: '1d6094d0d3b64' },
    ]);
  });

  it('receives a broken connection without a status', async () => {
    paypal.replies(reset, anOrder);
    const { client, calls } = clientOf(paypal.origin);

    await client.getOrder('ORDER-1');

    expect(calls).toMatchObject([{}, { operation: 'getOrder', error: 'connection' }, { status: 200 }]);
    expect(calls[1]?.status).toBeUndefined();
  });
});

describe('the defaults of transport', () => {
  it('need only a base URL and credentials', async () => {
    paypal.replies(anOrder);
    const credentials = async () => ({ clientId: 'id', clientSecret: 'secret' });

    expect(await payPalClient(transport({ baseUrl: paypal.origin, credentials })).getOrder('ORDER-1')).toMatchObject(
      order,
    );
  });
});

describe('baseUrl', () => {
  it('is reduced to its origin', async () => {
    paypal.replies(anOrder);

    await clientOf(`${paypal.origin}/some/path?x=y`).client.getOrder('ORDER-1');

    expect(paypal.requests.map(({ path }) => path)).toEqual(['/v2/checkout/orders/ORDER-1']);
  });

  it('throws when it is not a URL', () => {
    expect(() => clientOf('paypal')).toThrow(TypeError);
  });
});
