import { describe, expect, it } from 'vitest';
import { crashesWithin, survives } from '../../support/in-memory/crashing-process.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

it('a buyer who comes back from PayPal has paid', async () => {
  const { approve, capture, rest, payment, session, order, stock } = await onePurchase();
  approve();

  expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
  await rest();

  expect(payment()).toMatchObject({ status: 'captured', capture_id: 'CAPTURE3', open: {}, late: false });
  expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
  expect(order()).toMatchObject({ status: 'confirmed', amount: { currency: 'EUR', minor: 2000 }, refunded_minor: 0 });
  expect(stock()).toMatchObject({ available: 9, reserved: 0, sold: 1 });
});

it('a buyer who approves and closes the window has paid, too', async () => {
  const { approve, rest, payment, order } = await onePurchase();
  approve();

  expect(await rest()).toEqual([]);

  expect(payment()).toMatchObject({ status: 'captured', open: {} });
  expect(order()?.status).toBe('confirmed');
});

it('return page, workflow and webhooks at the same time take the money once', async () => {
  const { shop, approve, hear, capture, rest, atPayPal, payment } = await onePurchase();
  approve();
  await hear();

  await Promise.all([capture(), shop.finish(), capture(), hear()]);
  await rest();

  expect(payment()?.history.map(({ status }) => status)).toEqual(['created', 'approved', 'captured']);
  expect(atPayPal()?.capture).toMatchObject({ status: 'COMPLETED', refunds: [] });
  expect(shop.paypal.events.filter(({ event }) => event.event_type === 'PAYMENT.CAPTURE.COMPLETED')).toHaveLength(1);
});

it('a buyer who has not approved has nothing to capture', async () => {
  const { capture, payment } = await onePurchase();

  expect(await capture()).toMatchObject({ outcome: 'not_approved' });
  expect(payment()?.status).toBe('created');
});

it('a payment that does not exist has nothing to capture', async () => {
  const { shop } = await onePurchase();

  expect(await shop.capture('pay_01BX5ZZKBKACTAV9WEVGEMMVRZ', 'return')).toEqual({ outcome: 'unknown_payment' });
});

it('a payment that PayPal has no order for yet has nothing to capture', async () => {
  const { shop, paymentId, payment, capture, process } = await onePurchase();
  const { paypal_order_id: _, ...orderless } = payment() as NonNullable<ReturnType<typeof payment>>;
  shop.payments.rows.set(paymentId, orderless);
  process.calls.length = 0;

  expect(await capture()).toMatchObject({ outcome: 'not_approved' });
  expect(process.calls).toEqual(['payments.get']);
});

it('PayPal is not asked to capture what has been paid', async () => {
  const { approve, capture, process } = await onePurchase();
  approve();
  await capture();
  process.calls.length = 0;

  expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
  expect(process.calls).toEqual(['payments.get']);
});

it('what PayPal has captured already is read from its order', async () => {
  const { shop, orderId, approve, capture } = await onePurchase();
  approve();
  await shop.paypal.client.captureOrder(orderId, 'somebody else');

  expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'captured' } });
});

it('an order that PayPal knows no more has expired', async () => {
  const { shop, orderId, capture, rest, session, stock } = await onePurchase();
  shop.paypal.expire(orderId);

  expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'expired' } });
  await rest();

  expect(session()).toMatchObject({ status: 'expired', payment_status: 'expired' });
  expect(stock()).toMatchObject({ available: 10, reserved: 0 });
});

it('a bank that takes its time ships nothing, and the stock is kept', async () => {
  const { approve, rest, payment, order, reservation } = await onePurchase();
  approve('pending');

  await rest();

  expect(payment()).toMatchObject({ status: 'capture_pending', open: {} });
  expect([order(), reservation()?.status]).toEqual([undefined, 'held']);
});

