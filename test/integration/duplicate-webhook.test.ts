import { describe, expect, it } from 'vitest';
import { everythingIn } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  payPal,
} from '../support/stack/shop.ts';

/** A purchase's capture at PayPal as the resource of an event. */
const captureResource = async (purchase: Purchase) => ({
  id: (await captureOf(purchase)).id,
  status: 'COMPLETED',
  amount: { currency_code: 'EUR', value: '19.99' },
  custom_id: purchase.paymentId,
  supplementary_data: { related_ids: { order_id: purchase.paypalOrderId } },
});

async function expectBoughtOnce(purchase: Purchase): Promise<void> {
  const payment = await completedPayment(purchase, 'captured');
  const orders = (await everythingIn('orders')).filter(
    ({ part, payment_id }) => part === 'order' && payment_id === purchase.paymentId,
  );
  expect(orders.map(({ order_id }) => order_id)).toEqual([payment.order.order_id]);
  expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  const [{ history }] = (await everythingIn('payments')).filter(
    ({ payment_id }) => payment_id === purchase.paymentId,
  ) as [{ history: { status: string }[] }];
  expect(history.filter(({ status }) => status === 'captured')).toHaveLength(1);
}

const send = (event_id: string, resource: object) =>
  payPal('POST', '/_sim/events', { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource, signature: 'good', event_id });

describe('the webhook', () => {
  it('processes an event once when it is delivered 20 times in sequence', async () => {
    const purchase = await paidPurchase();
    const resource = await captureResource(purchase);
    const id = `WH-SEQUENCE-${purchase.paymentId.slice(4)}`;

    const statuses: string[] = [];
    for (let i = 0; i < 20; i++) statuses.push((await send(id, resource)).deliveries[0].answer.status);

    expect(statuses).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'duplicate')]);
    await expectBoughtOnce(purchase);
  });

  it('processes an event once when it is delivered 20 times concurrently', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    // The only evidence of the capture is the event that is delivered 20 times.
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
    const resource = await captureResource(purchase);

    const responses = await Promise.all(
      Array.from({ length: 20 }, () => send(`WH-ATONCE-${purchase.paymentId.slice(4)}`, resource)),
    );

    const delivered = responses.map(({ deliveries: [first] }) => first);
    expect(delivered.filter(({ answer }) => answer?.status === 'accepted')).toHaveLength(1);
    // Deliveries during the first one's processing get a 503, or none within PayPal's time on a busy machine.
    for (const { http_status } of delivered) expect([200, 503, null]).toContain(http_status);
    await expectBoughtOnce(purchase);
  });

  it('is idempotent for a second event about the same capture', async () => {
    const purchase = await paidPurchase();

    const second = await send(`WH-SECOND-${purchase.paymentId.slice(4)}`, await captureResource(purchase));

    expect(second.deliveries).toMatchObject([{ http_status: 200, answer: { status: 'accepted' } }]);
    await expectBoughtOnce(purchase);
  });
});
