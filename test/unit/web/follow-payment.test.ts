import { describe, expect, it, vi } from 'vitest';
import { followPayment, type PaymentProgress } from '../../../web/storefront/follow-payment.ts';
import { copyFor } from '../../../web/storefront/payment-copy.ts';
import { payment, problem, type ScriptedResponse, scriptedApi, withoutOrder } from './scripted-api.ts';

const { respond, requests, seconds } = scriptedApi();

const BOTH = { checkout_session_id: 'cs_1', token: 'TOKEN-1' };

/** Keeps the page open for so many seconds. @returns each title that it shows, with its second */
async function titlesOver(forSeconds: number, address: Parameters<typeof followPayment>[0] = BOTH) {
  const titles: [number, string][] = [];
  const show = (progress: PaymentProgress) => {
    const { title } = copyFor(progress);
    if (titles.at(-1)?.[1] !== title) titles.push([seconds(), title]);
  };
  const unmounted = new AbortController();
  followPayment(address, show, unmounted.signal).catch(() => {});
  await vi.advanceTimersByTimeAsync(forSeconds * 1000);
  unmounted.abort();
  return titles;
}

/** Scripts the responses to lookups, and to the capture. */
const api = (lookup: () => ScriptedResponse, capture: () => ScriptedResponse | Promise<ScriptedResponse> = lookup) =>
  respond((call) => (call.startsWith('POST') ? capture() : lookup()));

const captures = () => requests.filter(({ call }) => call === 'POST /payments/pay_1/capture').length;

const PROCESSING = 'Processing payment…';
const THANKS = 'Thank you for your order';

