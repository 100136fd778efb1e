import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/shared/http/problem.ts';
import { paymentStatus } from '../../../src/storefront-api/payment-status.ts';
import { shopInMemory } from '../../support/in-memory/shop.ts';

/** A shop with one payment, and its recorded calls. */
async function shopWithPayment() {
  const calls: string[] = [];
  const shop = shopInMemory({
    gate: async (call, effect) => {
      calls.push(call);
      return effect();
    },
  });
  const begun = await shop.begin();
  if (!begun) throw new Error('out of stock');
  calls.length = 0;
  const getStatus = (id: string | undefined, query: Record<string, string> = {}) =>
    paymentStatus({ payments: shop.payments.repository, orders: shop.orders.repository }, { id, query });
  const problemOf = async (id: string | undefined, query?: Record<string, string>) => {
    const problem = await getStatus(id, query).catch((error: unknown) => error);
    if (!(problem instanceof Problem)) throw new Error('not rejected');
    return problem.body();
  };
  return { shop, calls, getStatus, problemOf, ...begun };
}

describe('paymentStatus', () => {
  it('finds a payment by id', async () => {
    const { getStatus, paymentId } = await shopWithPayment();

    expect(await getStatus(paymentId)).toMatchObject({ payment_id: paymentId, status: 'created' });
  });

  it('finds a payment by session', async () => {
    const { getStatus, paymentId, sessionId } = await shopWithPayment();

    expect(await getStatus(undefined, { checkout_session_id: sessionId })).toMatchObject({ payment_id: paymentId });
  });

  it('finds a payment by PayPal’s token', async () => {
    const { getStatus, paymentId, orderId } = await shopWithPayment();

    expect(await getStatus(undefined, { token: orderId })).toMatchObject({ payment_id: paymentId });
  });

  it('prefers the session to the token, which needs an index', async () => {
    const { getStatus, calls, paymentId, sessionId } = await shopWithPayment();

    const found = await getStatus(undefined, { checkout_session_id: sessionId, token: 'ANOTHER' });

    expect(found).toMatchObject({ payment_id: paymentId });
    expect(calls).toEqual(['payments.get']);
  });
});

describe('paymentStatus with an order', () => {
  it('reads the order only after the capture', async () => {
    const { getStatus, calls, paymentId } = await shopWithPayment();

    expect((await getStatus(paymentId)).order).toBeNull();
    expect(calls).toEqual(['payments.get']);
  });

  it('returns the order with its payment', async () => {
    const { shop, getStatus, paymentId, orderId } = await shopWithPayment();
    shop.paypal.approve(orderId);
    await shop.capture(paymentId, 'return');
    expect(await getStatus(paymentId)).toMatchObject({ status: 'captured', order: null, settled: false });

    await shop.finish();

    expect(await getStatus(paymentId)).toMatchObject({ order: { status: 'confirmed' }, settled: true });
  });
});

describe('paymentStatus of an unknown payment', () => {
  const UNKNOWN = '0'.repeat(26);

  it.each<[string, string | undefined, Record<string, string>?]>([
    ['an unknown id', `pay_${UNKNOWN}`],
    ['an unknown session', undefined, { checkout_session_id: `cs_${UNKNOWN}` }],
    ['an unknown token', undefined, { token: 'ORDER999' }],
  ])('throws unknown-payment for %s', async (_, id, query) => {
    const { problemOf } = await shopWithPayment();

    expect(await problemOf(id, query)).toMatchObject({ type: '/problems/unknown-payment', status: 404 });
  });

  it.each<[string, string | undefined, Record<string, string>?]>([
    ['a malformed id', 'pay_1'],
    ['an empty id', ''],
    ['a session id as payment id', `cs_${UNKNOWN}`],
    ['a malformed session id', undefined, { checkout_session_id: 'cs_1' }],
    ['a malformed token', undefined, { token: 'a,b' }],
    ['a token longer than a DynamoDB key', undefined, { token: 'A'.repeat(3000) }],
  ])('throws unknown-payment without a read for %s', async (_, id, query) => {
    const { problemOf, calls } = await shopWithPayment();

    expect(await problemOf(id, query)).toMatchObject({ type: '/problems/unknown-payment', status: 404 });
    expect(calls).toEqual([]);
  });
});

describe('paymentStatus with an invalid query', () => {
  it.each([
    ['an unknown field', { payment_id: 'pay_1' }, 'payment_id', 'unknown field'],
    ['an unknown field beside a known one', { token: 'T', PayerID: 'P' }, 'PayerID', 'unknown field'],
    ['no field', {}, 'checkout_session_id', 'missing'],
    ['empty fields', { checkout_session_id: '', token: '' }, 'checkout_session_id', 'missing'],
  ])('throws invalid-request for %s', async (_, query, field, detail) => {
    const { problemOf, calls } = await shopWithPayment();

    expect(await problemOf(undefined, query)).toMatchObject({
      type: '/problems/invalid-request',
      status: 400,
      errors: [{ field, detail }],
    });
    expect(calls).toEqual([]);
  });
});
