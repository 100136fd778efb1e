import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '../../../web/api/call.ts';
import { checkPaymentStatus } from '../../../web/storefront/check-payment-status.ts';
import { payment, problem, scriptedApi } from './scripted-api.ts';

const { answers, asked, seconds } = scriptedApi();

/** The result, with the time after which it came: the clock runs as fast as it can. */
async function checked(options?: Parameters<typeof checkPaymentStatus>[1]) {
  const result = checkPaymentStatus('pay_1', options).then((value) => ({ value, after: seconds() }));
  result.catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  return result;
}

const TIMEOUT = { success: false, error: 'Payment status check timeout' };

describe('asking after a payment', () => {
  it.each(['captured', 'partially_refunded'] as const)('ends at once with the money: %s', async (status) => {
    answers(() => payment(status));

    expect(await checked()).toEqual({ value: { success: true, payment: payment(status) }, after: 0 });
    expect(asked).toEqual([{ call: 'GET /payments/pay_1', at: 0 }]);
  });

  it.each(['cancelled', 'failed', 'expired', 'refunded', 'reversed', 'review', 'capture_pending'] as const)(
    'ends at once when waiting for seconds would not help: %s',
    async (status) => {
      answers(() => payment(status));

      expect(await checked()).toEqual({ value: { success: false, payment: payment(status) }, after: 0 });
    },
  );

  it.each(['created', 'approved'] as const)(
    'goes on every two to three seconds, for thirty at most, while it is %s',
    async (status) => {
      answers(() => payment(status));

      expect(await checked()).toEqual({ value: TIMEOUT, after: 30 });
      const gaps = asked.slice(1).map(({ at }, i) => at - (asked[i]?.at ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(3);
      expect(asked.length).toBeGreaterThanOrEqual(10);
      expect(asked.at(-1)?.at).toBeLessThan(30);
    },
  );

  it('ends when the payment moves', async () => {
    answers(() => payment(seconds() < 7 ? 'approved' : 'captured'));

    expect(await checked()).toEqual({ value: { success: true, payment: payment('captured') }, after: 7.5 });
  });

  it('tells each answer', async () => {
    answers(() => payment(seconds() < 2 ? 'created' : 'captured'));
    const seen: string[] = [];

    await checked({ onPayment: ({ status }) => seen.push(status) });

    expect(seen).toEqual(['created', 'captured']);
  });

  it.each([
    ['the network is away', 'unreachable' as const],
    ['the API has passing trouble', problem(503, 'try-again')],
    ['there are too many requests', problem(429, 'too-many')],
    ['no answer comes', 'silent' as const],
  ])('asks again when %s', async (_, trouble) => {
    answers(() => (seconds() < 10 ? trouble : payment('captured')));

    const { value, after } = await checked();

    expect(value).toMatchObject({ success: true });
    expect(after).toBeLessThanOrEqual(15);
  });

  it('takes thirty seconds at most even if nothing ever answers', async () => {
    answers(() => 'silent');

    expect(await checked()).toEqual({ value: TIMEOUT, after: 30 });
  });

  it('does not ask again for a payment that does not exist', async () => {
    answers(() => problem(404, 'unknown-payment'));

    await expect(checked()).rejects.toBeInstanceOf(ApiProblem);
    expect(asked).toHaveLength(1);
  });

  it('ends when nobody looks any more', async () => {
    answers(() => payment('created'));
    const left = new AbortController();
    setTimeout(() => left.abort('gone'), 6000);

    await expect(checked({ signal: left.signal })).rejects.toBe('gone');
    expect(asked).toHaveLength(3);
  });
});
