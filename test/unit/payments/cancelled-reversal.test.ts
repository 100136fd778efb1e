import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/payments/evidence.ts';
import { orderIdOf } from '../../../src/shared/ids.ts';
import { type OnePurchase, onePurchase } from '../../support/in-memory/one-purchase.ts';
import type { PayPalsEvent } from '../../support/in-memory/paypal.ts';
import type { ShopInMemory } from '../../support/in-memory/shop.ts';

const REVERSED_AT = '2026-06-10T12:00:00.000Z';
const BACK_AT = '2026-06-20T12:00:00.000Z';
const SHIPPED_AT = new Date('2026-06-02T12:00:00.000Z');

const passTimeUntil = (shop: ShopInMemory, time: string): void =>
  shop.paypal.advance(Math.max(0, Date.parse(time) - shop.paypal.now().getTime()));

/** A purchase that was paid, and whose money PayPal took back; PayPal shows the capture as completed again. */
async function reversedPurchase({ shipped = false, minor = 2000 } = {}) {
  const purchase = await onePurchase();
  const { shop, paymentId, orderId, approve, drain, payment } = purchase;
  approve();
  await drain();
  if (shipped) await shop.orders.repository.ship(orderIdOf(paymentId), SHIPPED_AT);
  const captureId = payment()?.capture_id ?? '';
  const total = { currency: 'EUR', minor };
  await shop.evidenceApplier.apply(paymentId, {
    kind: 'reversed',
    source: 'test',
    time: REVERSED_AT,
    captureId,
    total,
  });
  await shop.finish();
  const announced: Evidence = {
    kind: 'captured',
    source: 'webhook',
    time: BACK_AT,
    captureId,
    amount: { currency: 'EUR', minor: 2000 },
    paypalOrderId: orderId,
  };
  const announce = async (time = BACK_AT) => {
    passTimeUntil(shop, time);
    const result = await shop.evidenceApplier.apply(paymentId, { ...announced, time });
    await shop.finish();
    return result;
  };
  const resolve = async (sellerLost: boolean) => {
    const found = payment();
    if (!found) throw new Error('no payment');
    passTimeUntil(shop, BACK_AT);
    await shop.evidenceApplier.refreshCapture(found, 'dispute', { sellerLost });
    await shop.finish();
  };
  return { ...purchase, announce, resolve };
}

