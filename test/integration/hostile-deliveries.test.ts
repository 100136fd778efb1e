import { describe, expect, it } from 'vitest';
import { everythingIn, logsOf } from '../support/stack/aws.ts';
import { beginPurchase, paymentOf, payPal, shop, until } from '../support/stack/shop.ts';

const captureOf = ({ paymentId, paypalOrderId }: { paymentId: string; paypalOrderId: string }) => ({
  id: `FORGED${paymentId.slice(-8)}`,
  status: 'COMPLETED',
  amount: { currency_code: 'EUR', value: '19.99' },
  custom_id: paymentId,
  supplementary_data: { related_ids: { order_id: paypalOrderId } },
});

describe('the webhook', () => {
  it.each(['bad', 'wrong-cert', 'mock-id'])(
    'rejects a payment with the signature %s and stores nothing',
    async (signature) => {
      const purchase = await beginPurchase();
      const event_id = `WH-FORGED-${signature}-${purchase.paymentId.slice(4)}`;

      const { deliveries } = await payPal('POST', '/_sim/events', {
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        resource: captureOf(purchase),
        signature,
        event_id,
      });

      expect(deliveries).toMatchObject([{ http_status: 401, answer: { type: '/problems/bad-signature' } }]);
      expect((await everythingIn('webhook-events')).filter((event) => event.event_id === event_id)).toEqual([]);
      expect(await paymentOf(purchase)).toMatchObject({ status: 'created', order: null });
      const counted = await until(
        async () => (await logsOf('paypal-webhook')).filter(({ SignatureRefused }) => SignatureRefused === 1),
        (lines) => lines.length > 0,
      );
      expect(counted[0]).toMatchObject({ _aws: { CloudWatchMetrics: [{ Namespace: 'SettleOnce/local' }] } });
    },
  );

  it.each([
    ['a delivery without PayPal’s headers', {}, '{"id":"WH-1","event_type":"X","resource":{}}', 400],
    [
      'a body that is not JSON',
      {
        'paypal-transmission-id': 'a',
        'paypal-transmission-time': 'b',
        'paypal-transmission-sig': 'c',
        'paypal-cert-url': 'd',
        'paypal-auth-algo': 'e',
      },
      'not JSON',
      400,
    ],
    [
      'an event without id',
      {
        'paypal-transmission-id': 'a',
        'paypal-transmission-time': 'b',
        'paypal-transmission-sig': 'c',
        'paypal-cert-url': 'd',
        'paypal-auth-algo': 'e',
      },
      '{"event_type":"X","resource":{}}',
      400,
    ],
    ['a body of more than 256 KiB', {}, `{"id":"${'x'.repeat(256 * 1024)}"}`, 413],
  ])('rejects %s', async (_, headers, body, status) => {
    expect((await shop('POST', '/webhooks/paypal', body, headers)).status).toBe(status);
  });

  it.each([
    ['ignored', 'of an unhandled type', 'BILLING.PLAN.CREATED', { id: 'P-1' }],
    [
      'parked',
      'about an unknown order',
      'PAYMENT.CAPTURE.COMPLETED',
      captureOf({ paymentId: 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV', paypalOrderId: '5O190127TN364715T' }),
    ],
  ])('stores as %s an event %s', async (status, _, event_type, resource) => {
    const event_id = `WH-${status.toUpperCase()}-${Date.now()}`;

    const { deliveries } = await payPal('POST', '/_sim/events', { event_type, resource, signature: 'good', event_id });

    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status } }]);
    expect((await everythingIn('webhook-events')).find((event) => event.event_id === event_id)).toMatchObject({
      status,
    });
  });

  it('parks a genuine event whose payment belongs to another PayPal order', async () => {
    const purchase = await beginPurchase();
    const resource = captureOf({ paymentId: purchase.paymentId, paypalOrderId: '5O190127TN364715T' });

    const { deliveries } = await payPal('POST', '/_sim/events', {
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource,
      signature: 'good',
      event_id: `WH-OTHER-${purchase.paymentId.slice(4)}`,
    });

    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'parked' } }]);
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
  });
});
