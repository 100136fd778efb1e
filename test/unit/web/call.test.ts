import { afterEach, expect, it, vi } from 'vitest';
import { ApiProblem, call } from '../../../web/api/call.ts';
import type { OutOfStock, UnknownPayment } from '../../../web/api/schema.ts';

afterEach(() => vi.unstubAllGlobals());

/** The API answers so. @returns what it was asked. */
function answering(status: number, body: string) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response(body, { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

it('sends JSON, and gives back what is answered', async () => {
  const fetch = answering(201, '{"payment_id":"pay_1"}');

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

it('a problem document comes as an error that knows its own fields', async () => {
  const items = [{ sku: 'MUG', requested: 3, available: 1 }];
  answering(409, JSON.stringify({ type: '/problems/out-of-stock', title: 'Too few', status: 409, detail: 'x', items }));

  const problem = await failureOf(call('POST', '/checkout-sessions'));

  expect(problem).toBeInstanceOf(ApiProblem);
  if (!(problem instanceof ApiProblem)) return;
  expect(problem.status).toBe(409);
  expect(problem.as<OutOfStock>('/problems/out-of-stock')?.items).toEqual(items);
  expect(problem.as<UnknownPayment>('/problems/unknown-payment')).toBeUndefined();
});

it.each([
  [429, '{"message":"Too Many Requests"}', 'Too Many Requests'],
  [502, '<html>Bad gateway</html>', 'The shop answered 502'],
  [200, '<html>Not the API</html>', 'The shop answered 200'],
])('what is no problem document is made one: %i %s', async (status, body, message) => {
  answering(status, body);

  expect(await failureOf(call('GET', '/products'))).toMatchObject({ name: 'ApiProblem', status, message });
});

it('a call that was given up is no problem of the API’s', async () => {
  vi.stubGlobal('fetch', async (_url: string, { signal }: { signal: AbortSignal }) => signal.throwIfAborted());

  expect(await failureOf(call('GET', '/products', { signal: AbortSignal.abort('gone') }))).toBe('gone');
});