describe('a cancelled reversal', () => {
  it('confirms the order again and takes its stock when PayPal announces the capture again', async () => {
    const { announce, payment, order, session, stock, reservation } = await reversedPurchase();
    expect([payment()?.status, order()?.status, stock()?.available]).toEqual(['reversed', 'refunded', 10]);

    expect(await announce()).toMatchObject({ outcome: 'moved' });

    expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0, open: {} });
    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 0 });
    expect(session()).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
    expect([reservation()?.status, stock()]).toMatchObject(['committed', { available: 9, sold: 1 }]);
  });

  it('marks an order that was shipped as shipped again', async () => {
    const { announce, order, stock } = await reversedPurchase({ shipped: true });

    await announce();

    expect(order()).toMatchObject({ status: 'shipped', shipped_at: SHIPPED_AT.toISOString(), refunded_minor: 0 });
    expect(stock()).toMatchObject({ available: 9, sold: 1 });
  });

  it('refunds the payment when its stock is sold', async () => {
    const { announce, shop, payment, order, stock } = await reversedPurchase();
    const product = stock();
    if (!product) throw new Error('no product');
    shop.stock.products.set(product.sku, { ...product, available: 0, stocked: 0 });

    await announce();

    expect(payment()).toMatchObject({ status: 'refunded', refunded_minor: 2000, open: {} });
    expect(order()?.status).toBe('refunded');
  });

  it('ends a partial reversal', async () => {
    const { announce, payment, order, session } = await reversedPurchase({ minor: 500 });
    expect([payment()?.status, order()?.refunded_minor]).toEqual(['partially_refunded', 500]);

    await announce();

    expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0, open: {} });
    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 0 });
    expect(session()?.payment_status).toBe('captured');
  });

  it('can be followed by another reversal, and by the end of that one', async () => {
    const { announce, shop, paymentId, payment, order, stock } = await reversedPurchase();
    await announce();
    const reversal = { kind: 'reversed', source: 'test', time: '2026-06-30T12:00:00.000Z' } as const;
    const captureId = payment()?.capture_id ?? '';
    await shop.evidenceApplier.apply(paymentId, { ...reversal, captureId, total: { currency: 'EUR', minor: 2000 } });
    await shop.finish();
    expect([payment()?.status, order()?.status, stock()?.available]).toEqual(['reversed', 'refunded', 10]);

    await announce('2026-07-10T12:00:00.000Z');

    expect(payment()).toMatchObject({ status: 'captured', open: {} });
    expect([order()?.status, stock()?.available]).toEqual(['confirmed', 9]);
  });

  it.each([
    ['earlier', '2026-06-01T12:00:00.000Z'],
    ['of the same time', REVERSED_AT],
  ])('is not what an announcement of the capture means that is %s', async (_, time) => {
    const { announce, payment, order } = await reversedPurchase();

    expect(await announce(time)).toMatchObject({ outcome: 'unchanged' });

    expect([payment()?.status, order()?.status]).toEqual(['reversed', 'refunded']);
  });

  it('is a no-op when it is announced twice', async () => {
    const { announce, payment } = await reversedPurchase();
    await announce();
    const once = payment();

    expect(await announce()).toMatchObject({ outcome: 'unchanged' });

    expect(payment()).toEqual(once);
  });

  it.each([
    [false, 'captured', 'confirmed'],
    [true, 'reversed', 'refunded'],
  ])(
    'is what a completed capture means when a dispute ends, unless the seller lost it: %s',
    async (lost, status, ordered) => {
      const { resolve, payment, order } = await reversedPurchase();

      await resolve(lost);

      expect([payment()?.status, order()?.status]).toEqual([status, ordered]);
    },
  );

  it('keeps a refund that was made before', async () => {
    const purchase = await onePurchase();
    const { shop, paymentId, orderId, approve, drain, payment, order, session } = purchase;
    approve();
    await drain();
    shop.paypal.refund(orderId, 500);
    await drain();
    const captureId = payment()?.capture_id ?? '';
    const total = { currency: 'EUR', minor: 2000 };
    const reversal: Evidence = { kind: 'reversed', source: 'test', time: REVERSED_AT, captureId, total };
    await shop.evidenceApplier.apply(paymentId, reversal);
    await shop.finish();
    passTimeUntil(shop, BACK_AT);

    const reversed = payment();
    if (reversed) await shop.evidenceApplier.refreshCapture(reversed, 'dispute', { sellerLost: false });
    await shop.finish();

    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500, open: {} });
    expect(order()).toMatchObject({ status: 'confirmed', refunded_minor: 500 });
    expect(session()?.payment_status).toBe('partially_refunded');
  });

  it('is known when its reversal is announced later', async () => {
    const { shop, paymentId, approve, drain, payment } = await onePurchase();
    approve();
    await drain();
    const captureId = payment()?.capture_id ?? '';
    const total = { currency: 'EUR', minor: 2000 };
    passTimeUntil(shop, BACK_AT);
    const captured = payment();
    if (captured) await shop.evidenceApplier.refreshCapture(captured, 'dispute', { sellerLost: false });

    const late: Evidence = { kind: 'reversed', source: 'test', time: REVERSED_AT, captureId, total };
    expect(await shop.evidenceApplier.apply(paymentId, late)).toMatchObject({ outcome: 'unchanged' });

    expect(payment()).toMatchObject({ status: 'captured', refunded_minor: 0, open: {} });
  });

  const reverse: Act = ({ shop, orderId }) => shop.paypal.reverse(orderId, 1500);
  const refund: Act = ({ shop, orderId }) => shop.paypal.refund(orderId, 500);
  const cancelReversal: Act = ({ shop, orderId }) => shop.paypal.cancelReversal(orderId);

  it.each<[string, number, Act[]]>([
    ['of an unrefunded capture', 0, [reverse, cancelReversal]],
    ['of a capture that was refunded before', 500, [refund, reverse, cancelReversal]],
    ['of a capture that was refunded meanwhile', 500, [reverse, refund, cancelReversal]],
  ])('leaves what was refunded in any order of the events, %s', async (_, refunded_minor, acts) => {
    for (const order of permutationsOf([...acts.keys()])) {
      const purchase = await onePurchase();
      const { shop } = purchase;
      purchase.approve();
      await purchase.drain();
      const earlier = shop.paypal.events.length;
      for (const act of acts) act(purchase);

      for (const i of order) {
        const { event } = shop.paypal.events[earlier + i] as PayPalsEvent;
        await shop.deliver(event);
        await shop.finish();
      }

      const status = refunded_minor > 0 ? 'partially_refunded' : 'captured';
      expect(purchase.payment(), order.join()).toMatchObject({ status, refunded_minor, open: {} });
      expect(purchase.order(), order.join()).toMatchObject({ status: 'confirmed', refunded_minor });
      expect([purchase.reservation()?.status, purchase.session()?.payment_status]).toEqual(['committed', status]);
    }
  });
});

type Act = (purchase: OnePurchase) => void;

const permutationsOf = <Item>(items: readonly Item[]): Item[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => permutationsOf(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
