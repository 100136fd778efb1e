import { describe, expect, it } from 'vitest';
import { everythingIn } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { asOperator } from '../support/stack/operator.ts';
import {
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  payPal,
  purchaseUnderReview,
  sessionOf,
  until,
} from '../support/stack/shop.ts';

async function refundsOf(purchase: Purchase): Promise<unknown[]> {
  const [{ id }, { refunds }] = await Promise.all([captureOf(purchase), payPal('GET', '/_sim/state')]);
  return Object.values<{ capture_id: string }>(refunds).filter(({ capture_id }) => capture_id === id);
}

describe('the admin API', () => {
  it('refunds in full once when the operator repeats the request', async () => {
    const purchase = await paidPurchase();
    const refund = () => asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, { reason: 'returned' });

    const responses = [await refund(), await refund()];

    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect((await completedPayment(purchase, 'refunded')).order).toMatchObject({ status: 'refunded' });
    expect(await refundsOf(purchase)).toHaveLength(1);
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
    const audit = (await everythingIn('audit')).filter(({ target }) => target === purchase.paymentId);
    expect(audit[0]).toMatchObject({ kind: 'audit', who: 'operator', what: 'refund', why: 'returned' });
  });

  it('returns the first response when the idempotency key of a refund is repeated', async () => {
    const purchase = await paidPurchase();
    const key = { 'idempotency-key': crypto.randomUUID() };
    const refund = () => asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, { reason: 'returned' }, key);

    const first = await refund();
    await completedPayment(purchase, 'refunded');
    const repeated = await refund();

    expect([first.status, repeated.status]).toEqual([200, 200]);
    expect(repeated.body).toEqual(first.body);
    expect(await refundsOf(purchase)).toHaveLength(1);
  });

  it('treats the same amount and reason as one refund, and another reason as a second one', async () => {
    const purchase = await paidPurchase();
    const refund = (reason: string) =>
      asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, {
        amount: { currency_code: 'EUR', value: '5.00' },
        reason,
      });

    await refund('scratched');
    await refund('scratched');
    expect((await refund('late as well')).body).toMatchObject({
      status: 'partially_refunded',
      refunded: { value: '10.00' },
    });

    await completedPayment(purchase, 'partially_refunded');
    expect(await refundsOf(purchase)).toHaveLength(2);
  });

  it.each([
    ['another currency', { currency_code: 'USD', value: '5.00' }, 400],
    ['nothing', { currency_code: 'EUR', value: '0.00' }, 400],
    ['a fraction of a cent', { currency_code: 'EUR', value: '1.001' }, 400],
    ['more than was paid', { currency_code: 'EUR', value: '20.00' }, 409],
  ])('rejects a refund of %s', async (_, amount, status) => {
    const purchase = await paidPurchase();

    const response = await asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, {
      amount,
      reason: 'a try',
    });

    expect(response.status).toBe(status);
    expect(await refundsOf(purchase)).toEqual([]);
  });

  it('does not return stock when a shipped order is refunded', async () => {
    const purchase = await paidPurchase();

    const shipped = await asOperator(`/api/v1/admin/orders/${purchase.orderId}/ship`, { reason: 'parcel 1' });
    expect(shipped).toMatchObject({ status: 200, body: { status: 'shipped' } });
    await asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, { reason: 'goodwill' });

    await completedPayment(purchase, 'refunded');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('rejects shipping a refunded order', async () => {
    const purchase = await paidPurchase();
    await asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, { reason: 'returned' });
    await completedPayment(purchase, 'refunded');

    const shipped = await asOperator(`/api/v1/admin/orders/${purchase.orderId}/ship`, { reason: 'parcel 1' });

    expect(shipped).toMatchObject({ status: 409, body: { type: '/problems/not-shippable' } });
  });

  it('creates the order when an operator accepts a different amount', async () => {
    const purchase = await purchaseUnderReview('19.00');

    const accepted = await asOperator(`/api/v1/admin/payments/${purchase.paymentId}/accept`, {
      reason: 'agreed by phone',
    });

    expect(accepted).toMatchObject({ status: 200, body: { status: 'captured' } });
    expect((await completedPayment(purchase, 'captured')).order.amount).toEqual({
      currency_code: 'EUR',
      value: '19.00',
    });
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('returns the stock when an operator refunds a different amount', async () => {
    const purchase = await purchaseUnderReview('19.00');

    await asOperator(`/api/v1/admin/payments/${purchase.paymentId}/refund`, { reason: 'wrong amount' });

    expect(await completedPayment(purchase, 'refunded')).toMatchObject({ order: null });
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_failed', payment_status: 'refunded' });
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('shows a dispute to operators and changes nothing else', async () => {
    const purchase = await paidPurchase();
    const { id } = await captureOf(purchase);

    await payPal('POST', `/_sim/captures/${id}/dispute`, { status: 'OPEN' });

    const disputed = await until(
      async () => (await everythingIn('payments')).find(({ payment_id }) => payment_id === purchase.paymentId) ?? {},
      ({ disputes }) => Object.keys(disputes as object).length > 0,
    );
    expect(Object.values(disputed.disputes as object)).toMatchObject([{ status: 'OPEN' }]);
    expect(disputed.status).toBe('captured');
  });
});
