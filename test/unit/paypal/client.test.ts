import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PayPalRefused } from '../../../src/paypal/errors.ts';
import type { CreateOrder } from '../../../src/paypal/order-body.ts';
import type { Money } from '../../../src/shared/money.ts';
import {
  clientOf,
  problem,
  recorded,
  reply,
  type ScriptedPayPal,
  type Seen,
  scriptedPayPal,
  troubleOf,
} from './scripted-paypal.ts';

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => paypal.close());

const usd = (minor: number) => ({ currency: 'USD', minor });
const order: CreateOrder = {
  payment_id: 'pay_01JGFJJZ008XQ4WN0QZQW2J5T7',
  items: [{ name: 'Mug', sku: 'MUG-1', quantity: 2, unit_price: usd(1250) }],
  amount: usd(2500),
  return_url: 'https://shop.example/success',
  cancel_url: 'https://shop.example/failure',
};

/** The request without the headers that fetch adds by itself. */
function written({ method, path, headers, body }: Seen) {
  const byFetch =
    /^(host|connection|user-agent|accept-language|accept-encoding|sec-fetch-mode|content-length|transfer-encoding)$/;
  const ours = Object.entries(headers).filter(([name]) => !byFetch.test(name));
  return { method, path, headers: Object.fromEntries(ours), body: body && JSON.parse(body) };
}

const posted = (prefer: string, requestId: string) => ({
  accept: 'application/json',
  authorization: 'Bearer token-1',
  'content-type': 'application/json',
  prefer: `return=${prefer}`,
  'paypal-request-id': requestId,
});

describe('creating an order', () => {
  it('asks PayPal for a minimal answer, under the request id', async () => {
    paypal.answers(reply(201, recorded('sandbox2023__POST-orders.experience_context.minimal')));

    await clientOf(paypal.origin).client.createOrder(order, 'order-pay_1');

    expect(paypal.requests.map(written)).toEqual([
      {
        method: 'POST',
        path: '/v2/checkout/orders',
        headers: posted('minimal', 'order-pay_1'),
        body: {
          intent: 'CAPTURE',
          purchase_units: [
            {
              reference_id: 'default',
              custom_id: 'pay_01JGFJJZ008XQ4WN0QZQW2J5T7',
              amount: {
                currency_code: 'USD',
                value: '25.00',
                breakdown: { item_total: { currency_code: 'USD', value: '25.00' } },
              },
              items: [
                {
                  name: 'Mug',
                  sku: 'MUG-1',
                  quantity: '2',
                  unit_amount: { currency_code: 'USD', value: '12.50' },
                  category: 'PHYSICAL_GOODS',
                },
              ],
            },
          ],
          payment_source: {
            paypal: {
              experience_context: {
                return_url: 'https://shop.example/success',
                cancel_url: 'https://shop.example/failure',
                user_action: 'PAY_NOW',
                shipping_preference: 'GET_FROM_FILE',
              },
            },
          },
        },
      },
    ]);
  });

  it.each([201, 200])(
    'tells where to send the buyer when PayPal answers %i, for the first or a second time',
    async (status) => {
      paypal.answers(reply(status, recorded('sandbox2023__POST-orders.experience_context.minimal')));

      const created = await clientOf(paypal.origin).client.createOrder(order, 'order-pay_1');

      expect(created).toEqual({
        id: '1788572669270162R',
        status: 'PAYER_ACTION_REQUIRED',
        approveUrl: 'https://www.sandbox.paypal.com/checkoutnow?token=1788572669270162R',
      });
    },
  );

  it('does not trouble PayPal with sums that do not add up', async () => {
    const { client } = clientOf(paypal.origin);

    await troubleOf(client.createOrder({ ...order, amount: usd(2501) }, 'order-pay_1'), RangeError);

    expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
  });

  it.each([
    [422, 'UNPROCESSABLE_ENTITY', 'AMOUNT_MISMATCH'],
    [400, 'INVALID_REQUEST', 'PAYPAL_REQUEST_ID_REQUIRED'],
    [403, 'NOT_AUTHORIZED', 'PERMISSION_DENIED'],
  ])('fails for good when PayPal answers %i %s', async (status, name, issue) => {
    paypal.answers(reply(status, problem(name, issue), { 'paypal-debug-id': 'f00' }));

    const error = await troubleOf(clientOf(paypal.origin).client.createOrder(order, 'order-pay_1'), PayPalRefused);

    expect(error).toMatchObject({
      name: 'PayPalRefused',
      message: `PayPal refused createOrder: ${issue} (/amount/value), status ${status}`,
      operation: 'createOrder',
      status,
      error: name,
      issue,
      field: '/amount/value',
      debugId: 'f00',
    });
    expect(paypal.requests).toHaveLength(1);
  });
});

