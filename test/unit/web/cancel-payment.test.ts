import { describe, expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { cancelPayment } from '../../../web/storefront/cancel-payment.ts';
import { type Answer, payment, problem, scriptedApi } from './scripted-api.ts';

const { answers, asked } = scriptedApi();

const BOTH = { checkout_session_id: 'cs_1', token: 'TOKEN-1' };
const giveUp = (address: Parameters<typeof cancelPayment>[0] = BOTH) =>
  cancelPayment(address, new AbortController().signal);
const CANCEL = 'POST /payments/pay_1/cancel';

/** An API that answers a wish to cancel so; looked at, the payment is what `now` says. */
const api = (cancel: Answer, now: Answer = payment('created')) => answers((call) => (call === CANCEL ? cancel : now));

describe('turning back at PayPal', () => {
  it('cancels, and nothing was charged', async () => {
    api(payment('cancelled'));

    const { words, payment: known } = await giveUp();

    expect(words).toMatchObject({ title: 'Payment cancelled', text: expect.stringMatching(/^Nothing was charged/) });
    expect(known?.status).toBe('cancelled');
    expect(asked.map(({ call, body }) => [call, body])).toEqual([
      ['GET /payments?checkout_session_id=cs_1&token=TOKEN-1', undefined],
      [CANCEL, { token: 'TOKEN-1' }],
    ]);
  });

  it.each([
    { checkout_session_id: 'cs_1', token: null },
    { checkout_session_id: null, token: 'TOKEN-1' },
  ])('cancels by either name of the payment: %o', async (address) => {
    api(payment('cancelled'));

    await giveUp(address);

    expect(asked.at(-1)).toMatchObject({ call: CANCEL, body: { token: 'TOKEN-1' } });
  });

  it('leads to the order when the money had come before', async () => {
    api(problem(409, 'already-captured'), payment('captured'));

    expect((await giveUp()).words).toMatchObject({
      title: 'This payment has gone through',
      onward: { label: 'To your order', href: '/checkout/success?checkout_session_id=cs_1' },
    });
  });

  it('does not say that a payment was cancelled which the buyer has approved', async () => {
    api(payment('approved'));

    expect((await giveUp()).words).toMatchObject({
      title: 'You have approved this payment',
      onward: { href: '/checkout/success?checkout_session_id=cs_1' },
    });
  });

  it('says that nothing was charged only if that is what the API has answered', async () => {
    const charged: string[] = [];
    for (const status of PAYMENT_STATUSES) {
      api(payment(status));
      if (/nothing was charged/i.test((await giveUp()).words.text)) charged.push(status);
    }

    expect(charged.sort()).toEqual(['cancelled', 'created', 'expired', 'failed']);
  });

  it.each([
    ['there is no such payment', () => answers(() => problem(404, 'unknown-payment'))],
    ['the token is another payment’s', () => api(problem(403, 'wrong-token'))],
  ])('claims nothing when %s', async (_, script) => {
    script();

    expect((await giveUp()).words).toMatchObject({ title: 'We do not know this payment' });
  });

  it('asks for nothing when the address names no payment', async () => {
    expect((await giveUp({ checkout_session_id: null, token: null })).words.title).toBe('We do not know this payment');
    expect(asked).toEqual([]);
  });

  it('cancels nothing that PayPal has not heard of', async () => {
    api(payment('cancelled'), payment('created', { paypal_order_id: null, approve_url: null }));

    expect((await giveUp({ checkout_session_id: 'cs_1', token: null })).words.title).toBe('Payment not completed');
    expect(asked).toHaveLength(1);
  });

  it.each(['unreachable' as const, problem(503, 'try-again'), problem(502, 'paypal-unavailable')])(
    'says nothing at all without an answer',
    async (trouble) => {
      api(trouble);

      await expect(giveUp()).rejects.toBeInstanceOf(Error);
    },
  );
});
