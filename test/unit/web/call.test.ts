import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, call } from '../../../web/api/call.ts';
import type { OutOfStock, UnknownPayment } from '../../../web/api/schema.ts';

afterEach(() => vi.unstubAllGlobals());

function stubResponse(status: number, body: string) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response(body, { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

describe('call', () => {
  it('sends JSON and returns the parsed response', async () => {
    const fetch = stubResponse(201, '{"payment_id":"pay_1"}');

    expect(await call('POST', '/payments', { body: { a: 1 }, headers: { 'idempotency-key': 'k' } })).toEqual({
      payment_id: 'pay_1',
    });
    expect(fetch).toHaveBeenCalledExactlyOnceWith(
      '/api/v1/payments',
      expect.objectContaining({
        method: 'POST',
        body: '{"a":1}',
        headers: expect.objectContaining({ 'content-type': 'application/json', 'idempotency-key': 'k' }),
      }),
    );
  });

  it('returns another accepted type as text', async () => {
    const fetch = vi.fn(async () => new Response('day\r\n', { headers: { 'content-type': 'text/csv' } }));
    vi.stubGlobal('fetch', fetch);

    expect(await call('GET', '/admin/statements.csv', { accept: 'text/csv' })).toBe('day\r\n');
    expect(fetch).toHaveBeenCalledWith(
      '/api/v1/admin/statements.csv',
      expect.objectContaining({ headers: { accept: 'text/csv, application/problem+json' } }),
    );
  });

  it('throws a problem document as an ApiProblem with the fields of its type', async () => {
    const items = [{ sku: 'MUG', requested: 3, available: 1 }];
    stubResponse(
      409,
      JSON.stringify({ type: '/problems/out-of-stock', title: 'Too few', status: 409, detail: 'x', items }),
    );

    const problem = await errorOf(call('POST', '/checkout-sessions'));

    expect(problem).toBeInstanceOf(ApiProblem);
    if (!(problem instanceof ApiProblem)) return;
    expect(problem.status).toBe(409);
    expect(problem.as<OutOfStock>('/problems/out-of-stock')?.items).toEqual(items);
    expect(problem.as<UnknownPayment>('/problems/unknown-payment')).toBeUndefined();
  });

  it.each([
    [429, '{"message":"Too Many Requests"}', 'Too Many Requests'],
    [502, '<html>Bad gateway</html>', 'Unexpected response: HTTP 502'],
    [200, '<html>Not the API</html>', 'Unexpected response: HTTP 200'],
  ])('throws an ApiProblem when the response is no problem document: %i %s', async (status, body, message) => {
    stubResponse(status, body);

    expect(await errorOf(call('GET', '/products'))).toMatchObject({ name: 'ApiProblem', status, message });
  });

  it('loads the page again, challenged, when the firewall challenges the call', async () => {
    const replace = vi.fn();
    vi.stubGlobal('location', { href: 'https://shop.example/checkout?checkout_session_id=cs_1', replace });
    const headers = { 'x-amzn-waf-action': 'challenge' };
    vi.stubGlobal('fetch', async () => new Response('', { status: 202, headers }));
    const outcome = Promise.race([
      call('POST', '/payments', { body: {} }),
      new Promise((resolve) => setTimeout(resolve, 20, 'pending')),
    ]);

    expect(await outcome).toBe('pending');
    expect(String(replace.mock.lastCall)).toBe(
      'https://shop.example/checkout?checkout_session_id=cs_1&challenge=required',
    );
  });

  it('throws the reason of an aborted signal', async () => {
    vi.stubGlobal('fetch', async (_url: string, { signal }: { signal: AbortSignal }) => signal.throwIfAborted());

    expect(await errorOf(call('GET', '/products', { signal: AbortSignal.abort('gone') }))).toBe('gone');
  });
});
