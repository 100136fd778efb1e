import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PayPalRefused } from '../../../src/paypal/errors.ts';
import type { CreateOrder } from '../../../src/paypal/order-body.ts';
import type { Money } from '../../../src/shared/money.ts';
import {
  clientOf,
  problem,
  type ReceivedRequest,
  recorded,
  rejectionOf,
  reply,
  type ScriptedPayPal,
  scriptedPayPal,
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

/** The request without the headers that fetch adds. */
function written({ method, path, headers, body }: ReceivedRequest) {
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

describe('payPalClient.createOrder', () => {
  it('requests a minimal response, with the request id', async () => {
    paypal.replies(reply(201, recorded('sandbox2023__POST-orders.experience_context.minimal')));

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
    'returns the approval link when PayPal returns %i, to the first or a repeated request',
    async (status) => {
      paypal.replies(reply(status, recorded('sandbox2023__POST-orders.experience_context.minimal')));

      const created = await clientOf(paypal.origin).client.createOrder(order, 'order-pay_1');

      expect(created).toEqual({
        id: '1788572669270162R',
        status: 'PAYER_ACTION_REQUIRED',
        approveUrl: 'https://www.sandbox.paypal.com/checkoutnow?token=1788572669270162R',
      });
    },
  );

  it('sends nothing when the items do not add up', async () => {
    const { client } = clientOf(paypal.origin);

    await rejectionOf(client.createOrder({ ...order, amount: usd(2501) }, 'order-pay_1'), RangeError);

    expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
  });

  it.each([
    [422, 'UNPROCESSABLE_ENTITY', 'AMOUNT_MISMATCH'],
    [400, 'INVALID_REQUEST', 'PAYPAL_REQUEST_ID_REQUIRED'],
    [403, 'NOT_AUTHORIZED', 'PERMISSION_DENIED'],
  ])('throws PayPalRefused when PayPal returns %i %s', async (status, name, issue) => {
    paypal.replies(reply(status, problem(name, issue), { 'paypal-debug-id': 'f00' }));

    const error = await rejectionOf(clientOf(paypal.origin).client.createOrder(order, 'order-pay_1'), PayPalRefused);

    expect(error).toMatchObject({
      name: 'PayPalRefused',
      message: `PayPal rejected createOrder: ${issue} (/amount/value), status ${status}`,
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

describe('payPalClient.captureOrder', () => {
  it('requests the full order, with the request id', async () => {
    paypal.replies(reply(201, recorded('sandbox2023__POST-orders-capture.minimal')));

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

  it.each([201, 200])('returns the order when PayPal returns %i', async (status) => {
    paypal.replies(reply(status, recorded('sandbox2023__GET-order.COMPLETED.representation')));

    const result = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(result).toMatchObject({
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
  ])('returns the issue when PayPal rejects the capture with %s', async (issue) => {
    paypal.replies(reply(422, problem('UNPROCESSABLE_ENTITY', issue)));

    const result = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(result).toEqual({ outcome: 'rejected', issue });
  });

  it('returns the error name when PayPal gives no details', async () => {
    paypal.replies(reply(422, problem('UNPROCESSABLE_ENTITY')));

    const result = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(result).toEqual({ outcome: 'rejected', issue: 'UNPROCESSABLE_ENTITY' });
  });

  it('returns `gone` when PayPal does not find the order', async () => {
    paypal.replies(reply(404, recorded('live2025__GET-order.404-expired')));

    const result = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(result).toEqual({ outcome: 'gone' });
  });

  it.each([
    [400, 'INVALID_REQUEST', 'INVALID_PARAMETER_VALUE'],
    [403, 'NOT_AUTHORIZED', 'PERMISSION_DENIED'],
  ])('returns the issue when PayPal returns %i %s', async (status, name, issue) => {
    paypal.replies(reply(status, problem(name, issue)));

    const result = await clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1');

    expect(result).toEqual({ outcome: 'rejected', issue });
  });

  it('throws PayPalRefused when PayPal returns another 4xx', async () => {
    paypal.replies(reply(415, problem('UNSUPPORTED_MEDIA_TYPE')));

    const error = await rejectionOf(
      clientOf(paypal.origin).client.captureOrder('1DS82296EK2660116', 'capture-pay_1'),
      PayPalRefused,
    );

    expect(error).toMatchObject({ status: 415, issue: 'UNSUPPORTED_MEDIA_TYPE', debugId: 'from-the-body' });
  });
});

describe('payPalClient.refundCapture', () => {
  it.each<[string, Money | undefined, object]>([
    ['all that is left', undefined, {}],
    ['an amount', usd(150), { amount: { currency_code: 'USD', value: '1.50' } }],
    ['yen', { currency: 'JPY', minor: 150 }, { amount: { currency_code: 'JPY', value: '150' } }],
  ])('requests %s, with the request id', async (_, amount, body) => {
    paypal.replies(reply(201, recorded('sandbox2021__POST-captures-refund.201')));

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

  it('returns the refund', async () => {
    paypal.replies(reply(201, recorded('sandbox2021__POST-captures-refund.201')));

    const result = await clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1');

    expect(result).toMatchObject({ outcome: 'refunded', refund: { id: '52V51802J2543164M', status: 'COMPLETED' } });
  });

  it.each(['CAPTURE_FULLY_REFUNDED', 'REFUND_AMOUNT_EXCEEDED', 'TRANSACTION_DISPUTED'])(
    'returns the issue when PayPal rejects the refund with %s',
    async (issue) => {
      paypal.replies(reply(422, problem('UNPROCESSABLE_ENTITY', issue)));

      const result = await clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1');

      expect(result).toEqual({ outcome: 'rejected', issue });
    },
  );

  it('throws PayPalRefused when the capture is not found', async () => {
    paypal.replies(reply(404, problem('RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')));

    const error = await rejectionOf(
      clientOf(paypal.origin).client.refundCapture('2DW1411898692761B', 'refund-1'),
      PayPalRefused,
    );

    expect(error).toMatchObject({ status: 404, issue: 'INVALID_RESOURCE_ID' });
  });
});

describe('payPalClient.getOrder and getCapture', () => {
  const lookUps = [
    ['getOrder', '/v2/checkout/orders/ID-1', recorded('sandbox2023__GET-order.COMPLETED.representation')],
    [
      'getCapture',
      '/v2/payments/captures/ID-1',
      { id: 'C1', status: 'PENDING', amount: { currency_code: 'EUR', value: '1' } },
    ],
  ] as const;

  it.each(lookUps)('%s requests %s', async (operation, path, body) => {
    paypal.replies(reply(200, body));

    const found = await clientOf(paypal.origin).client[operation]('ID-1');

    expect(found).toMatchObject({ id: body.id, status: body.status });
    expect(paypal.requests.map(written)).toEqual([
      { method: 'GET', path, headers: { accept: 'application/json', authorization: 'Bearer token-1' }, body: '' },
    ]);
  });

  it.each(lookUps)('%s returns undefined when PayPal does not find it', async (operation) => {
    paypal.replies(reply(404, recorded('live2025__GET-order.404-expired')));

    const found = await clientOf(paypal.origin).client[operation]('ID-1');

    expect(found).toBeUndefined();
  });

  it('throws when a 404 has another error name', async () => {
    paypal.replies(reply(404, problem('NOT_FOUND')));

    const error = await rejectionOf(clientOf(paypal.origin).client.getOrder('ID-1'), PayPalRefused);

    expect(error).toMatchObject({ status: 404, issue: 'NOT_FOUND' });
  });
});

describe('an id in a path', () => {
  it.each(['../../v1/notifications', 'A/B', 'A?b=c', 'A#b', '..', 'A%2e', 'A b', '', 'Ä', 'A\n', 'A'.repeat(65)])(
    'is rejected when it is not a PayPal id: %j',
    async (id) => {
      const { client } = clientOf(paypal.origin);

      await rejectionOf(client.getOrder(id), RangeError);
      await rejectionOf(client.captureOrder(id, 'r'), RangeError);
      await rejectionOf(client.getCapture(id), RangeError);
      await rejectionOf(client.refundCapture(id, 'r'), RangeError);

      expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
    },
  );
});

describe('a request id', () => {
  it.each(['', 'a b', 'a\r\nx-y: z', 'ä', 'a'.repeat(109)])(
    'is rejected when PayPal would not accept it: %j',
    async (id) => {
      const { client } = clientOf(paypal.origin);

      await rejectionOf(client.captureOrder('ID-1', id), RangeError);

      expect([paypal.requests, paypal.tokenRequests]).toEqual([[], []]);
    },
  );
});
