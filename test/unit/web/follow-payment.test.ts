import { describe, expect, it, vi } from 'vitest';
import { followPayment, type PaymentProgress } from '../../../web/storefront/follow-payment.ts';
import { copyFor } from '../../../web/storefront/payment-copy.ts';
import { type Answer, payment, problem, scriptedApi, withoutOrder } from './scripted-api.ts';

const { answers, asked, seconds } = scriptedApi();

const BOTH = { checkout_session_id: 'cs_1', token: 'TOKEN-1' };

/** What the shopper reads on the return page, each with the second from which on, as long as somebody looks. */
async function read(forSeconds: number, address: Parameters<typeof followPayment>[0] = BOTH) {
  const titles: [number, string][] = [];
  const show = (followed: PaymentProgress) => {
    const { title } = copyFor(followed);
    if (titles.at(-1)?.[1] !== title) titles.push([seconds(), title]);
  };
  const left = new AbortController();
  followPayment(address, show, left.signal).catch(() => {});
  await vi.advanceTimersByTimeAsync(forSeconds * 1000);
  left.abort();
  return titles;
}

/** An API whose payment is what `now` says, and whose capture answers as `capture` says. */
const api = (now: () => Answer, capture: () => Answer | Promise<Answer> = now) =>
  answers((call) => (call.startsWith('POST') ? capture() : now()));

const captures = () => asked.filter(({ call }) => call === 'POST /payments/pay_1/capture').length;

const PROCESSING = 'Processing payment…';
const THANKS = 'Thank you for your order';

