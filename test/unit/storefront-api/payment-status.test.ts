import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/shared/http/problem.ts';
import { paymentStatus } from '../../../src/storefront-api/payment-status.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';

/** A shop where one buyer has been sent to PayPal, and what it is asked about payments. */
async function shopWithPayment() {
  const calls: string[] = [];
  const shop = shopInMemory({
    gate: async (call, effect) => {
      calls.push(call);
      return effect();
    },
  });
  const begun = await shop.begin();
  if (!begun) throw new Error('there is nothing to buy');
  calls.length = 0;
  const look = (id: string | undefined, query: Record<string, string> = {}) =>
    paymentStatus({ payments: shop.payments.repository, orders: shop.orders.repository }, { id, query });
  const refusal = async (id: string | undefined, query?: Record<string, string>) => {
    const problem = await look(id, query).catch((error: unknown) => error);
    if (!(problem instanceof Problem)) throw new Error('not refused');
    return problem.body();
  };
  return { shop, calls, look, refusal, ...begun };
}

describe('a payment is found', () => {
  it('by its id', async () => {
    const { look, paymentId } = await shopWithPayment();

    expect(await look(paymentId)).toMatchObject({ payment_id: paymentId, status: 'created' });
  });

  it('by its session', async () => {
    const { look, paymentId, sessionId } = await shopWithPayment();

    expect(await look(undefined, { checkout_session_id: sessionId })).toMatchObject({ payment_id: paymentId });
  });

  it('by the token that PayPal adds to its links', async () => {
    const { look, paymentId, orderId } = await shopWithPayment();

    expect(await look(undefined, { token: orderId })).toMatchObject({ payment_id: paymentId });
  });

  it('by its session, when there is a token as well: that needs no index', async () => {
    const { look, calls, paymentId, sessionId } = await shopWithPayment();

    const found = await look(undefined, { checkout_session_id: sessionId, token: 'ANOTHER' });

    expect(found).toMatchObject({ payment_id: paymentId });
    expect(calls).toEqual(['payments.get']);
  });
});

describe('an order', () => {
  it('is looked for only when money has come', async () => {
    const { look, calls, paymentId } = await shopWithPayment();

    expect((await look(paymentId)).order).toBeNull();
    expect(calls).toEqual(['payments.get']);
  });

  it('is shown with its payment', async () => {
    const { shop, look, paymentId, orderId } = await shopWithPayment();
    shop.paypal.approve(orderId);
    await shop.capture(paymentId, 'return');
    expect(await look(paymentId)).toMatchObject({ status: 'captured', order: null, settled: false });

    await shop.finish();

    expect(await look(paymentId)).toMatchObject({ order: { status: 'confirmed' }, settled: true });
  });
});

describe('nothing is found', () => {
  const NOBODY = '0'.repeat(26);

  it.each<[string, string | undefined, Record<string, string>?]>([
    ['by an id that no payment has', `pay_${NOBODY}`],
    ['by a session that there is not', undefined, { checkout_session_id: `cs_${NOBODY}` }],
    ['by a token that PayPal never gave', undefined, { token: 'ORDER999' }],
  ])('%s', async (_, id, query) => {
    const { refusal } = await shopWithPayment();

    expect(await refusal(id, query)).toMatchObject({ type: '/problems/unknown-payment', status: 404 });
  });

  it.each<[string, string | undefined, Record<string, string>?]>([
    ['an id of another form', 'pay_1'],
    ['an empty id', ''],
    ['a session’s id for a payment’s', `cs_${NOBODY}`],
    ['a session of another form', undefined, { checkout_session_id: 'cs_1' }],
    ['a token of another form', undefined, { token: 'a,b' }],
    ['a token longer than a key in DynamoDB may be', undefined, { token: 'A'.repeat(3000) }],
  ])('by %s, which is not even looked up', async (_, id, query) => {
    const { refusal, calls } = await shopWithPayment();

    expect(await refusal(id, query)).toMatchObject({ type: '/problems/unknown-payment', status: 404 });
    expect(calls).toEqual([]);
  });
});

describe('a query is refused', () => {
  it.each([
    ['that names an unknown field', { payment_id: 'pay_1' }, 'payment_id', 'unknown field'],
    ['that names an unknown field beside a known one', { token: 'T', PayerID: 'P' }, 'PayerID', 'unknown field'],
    ['that names nothing', {}, 'checkout_session_id', 'missing'],
    ['that names it by nothing', { checkout_session_id: '', token: '' }, 'checkout_session_id', 'missing'],
  ])('%s', async (_, query, field, detail) => {
    const { refusal, calls } = await shopWithPayment();

    expect(await refusal(undefined, query)).toMatchObject({
      type: '/problems/invalid-request',
      status: 400,
      errors: [{ field, detail }],
    });
    expect(calls).toEqual([]);
  });
});
