import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { approve, beginPurchase, captureOf, completedPayment, type Purchase, payPal } from '../support/stack/shop.ts';

/*
 * Two recorded PayPal events of one purchase: APPROVED, whose snapshot already contains the capture, and
 * CAPTURE.COMPLETED. Only the ids of the order, the capture and the payment are replaced: the capture exists at PayPal,
 * which confirms it.
 */

const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/paypal/events/podkrepi__${name}.json`, import.meta.url), 'utf8');
const RECORDED_ORDER = '4TR02727EC3239828';
const RECORDED_CAPTURE = '0CR98899N3573252K';

async function deliver(name: string, { paypalOrderId, paymentId }: Purchase, captureId: string): Promise<string> {
  const ours = paymentId.slice(-12);
  const body = recorded(name)
    .replaceAll(RECORDED_ORDER, paypalOrderId)
    .replaceAll(RECORDED_CAPTURE, captureId)
    .replaceAll(/(?<="custom_id": ")[^"]*/g, paymentId)
    .replaceAll(/(?<="id": "WH-)[^"]*/g, `${name.length}-${ours}`);
  const { event_type, resource } = JSON.parse(body);
  const { deliveries } = await payPal('POST', '/_sim/events', { event_type, resource, body, signature: 'good' });
  return deliveries[0].answer.status;
}

describe('the webhook', () => {
  it.each([
    ['the approval comes first', ['CHECKOUT.ORDER.APPROVED', 'PAYMENT.CAPTURE.COMPLETED']],
    ['the capture comes first', ['PAYMENT.CAPTURE.COMPLETED', 'CHECKOUT.ORDER.APPROVED']],
  ])('creates one order from the recorded events when %s', async (_, names) => {
    const sku = await stockedProduct(3, 10_000, 'USD');
    const purchase = await beginPurchase({ sku });
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
    await payPal('PUT', '/_sim/delivery', { drop: false });
    const { id: captureId } = await captureOf(purchase);

    const responses = [];
    for (const name of names) responses.push(await deliver(name, purchase, captureId));

    expect(responses).toEqual(['accepted', 'accepted']);
    const { order } = await completedPayment(purchase, 'captured');
    const orders = (await everythingIn('orders')).filter(
      ({ part, payment_id }) => part === 'order' && payment_id === purchase.paymentId,
    );
    expect(orders.map(({ order_id }) => order_id)).toEqual([order.order_id]);
    expect(await stockOf(sku)).toEqual({ available: 2, reserved: 0, sold: 1 });
  });
});