describe('the return page', () => {
  it.each([
    ['both names', BOTH, 'GET /payments?checkout_session_id=cs_1&token=TOKEN-1'],
    ['the session alone', { checkout_session_id: 'cs_1', token: null }, 'GET /payments?checkout_session_id=cs_1'],
    ['PayPal’s token alone', { checkout_session_id: null, token: 'TOKEN-1' }, 'GET /payments?token=TOKEN-1'],
  ])('finds the payment by %s', async (_, address, call) => {
    api(() => payment('captured'));

    expect(await read(1, address)).toEqual([[0, THANKS]]);
    expect(asked[0]?.call).toBe(call);
  });

  it('knows no payment when the address names none', async () => {
    expect(await read(60, { checkout_session_id: null, token: null })).toEqual([[0, 'We do not know this payment']]);
    expect(asked).toEqual([]);
  });

  it('gives a payment of the last second some seconds to be found', async () => {
    api(() => (seconds() < 2 ? problem(404, 'unknown-payment') : payment('captured')));

    expect(await read(5)).toEqual([[2.5, THANKS]]);
  });

  it('says of an address that names no payment of the shop’s that it does not know it', async () => {
    api(() => problem(404, 'unknown-payment'));

    expect(await read(60)).toEqual([[5, 'We do not know this payment']]);
  });

  it('takes the money once, and shows the order at once', async () => {
    let captured = false;
    api(
      () => payment(captured ? 'captured' : 'created'),
      () => {
        captured = true;
        return payment('captured');
      },
    );

    expect(await read(60)).toEqual([
      [0, PROCESSING],
      [0, THANKS],
    ]);
    expect(captures()).toBe(1);
  });

  it('does not ask for money that has come: a reload changes nothing', async () => {
    api(() => payment('captured'));

    await read(60);

    expect(captures()).toBe(0);
    expect(asked).toHaveLength(2);
  });

  it('waits for a webhook that is late, whatever its own capture came to', async () => {
    api(
      () => payment(seconds() < 12 ? 'created' : 'captured'),
      () => problem(502, 'paypal-unavailable'),
    );

    expect(await read(60)).toEqual([
      [0, PROCESSING],
      [12.5, THANKS],
    ]);
    expect(captures()).toBe(1);
  });

  it('does not let a capture that hangs keep the order from the shopper', async () => {
    api(
      () => payment(seconds() < 4 ? 'created' : 'captured'),
      () => 'silent',
    );

    expect(await read(60)).toEqual([
      [0, PROCESSING],
      [5, THANKS],
    ]);
  });

  it('says after thirty seconds that it goes on, and goes on', async () => {
    api(() => payment(seconds() < 70 ? 'approved' : 'captured'));

    expect(await read(120)).toEqual([
      [0, PROCESSING],
      [30, 'We have your payment under way'],
      [70, THANKS],
    ]);
    expect(asked.filter(({ at }) => at > 30).length).toBeLessThan(6);
  });

  it('tells of the money before the order is made', async () => {
    api(() => (seconds() < 6 ? withoutOrder : payment('captured')));

    expect(await read(60)).toEqual([
      [0, 'Your payment has arrived'],
      [7.5, THANKS],
    ]);
  });

  it('says after thirty seconds that the order takes longer, money or not', async () => {
    api(() => withoutOrder);
    let last: PaymentProgress = {};
    followPayment(BOTH, (followed) => (last = followed), new AbortController().signal);

    await vi.advanceTimersByTimeAsync(29_000);
    expect(copyFor(last)).toMatchObject({ tone: 'busy', text: 'Your order number follows in a moment.' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(copyFor(last)).toMatchObject({ tone: 'calm', text: expect.stringContaining('You can close it') });
  });

  it('follows an e-check until the bank has paid', async () => {
    api(() => payment(seconds() < 100 ? 'capture_pending' : 'captured'));

    expect(await read(200)).toEqual([
      [0, 'Your bank is still sending the money'],
      [100, THANKS],
    ]);
  });

  it.each([
    [
      'payment-declined',
      { approve_url: 'https://paypal.example/again', issue: 'X' },
      'PayPal did not accept this card or account',
    ],
    ['not-approved', { approve_url: 'https://paypal.example/again' }, 'You have not approved the payment yet'],
  ])('leads a buyer back to PayPal: %s', async (type, fields, title) => {
    api(
      () => payment('created'),
      () => problem(409, type, fields),
    );
    let last: PaymentProgress = {};
    followPayment(BOTH, (followed) => (last = followed), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(40_000);

    expect(copyFor(last)).toMatchObject({ title, onward: { href: 'https://paypal.example/again' } });
  });

  it('forgets a refusal once the payment has moved on', async () => {
    api(
      () => payment(seconds() < 6 ? 'created' : 'captured'),
      () => problem(409, 'payment-declined', { approve_url: 'https://paypal.example/again', issue: 'X' }),
    );

    expect(await read(60)).toEqual([
      [0, PROCESSING],
      [0, 'PayPal did not accept this card or account'],
      [7.5, THANKS],
    ]);
  });

  it('says so when PayPal declines the card of a buyer who had cancelled and come back', async () => {
    api(
      () =>
        payment(seconds() === 0 ? 'cancelled' : 'created', { updated_at: `2026-03-01T12:00:0${seconds() && 2}.000Z` }),
      () => payment('approved', { updated_at: '2026-03-01T12:00:01.000Z' }),
    );
    let last: PaymentProgress = {};
    followPayment(BOTH, (followed) => (last = followed), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(40_000);

    expect(copyFor(last)).toMatchObject({
      title: 'PayPal did not accept this card or account',
      onward: { href: payment('created').approve_url },
    });
  });

  it('takes no answer for a refusal that was given before the approval and came after it', async () => {
    api(
      () => payment('created', { updated_at: '2026-03-01T12:00:00.000Z' }),
      () => payment('approved', { updated_at: '2026-03-01T12:00:01.000Z' }),
    );

    expect(await read(29)).toEqual([[0, PROCESSING]]);
  });

  it('does not say that nothing was charged while it asks PayPal whether the buyer came back', async () => {
    api(
      () => payment(seconds() < 8 ? 'cancelled' : 'captured'),
      () => new Promise((resolve) => setTimeout(resolve, 9000, payment('captured'))),
    );

    expect(await read(60)).toEqual([
      [0, PROCESSING],
      [9, THANKS],
    ]);
  });

  it('says that nothing was charged once PayPal has said so', async () => {
    api(() => payment('cancelled'));

    const titles = await read(60);

    expect(titles.at(-1)).toEqual([0, 'The payment was cancelled']);
    expect(captures()).toBe(1);
  });

  it('keeps asking when the shop does not answer, and says so after thirty seconds', async () => {
    api(() => (seconds() < 45 ? 'unreachable' : payment('captured')));

    expect(await read(60)).toEqual([
      [30, 'We cannot see your payment at the moment'],
      [50, THANKS],
    ]);
  });

  it('asks nothing more once all is done', async () => {
    api(() => payment('captured'));
    await read(30);
    const before = asked.length;

    await vi.advanceTimersByTimeAsync(600_000);

    expect(asked).toHaveLength(before);
  });
});
