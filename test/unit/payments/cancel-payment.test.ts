import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { crashesWithin, survives } from '../../support/in-memory/crashing-process.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

describe('cancelPayment', () => {
  it('cancels the payment and releases its stock', async () => {
    const { shop, cancel, session, stock } = await onePurchase();

    expect(await cancel()).toMatchObject({ outcome: 'done', payment: { status: 'cancelled' } });
    await shop.finish();

    expect(session()).toMatchObject({ status: 'payment_failed', payment_status: 'cancelled' });
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('is idempotent', async () => {
    const { shop, cancel, payment, stock } = await onePurchase();

    await Promise.all([cancel(), cancel()]);
    await shop.finish();
    await cancel();
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
    expect(payment()?.history).toHaveLength(2);
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });

  it('rejects a token that is not the PayPal order id', async () => {
    const { cancel, payment } = await onePurchase();

    expect(await cancel('GUESSED')).toEqual({ outcome: 'wrong_token' });
    expect(payment()?.status).toBe('created');
  });

  it('returns unknown_payment when the payment does not exist', async () => {
    const { shop } = await onePurchase();

    expect(await shop.cancel('pay_01BX5ZZKBKACTAV9WEVGEMMVRZ', 'ORDER1')).toEqual({ outcome: 'unknown_payment' });
  });

  it('does not cancel a captured payment', async () => {
    const { approve, capture, cancel } = await onePurchase();
    approve();
    await capture();

    expect(await cancel()).toMatchObject({ outcome: 'paid', payment: { status: 'captured' } });
  });

  it('does not cancel when PayPal has captured and the webhook was lost', async () => {
    const { shop, orderId, approve, deliverPending, cancel } = await onePurchase();
    approve();
    await deliverPending();
    await shop.paypal.client.captureOrder(orderId, 'another-request');

    expect(await cancel()).toMatchObject({ outcome: 'paid', payment: { status: 'captured' } });
  });

  it('does not cancel when PayPal has captured and the shop has no evidence of it', async () => {
    const { shop, orderId, approve, cancel } = await onePurchase();
    approve();
    await shop.paypal.client.captureOrder(orderId, 'another-request');

    expect(await cancel()).toMatchObject({ outcome: 'paid', payment: { status: 'captured' } });
  });

  it('does not cancel when the buyer approved in another window and the webhook was lost', async () => {
    const { approve, cancel } = await onePurchase();
    approve();

    expect(await cancel()).toMatchObject({ outcome: 'done', payment: { status: 'approved' } });
  });

  it('throws when PayPal does not find an order that may exist', async () => {
    const { shop, orderId, cancel, payment } = await onePurchase();
    shop.paypal.expire(orderId);

    await expect(cancel()).rejects.toThrow(PayPalUnavailable);

    expect(payment()?.status).toBe('created');
  });

  it('does not call PayPal for a captured payment', async () => {
    const { approve, capture, cancel, process } = await onePurchase();
    approve();
    await capture();
    process.calls.length = 0;

    await cancel();

    expect(process.calls.filter((call) => call.startsWith('paypal.'))).toEqual([]);
  });

  it('does not cancel when the buyer approved in another window', async () => {
    const { approve, deliverPending, cancel } = await onePurchase();
    approve();
    await deliverPending();

    expect(await cancel()).toMatchObject({ outcome: 'done', payment: { status: 'approved' } });
  });

  it('leads to an order when the buyer approves after cancelling', async () => {
    const { approve, cancel, drain, payment, session, stock } = await onePurchase();
    await cancel();
    await drain();
    approve();
    await drain();

    expect(payment()).toMatchObject({ status: 'captured', late: true, open: {} });
    expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
    expect(stock()).toMatchObject({ available: 9, reserved: 0, sold: 1 });
  });

  describe('retry', () => {
    it.each(crashesWithin(3))('finishes the cancellation after a crash at call $at, $when it', async (crash) => {
      const { shop, process, cancel, payment, stock } = await onePurchase();
      process.crashOn(crash);
      const survived = await survives(cancel);
      process.crashOn(undefined);

      await cancel();
      await shop.finish();

      expect(survived).toBe(false);
      expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
      expect(stock()).toMatchObject({ available: 10, reserved: 0 });
    });
  });
});
