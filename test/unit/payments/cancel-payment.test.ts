import { describe, expect, it } from 'vitest';
import { crashesWithin, survives } from '../../support/in-memory/crashing-process.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

it('a buyer who comes back by the cancel link gives the stock back', async () => {
  const { shop, cancel, session, stock } = await onePurchase();

  expect(await cancel()).toMatchObject({ outcome: 'done', payment: { status: 'cancelled' } });
  await shop.finish();

  expect(session()).toMatchObject({ status: 'payment_failed', payment_status: 'cancelled' });
  expect(stock()).toMatchObject({ available: 10, reserved: 0 });
});

it('cancelling twice is cancelling once', async () => {
  const { shop, cancel, payment, stock } = await onePurchase();

  await Promise.all([cancel(), cancel()]);
  await shop.finish();
  await cancel();
  await shop.finish();

  expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
  expect(payment()?.history).toHaveLength(2);
  expect(stock()).toMatchObject({ available: 10, reserved: 0 });
});

it('nobody cancels without the token that PayPal gave the buyer', async () => {
  const { cancel, payment } = await onePurchase();

  expect(await cancel('GUESSED')).toEqual({ outcome: 'wrong_token' });
  expect(payment()?.status).toBe('created');
});

it('a payment that does not exist cannot be cancelled', async () => {
  const { shop } = await onePurchase();

  expect(await shop.cancel('pay_01BX5ZZKBKACTAV9WEVGEMMVRZ', 'ORDER1')).toEqual({ outcome: 'unknown_payment' });
});

it('what has been paid is not cancelled', async () => {
  const { approve, capture, cancel } = await onePurchase();
  approve();
  await capture();

  expect(await cancel()).toMatchObject({ outcome: 'paid', payment: { status: 'captured' } });
});

it('what has been paid is not cancelled, though the shop learns it only now', async () => {
  const { shop, orderId, approve, hear, cancel } = await onePurchase();
  approve();
  await hear();
  await shop.paypal.client.captureOrder(orderId, 'somebody else');

  expect(await cancel()).toMatchObject({ outcome: 'paid', payment: { status: 'captured' } });
});

it('a buyer who approved in another window has approved', async () => {
  const { approve, hear, cancel } = await onePurchase();
  approve();
  await hear();

  expect(await cancel()).toMatchObject({ outcome: 'done', payment: { status: 'approved' } });
});

it('a buyer who cancels, goes back to PayPal and approves, gets the goods', async () => {
  const { approve, cancel, rest, payment, session, stock } = await onePurchase();
  await cancel();
  await rest();
  approve();
  await rest();

  expect(payment()).toMatchObject({ status: 'captured', late: true, open: {} });
  expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
  expect(stock()).toMatchObject({ available: 9, reserved: 0, sold: 1 });
});

describe('wherever a process dies, cancelling again does what is left', () => {
  it.each(crashesWithin(3))('at call $at, $when it', async (death) => {
    const { shop, process, cancel, payment, stock } = await onePurchase();
    process.doom(death);
    const survived = await survives(cancel);
    process.doom(undefined);

    await cancel();
    await shop.finish();

    expect(survived).toBe(false);
    expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
    expect(stock()).toMatchObject({ available: 10, reserved: 0 });
  });
});
