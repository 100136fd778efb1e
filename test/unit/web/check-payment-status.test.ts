import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../../../web/api/call.ts';
import { checkPaymentStatus } from '../../../web/storefront/check-payment-status.ts';
import { payment, problem, scriptedApi } from './scripted-api.ts';

const { respond, requests, seconds } = scriptedApi();

/** The result, and the seconds of fake time until it was there. */
async function check(options?: Parameters<typeof checkPaymentStatus>[1]) {
  const result = checkPaymentStatus('pay_1', options).then((value) => ({ value, after: seconds() }));
  result.catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  return result;
}

const TIMEOUT = { success: false, error: 'Payment status check timeout' };

describe('checkPaymentStatus', () => {
  it.each(['captured', 'partially_refunded'] as const)('succeeds at once when the payment is %s', async (status) => {
    respond(() => payment(status));

    expect(await check()).toEqual({ value: { success: true, payment: payment(status) }, after: 0 });
    expect(requests).toEqual([{ call: 'GET /payments/pay_1', at: 0 }]);
  });

  it.each(['cancelled', 'failed', 'expired', 'refunded', 'reversed', 'review', 'capture_pending'] as const)(
    'stops at once when the payment is %s',
    async (status) => {
      respond(() => payment(status));

      expect(await check()).toEqual({ value: { success: false, payment: payment(status) }, after: 0 });
    },
  );

  it.each(['created', 'approved'] as const)(
    'polls every 2 to 3 s and times out after 30 s while the payment is %s',
    async (status) => {
      respond(() => payment(status));

      expect(await check()).toEqual({ value: TIMEOUT, after: 30 });
      const gaps = requests.slice(1).map(({ at }, i) => at - (requests[i]?.at ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(3);
      expect(requests.length).toBeGreaterThanOrEqual(10);
      expect(requests.at(-1)?.at).toBeLessThan(30);
    },
  );

  it('stops when the status changes', async () => {
    respond(() => payment(seconds() < 7 ? 'approved' : 'captured'));

    expect(await check()).toEqual({ value: { success: true, payment: payment('captured') }, after: 7.5 });
  });

  it('passes every response to onPayment', async () => {
    respond(() => payment(seconds() < 2 ? 'created' : 'captured'));
    const seen: string[] = [];

    await check({ onPayment: ({ status }) => seen.push(status) });

    expect(seen).toEqual(['created', 'captured']);
  });

  it.each([
    ['the network is down', 'unreachable' as const],
    ['the API responds with 503', problem(503, 'try-again')],
    ['the API responds with 429', problem(429, 'too-many')],
    ['the API does not respond', 'silent' as const],
  ])('retries when %s', async (_, failure) => {
    respond(() => (seconds() < 10 ? failure : payment('captured')));

    const { value, after } = await check();

    expect(value).toMatchObject({ success: true });
    expect(after).toBeLessThanOrEqual(15);
  });

  it('times out after 30 s when the API never responds', async () => {
    respond(() => 'silent');

    expect(await check()).toEqual({ value: TIMEOUT, after: 30 });
  });

  it('throws without a retry when there is no such payment', async () => {
    respond(() => problem(404, 'unknown-payment'));

    await expect(check()).rejects.toBeInstanceOf(ApiProblem);
    expect(requests).toHaveLength(1);
  });

  it('stops polling when the signal is aborted', async () => {
    respond(() => payment('created'));
    const unmounted = new AbortController();
    setTimeout(() => unmounted.abort('gone'), 6000);

    await expect(check({ signal: unmounted.signal })).rejects.toBe('gone');
    expect(requests).toHaveLength(3);
  });
});