describe('a bank that takes longer than PayPal knows the order', () => {
  async function forgottenOrder() {
    const purchase = await onePurchase();
    purchase.approve('pending');
    await purchase.rest();
    purchase.shop.paypal.forget(purchase.orderId);
    return purchase;
  }

  it.each(['capture', 'cancel'] as const)(
    'still has the purchase, when the buyer comes once more to %s',
    async (by) => {
      const purchase = await forgottenOrder();

      await purchase[by]();
      await purchase.rest();

      expect(purchase.payment()).toMatchObject({ status: 'capture_pending', late: false });
      expect(purchase.reservation()?.status).toBe('held');
    },
  );

  it('has refused, which ends the purchase, though only the capture tells', async () => {
    const purchase = await forgottenOrder();
    purchase.shop.paypal.endPending(purchase.orderId, 'DECLINED');

    expect(await purchase.capture()).toMatchObject({ outcome: 'done', payment: { status: 'failed' } });
  });
});

describe.each(['refused', 'unready'] as const)('a buyer whose way to pay is %s', (funding) => {
  it('is told so, and may choose another one, even if the shop only hears of it from PayPal', async () => {
    const { approve, capture, rest, payment, atPayPal } = await onePurchase();
    approve(funding);
    await rest();

    expect((await capture()).outcome).toBe(funding === 'refused' ? 'declined' : 'not_approved');
    approve();
    await rest();

    expect(payment()).toMatchObject({ status: 'captured', late: false, open: {} });
    expect(atPayPal()?.capture?.status).toBe('COMPLETED');
  });

  it('keeps the stock meanwhile', async () => {
    const { approve, rest, payment, reservation, session } = await onePurchase();
    approve(funding);

    await rest();

    expect(payment()).toMatchObject({ status: 'created', open: {} });
    expect(reservation()?.status).toBe('held');
    expect(session()?.status).toBe('payment_pending');
  });
});

describe('a purchase that was given up', () => {
  it('is not captured by the return page before its stock is held again', async () => {
    const { cancel, rest, approve, capture, hear, reservation, atPayPal, payment } = await onePurchase();
    await cancel();
    await rest();
    approve();

    await capture();
    await hear();
    // The buyer's page is loaded again before the workflow has begun.
    expect(await capture()).toMatchObject({ outcome: 'done', payment: { status: 'approved' } });
    expect([atPayPal()?.capture, reservation()?.status]).toEqual([undefined, 'released']);

    await rest();
    expect([payment()?.status, reservation()?.status]).toEqual(['captured', 'committed']);
  });

  it('charges nobody when others have bought the stock', async () => {
    const { shop, cancel, rest, approve, capture, payment, session, atPayPal } = await onePurchase({ pieces: 1 });
    await cancel();
    await rest();
    await shop.begin();
    approve();

    await capture();
    await rest();
    await capture();

    expect(payment()).toMatchObject({ status: 'cancelled', open: {} });
    expect(session()).toMatchObject({ status: 'payment_failed', payment_status: 'cancelled' });
    expect(atPayPal()?.capture).toBeUndefined();
  });
});

describe('wherever a process dies over it, the money is taken once and leads to one order', () => {
  it.each(crashesWithin(4))('the return page, at call $at, $when it', async (death) => {
    const { process, approve, capture, rest, payment, order, atPayPal } = await onePurchase();
    approve();
    process.doom(death);
    const survived = await survives(capture);
    process.doom(undefined);

    await capture();
    await rest();

    expect(survived).toBe(false);
    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect([order()?.status, atPayPal()?.capture?.refunds]).toEqual(['confirmed', []]);
  });

  it.each(crashesWithin(4))('the workflow, at call $at, $when it', async (death) => {
    const { shop, process, approve, hear, rest, payment, order } = await onePurchase();
    approve();
    await hear();
    const [execution] = shop.executions.values();
    process.doom(death);
    const survived = await survives(async () => execution && shop.work(execution));
    process.doom(undefined);

    await rest();

    expect(survived).toBe(false);
    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect(order()?.status).toBe('confirmed');
  });
});
