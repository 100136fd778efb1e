import { describe, expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { cancelPayment } from '../../../web/storefront/cancel-payment.ts';
import { payment, problem, type ScriptedResponse, scriptedApi } from './scripted-api.ts';

const { respond, requests } = scriptedApi();

const BOTH = { checkout_session_id: 'cs_1', token: 'TOKEN-1' };
const cancel = (address: Parameters<typeof cancelPayment>[0] = BOTH) =>
  cancelPayment(address, new AbortController().signal);
const CANCEL = 'POST /payments/pay_1/cancel';

/** Scripts the response to the cancellation, and to all other calls. */
const api = (cancellation: ScriptedResponse, lookup: ScriptedResponse = payment('created')) =>
  respond((call) => (call === CANCEL ? cancellation : lookup));

describe('cancelPayment', () => {
  it('cancels the payment and reports that the buyer was not charged', async () => {
    api(payment('cancelled'));

    const { copy, payment: known } = await cancel();

    expect(copy).toMatchObject({
      title: 'Payment cancelled',
      text: expect.stringMatching(/^You haven’t been charged/),
    });
    expect(known?.status).toBe('cancelled');
    expect(requests.map(({ call, body }) => [call, body])).toEqual([
      ['GET /payments?checkout_session_id=cs_1&token=TOKEN-1', undefined],
      [CANCEL, { token: 'TOKEN-1' }],
    ]);
  });

  it.each([
    { checkout_session_id: 'cs_1', token: null },
    { checkout_session_id: null, token: 'TOKEN-1' },
  ])('cancels when the URL has only one of both parameters: %o', async (address) => {
    api(payment('cancelled'));

    await cancel(address);

    expect(requests.at(-1)).toMatchObject({ call: CANCEL, body: { token: 'TOKEN-1' } });
  });

  it('links to the order when the payment was already captured', async () => {
    api(problem(409, 'already-captured'), payment('captured'));

    expect((await cancel()).copy).toMatchObject({
      title: 'This payment went through',
      action: { label: 'View order', href: '/checkout/success?checkout_session_id=cs_1' },
    });
  });

  it('does not report a cancellation when the buyer has approved the payment', async () => {
    api(payment('approved'));

    expect((await cancel()).copy).toMatchObject({
      title: 'You’ve approved this payment',
      action: { href: '/checkout/success?checkout_session_id=cs_1' },
    });
  });

  it('claims that the buyer was not charged only for statuses without a capture', async () => {
    const notCharged: string[] = [];
    for (const status of PAYMENT_STATUSES) {
      api(payment(status));
      if (/haven’t been charged/i.test((await cancel()).copy.text)) notCharged.push(status);
    }

    expect(notCharged.sort()).toEqual(['cancelled', 'created', 'expired', 'failed']);
  });

  it.each([
    ['there is no such payment', () => respond(() => problem(404, 'unknown-payment'))],
    ['the token belongs to another payment', () => api(problem(403, 'wrong-token'))],
  ])('reports an unknown payment when %s', async (_, script) => {
    script();

    expect((await cancel()).copy).toMatchObject({ title: 'We can’t find this payment' });
  });

  it('makes no request when the URL names no payment', async () => {
    expect((await cancel({ checkout_session_id: null, token: null })).copy.title).toBe('We can’t find this payment');
    expect(requests).toEqual([]);
  });

  it('cancels nothing when there is no PayPal order', async () => {
    api(payment('cancelled'), payment('created', { paypal_order_id: null, approve_url: null }));

    expect((await cancel({ checkout_session_id: 'cs_1', token: null })).copy.title).toBe('Payment not completed');
    expect(requests).toHaveLength(1);
  });

  it.each(['unreachable' as const, problem(503, 'try-again'), problem(502, 'paypal-unavailable')])(
    'throws when the outcome is unknown: %o',
    async (failure) => {
      api(failure);

      await expect(cancel()).rejects.toBeInstanceOf(Error);
    },
  );
});