describe('followPayment', () => {
  it.each([
    ['both parameters', BOTH, 'GET /payments?checkout_session_id=cs_1&token=TOKEN-1'],
    ['the session id', { checkout_session_id: 'cs_1', token: null }, 'GET /payments?checkout_session_id=cs_1'],
    ['the PayPal token', { checkout_session_id: null, token: 'TOKEN-1' }, 'GET /payments?token=TOKEN-1'],
  ])('finds the payment by %s', async (_, address, call) => {
    api(() => payment('captured'));

    expect(await titlesOver(1, address)).toEqual([[0, THANKS]]);
    expect(requests[0]?.call).toBe(call);
  });

  it('makes no request when the URL names no payment', async () => {
    expect(await titlesOver(60, { checkout_session_id: null, token: null })).toEqual([
      [0, 'We can’t find this payment'],
    ]);
    expect(requests).toEqual([]);
  });

  it('retries when a new payment is not found yet', async () => {
    api(() => (seconds() < 2 ? problem(404, 'unknown-payment') : payment('captured')));

    expect(await titlesOver(5)).toEqual([[2.5, THANKS]]);
  });

  it('reports an unknown payment when it is still not found after 5 s', async () => {
    api(() => problem(404, 'unknown-payment'));

    expect(await titlesOver(60)).toEqual([[5, 'We can’t find this payment']]);
  });

  it('captures once and shows the order at once', async () => {
    let captured = false;
    api(
      () => payment(captured ? 'captured' : 'created'),
      () => {
        captured = true;
        return payment('captured');
      },
    );

    expect(await titlesOver(60)).toEqual([
      [0, PROCESSING],
      [0, THANKS],
    ]);
    expect(captures()).toBe(1);
  });

  it('does not capture again when the page is reloaded', async () => {
    api(() => payment('captured'));

    await titlesOver(60);

    expect(captures()).toBe(0);
    expect(requests).toHaveLength(2);
  });

  it('waits for a late webhook when its own capture fails', async () => {
    api(
      () => payment(seconds() < 12 ? 'created' : 'captured'),
      () => problem(502, 'paypal-unavailable'),
    );

    expect(await titlesOver(60)).toEqual([
      [0, PROCESSING],
      [12.5, THANKS],
    ]);
    expect(captures()).toBe(1);
  });

  it('shows the order when its own capture hangs', async () => {
    api(
      () => payment(seconds() < 4 ? 'created' : 'captured'),
      () => 'silent',
    );

    expect(await titlesOver(60)).toEqual([
      [0, PROCESSING],
      [5, THANKS],
    ]);
  });

  it('reports a delay after 30 s and continues to poll', async () => {
    api(() => payment(seconds() < 70 ? 'approved' : 'captured'));

    expect(await titlesOver(120)).toEqual([
      [0, PROCESSING],
      [30, 'We’re still processing your payment'],
      [70, THANKS],
    ]);
    expect(requests.filter(({ at }) => at > 30).length).toBeLessThan(6);
  });

  it('reports the captured payment before its order exists', async () => {
    api(() => (seconds() < 6 ? withoutOrder : payment('captured')));

    expect(await titlesOver(60)).toEqual([
      [0, 'We’ve received your payment'],
      [7.5, THANKS],
    ]);
  });

  it('reports a delayed order after 30 s when the payment is captured', async () => {
    api(() => withoutOrder);
    let last: PaymentProgress = {};
    followPayment(BOTH, (progress) => (last = progress), new AbortController().signal);

    await vi.advanceTimersByTimeAsync(29_000);
    expect(copyFor(last)).toMatchObject({ tone: 'busy', text: 'Your order number will appear in a moment.' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(copyFor(last)).toMatchObject({ tone: 'calm', text: expect.stringContaining('You can close this page') });
  });

  it('follows a pending e-check until it clears', async () => {
    api(() => payment(seconds() < 100 ? 'capture_pending' : 'captured'));

    expect(await titlesOver(200)).toEqual([
      [0, 'Your payment is pending'],
      [100, THANKS],
    ]);
  });

  it.each([
    [
      'payment-declined',
      { approve_url: 'https://paypal.example/again', issue: 'X' },
      'PayPal declined your card or account',
    ],
    ['not-approved', { approve_url: 'https://paypal.example/again' }, 'You haven’t approved the payment yet'],
  ])('links back to PayPal when the capture is rejected: %s', async (type, fields, title) => {
    api(
      () => payment('created'),
      () => problem(409, type, fields),
    );
    let last: PaymentProgress = {};
    followPayment(BOTH, (progress) => (last = progress), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(40_000);

    expect(copyFor(last)).toMatchObject({ title, action: { href: 'https://paypal.example/again' } });
  });

  it('offers no other payment method when the shop cannot take the payment', async () => {
    api(
      () =>
        payment(seconds() < 6 ? 'approved' : 'created', {
          updated_at: `2026-03-01T12:00:0${seconds() < 6 ? 1 : 2}.000Z`,
        }),
      () => problem(409, 'payment-refused', { issue: 'PAYEE_ACCOUNT_RESTRICTED' }),
    );
    let last: PaymentProgress = {};
    followPayment(BOTH, (progress) => (last = progress), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(40_000);

    expect(copyFor(last)).toMatchObject({ title: 'We can’t take your payment right now' });
    expect(copyFor(last)).not.toHaveProperty('action');
  });

  it('discards a rejection when the payment changes', async () => {
    api(
      () => payment(seconds() < 6 ? 'created' : 'captured'),
      () => problem(409, 'payment-declined', { approve_url: 'https://paypal.example/again', issue: 'X' }),
    );

    expect(await titlesOver(60)).toEqual([
      [0, PROCESSING],
      [0, 'PayPal declined your card or account'],
      [7.5, THANKS],
    ]);
  });

  it('claims no reason for a rejected capture of the shop when the buyer had cancelled and approved afterwards', async () => {
    api(
      () =>
        payment(seconds() === 0 ? 'cancelled' : 'created', { updated_at: `2026-03-01T12:00:0${seconds() && 2}.000Z` }),
      () => payment('approved', { updated_at: '2026-03-01T12:00:01.000Z' }),
    );
    let last: PaymentProgress = {};
    followPayment(BOTH, (progress) => (last = progress), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(40_000);

    expect(copyFor(last)).toMatchObject({
      title: 'Your payment didn’t go through',
      action: { href: payment('created').approve_url },
    });
  });

  it('ignores an outdated response that arrives after the approval', async () => {
    api(
      () => payment('created', { updated_at: '2026-03-01T12:00:00.000Z' }),
      () => payment('approved', { updated_at: '2026-03-01T12:00:01.000Z' }),
    );

    expect(await titlesOver(29)).toEqual([[0, PROCESSING]]);
  });

  it('claims nothing about charges while the capture of a cancelled payment is in flight', async () => {
    api(
      () => payment(seconds() < 8 ? 'cancelled' : 'captured'),
      () => new Promise((resolve) => setTimeout(resolve, 9000, payment('captured'))),
    );

    expect(await titlesOver(60)).toEqual([
      [0, PROCESSING],
      [9, THANKS],
    ]);
  });

  it('reports the cancellation when the capture confirms it', async () => {
    api(() => payment('cancelled'));

    const titles = await titlesOver(60);

    expect(titles.at(-1)).toEqual([0, 'Payment cancelled']);
    expect(captures()).toBe(1);
  });

  it('reports an outage after 30 s and continues to poll', async () => {
    api(() => (seconds() < 45 ? 'unreachable' : payment('captured')));

    expect(await titlesOver(60)).toEqual([
      [30, 'We can’t load your payment right now'],
      [50, THANKS],
    ]);
  });

  it('stops polling when the payment is final', async () => {
    api(() => payment('captured'));
    await titlesOver(30);
    const before = requests.length;

    await vi.advanceTimersByTimeAsync(600_000);

    expect(requests).toHaveLength(before);
  });
});
