import { describe, expect, it } from 'vitest';
import { approve, beginPurchase, completedPayment, paymentOf, payPal, shop } from '../support/stack/shop.ts';

describe('the shop', () => {
  it('reports a payment as pending while the webhook is late, and as captured when it arrives', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { hold: true });
    // PayPal does not respond to the return page's own capture call.
    await payPal('PUT', '/_sim/faults', {
      faults: [
        { method: 'POST', path: `/v2/checkout/orders/${purchase.paypalOrderId}/capture`, status: 503, times: 3 },
      ],
    });
    await approve(purchase.paypalOrderId);

    const capture = await shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`);
    expect(capture).toMatchObject({ status: 502, body: { type: '/problems/paypal-unavailable' } });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created', order: null, settled: false });

    await payPal('PUT', '/_sim/faults', { faults: [] });
    await payPal('PUT', '/_sim/delivery', { hold: false });
    await payPal('POST', '/_sim/delivery/flush');
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('creates the order when the buyer never returns', async () => {
    const purchase = await beginPurchase();

    await approve(purchase.paypalOrderId);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });
});