describe('capturing an order', () => {
  it('asks for the whole order, under the request id', async () => {
    paypal.answers(reply(201, recorded('sandbox2023__POST-orders-capture.minimal')));

    await clientOf(paypal.origin).client.captureOrder('1788572669270162R', 'capture-pay_1');

    expect(paypal.requests.map(written)).toEqual([
      {
        method: 'POST',
        path: '/v2/checkout/orders/1788572669270162R/capture',
        headers: posted('representation', 'capture-pay_1'),
        body: {},
      },
    ]);
  });

  it.each([201, 200])('answers with the order when PayPal says %i', async (status) => {
    paypal.answers(reply(status, recorded('sandbox2023__GET-order.COMPLETED.representation')));

    const answer = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(answer).toMatchObject({
      outcome: 'order',
      order: { id: '1DS82296EK2660116', captures: [{ amount: { currency: 'EUR', minor: 4100 } }] },
    });
  });

  it.each([
    'ORDER_NOT_APPROVED',
    'ORDER_ALREADY_CAPTURED',
    'INSTRUMENT_DECLINED',
    'PAYER_ACTION_REQUIRED',
    'SOMETHING_NEW',
  ])('is an answer, not an error, when PayPal refuses: %s', async (issue) => {
    paypal.answers(reply(422, problem('UNPROCESSABLE_ENTITY', issue)));

    const answer = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(answer).toEqual({ outcome: 'refused', issue });
  });

  it('names the error when PayPal gives no details', async () => {
    paypal.answers(reply(422, problem('UNPROCESSABLE_ENTITY')));

    const answer = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(answer).toEqual({ outcome: 'refused', issue: 'UNPROCESSABLE_ENTITY' });
  });

  it('finds the order gone when PayPal knows it no more', async () => {
    paypal.answers(reply(404, recorded('live2025__GET-order.404-expired')));

    const answer = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(answer).toEqual({ outcome: 'gone' });
  });

  it('fails for good when we are not allowed to', async () => {
    paypal.answers(reply(403, problem('NOT_AUTHORIZED', 'PERMISSION_DENIED')));

    const error = await troubleOf(
      clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1'),
      PayPalRefused,
    );

    expect(error).toMatchObject({ status: 403, issue: 'PERMISSION_DENIED', debugId: 'from-the-body' });
  });
});

describe('refunding a capture', () => {
  it.each<[string, Money | undefined, object]>([
    ['all that is left', undefined, {}],
    ['an amount', usd(150), { amount: { currency_code: 'USD', value: '1.50' } }],
    ['yen', { currency: 'JPY', minor: 150 }, { amount: { currency_code: 'JPY', value: '150' } }],
  ])('asks for %s, under the request id', async (_, amount, body) => {
    paypal.answers(reply(201, recorded('sandbox2021__POST-captures-refund.201')));

    await clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1', amount);

    expect(paypal.requests.map(written)).toEqual([
      {
        method: 'POST',
        path: '/v2/payments/captures/2DW1411898692761B/refund',
        headers: posted('representation', 'refund-1'),
        body,
      },
    ]);
  });

  it('answers with the refund', async () => {
    paypal.answers(reply(201, recorded('sandbox2021__POST-captures-refund.201')));

    const answer = await clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1');

    expect(answer).toMatchObject({ outcome: 'refunded', refund: { id: '52V51802J2543164M', status: 'COMPLETED' } });
  });

  it.each(['CAPTURE_FULLY_REFUNDED', 'REFUND_AMOUNT_EXCEEDED', 'TRANSACTION_DISPUTED'])(
    'is an answer, not an error, when PayPal refuses: %s',
    async (issue) => {
      paypal.answers(reply(422, problem('UNPROCESSABLE_ENTITY', issue)));

      const answer = await clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1');

      expect(answer).toEqual({ outcome: 'refused', issue });
    },
  );

  it('fails for good when there is no such capture', async () => {
    paypal.answers(reply(404, problem('RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')));

    const error = await troubleOf(
      clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1'),
      PayPalRefused,
    );

    expect(error).toMatchObject({ status: 404, issue: 'INVALID_RESOURCE_ID' });
  });
});

describe('looking something up', () => {
  const lookUps = [
    ['getOrder', '/v2/checkout/orders/ID-1', recorded('sandbox2023__GET-order.COMPLETED.representation')],
    [
      'getCapture',
      '/v2/payments/captures/ID-1',
      { id: 'C1', status: 'PENDING', amount: { currency_code: 'EUR', value: '1' } },
    ],
  ] as const;

  it.each(lookUps)('%s asks for %s', async (operation, path, body) => {
    paypal.answers(reply(200, body));

    const found = await clientOf(paypal.origin).client[operation]('ID-1');

    expect(found).toMatchObject({ id: body.id, status: body.status });
    expect(paypal.requests.map(written)).toEqual([
      { method: 'GET', path, headers: { accept: 'application/json', authorization: 'Bearer token-1' }, body: '' },
    ]);
  });

  it.each(lookUps)('%s finds nothing when PayPal knows nothing', async (operation) => {
    paypal.answers(reply(404, recorded('live2025__GET-order.404-expired')));

    const found = await clientOf(paypal.origin).client[operation]('ID-1');

    expect(found).toBeUndefined();
  });

  it('does not take any 404 for an order that is gone', async () => {
    paypal.answers(reply(404, problem('NOT_FOUND')));

    const error = await troubleOf(clientOf(paypal.origin).client.getOrder('ID-1'), PayPalRefused);

    expect(error).toMatchObject({ status: 404, issue: 'NOT_FOUND' });
  });
});

describe('an id from outside', () => {
  it.each(['../../v1/notifications', 'A/B', 'A?b=c', 'A#b', '..', 'A%2e', 'A b', '', 'Ä', 'A\n', 'A'.repeat(65)])(
    'is not sent when it is none: %j',
    async (id) => {
      const { client } = clientOf(paypal.origin);

      await troubleOf(client.getOrder(id), RangeError);
      await troubleOf(client.captureOrder(id, 'r'), RangeError);
      await troubleOf(client.getCapture(id), RangeError);
      await troubleOf(client.refundCapture(id, 'r'), RangeError);

      expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
    },
  );
});

describe('a request id', () => {
  it.each(['', 'a b', 'a\r\nx-y: z', 'ä', 'a'.repeat(109)])(
    'is not sent when PayPal does not take it: %j',
    async (id) => {
      const { client } = clientOf(paypal.origin);

      await troubleOf(client.captureOrder('ID-1', id), RangeError);

      expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
    },
  );
});
