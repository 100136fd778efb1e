import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newPayment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { payPalClient } from '../../src/paypal/client.ts';
import { transport } from '../../src/paypal/transport.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { longestChain } from '../support/in-process/aws-calls.ts';
import { startFunctionsInProcess } from '../support/in-process/functions.ts';
import { dynamo } from '../support/stack/aws.ts';

type Functions = Awaited<ReturnType<typeof startFunctionsInProcess>>;
let functions: Functions;

beforeAll(async () => {
  functions = await startFunctionsInProcess();
  // The first delivery fetches the secret and the certificate; the function caches both.
  await send('CHECKOUT.ORDER.APPROVED', await approvalOf(await begun()));
});
afterAll(() => functions.stop());

const AMOUNT = { currency: 'EUR', minor: 1999 };

/** A payment with an order at PayPal. */
async function begun() {
  const session = sessionId(ulid());
  const payment_id = paymentIdOf(session);
  const payments = paymentRepository(dynamo, inject('aws').tables.payments);
  await payments.create(
    newPayment({ payment_id, checkout_session_id: session }, AMOUNT, new Date().toISOString()),
    new Date(),
  );
  const credentials = async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' });
  const paypal = payPalClient(transport({ baseUrl: functions.simulatorUrl, credentials }));
  const order = await paypal.createOrder(
    {
      payment_id,
      items: [{ name: 'Mug', sku: 'MUG', quantity: 1, unit_price: AMOUNT }],
      amount: AMOUNT,
      return_url: 'https://shop.example/success',
      cancel_url: 'https://shop.example/failure',
    },
    `order-${payment_id}`,
  );
  await payments.attachOrder(payment_id, order.id, order.approveUrl, new Date());
  return { payment_id, orderId: order.id };
}

const approvalOf = async ({ payment_id, orderId }: Awaited<ReturnType<typeof begun>>) => ({
  id: orderId,
  status: 'APPROVED',
  purchase_units: [{ custom_id: payment_id, amount: { currency_code: 'EUR', value: '19.99' } }],
});

/** PayPal captures the order, and delivers nothing. */
async function captured() {
  const payment = await begun();
  const { payment_id, orderId } = payment;
  await control('PUT', '/_sim/delivery', { drop: true });
  await control('POST', `/_sim/orders/${orderId}/approve`, { funding: 'instant' });
  const order = await control('POST', `/_sim/orders/${orderId}/capture`, {});
  await control('PUT', '/_sim/delivery', { drop: false });
  const [capture] = order.purchase_units[0].payments.captures;
  const related_ids = { order_id: orderId };
  return { ...capture, custom_id: payment_id, supplementary_data: { related_ids } };
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of the simulator.
async function control(method: string, path: string, body: object): Promise<any> {
  const response = await fetch(functions.simulatorUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** Delivers an event. @returns its deliveries and the AWS operations that they caused */
async function send(event_type: string, resource: object) {
  functions.aws.calls.length = 0;
  const { deliveries } = await control('POST', '/_sim/events', { event_type, signature: 'good', resource });
  const operations = functions.aws.calls.map(({ operation }) => operation.split('.').at(-1)).toSorted();
  return { deliveries, operations, longest: longestChain(functions.aws.calls) };
}

describe('the webhook', () => {
  it('processes an approval with six AWS calls, at most four of them sequential', async () => {
    const { deliveries, operations, longest } = await send('CHECKOUT.ORDER.APPROVED', await approvalOf(await begun()));

    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'accepted' } }]);
    expect(operations).toEqual(['PutItem', 'StartExecution', 'UpdateItem', 'UpdateItem', 'UpdateItem', 'UpdateItem']);
    expect(longest).toBeLessThanOrEqual(4);
  });

  it('reads a payment, asks PayPal and stores the buyer when only the event announces its capture', async () => {
    const { deliveries, operations } = await send('PAYMENT.CAPTURE.COMPLETED', await captured());

    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'accepted' } }]);
    expect(operations).toEqual([
      'GetItem',
      'PutItem',
      'PutItem',
      'StartExecution',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
    ]);
  });

  it('processes the event of a capture that is known with a read and without a write of the payment', async () => {
    const capture = await captured();
    await send('PAYMENT.CAPTURE.COMPLETED', capture);

    const { deliveries, operations } = await send('PAYMENT.CAPTURE.COMPLETED', capture);

    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'accepted' } }]);
    // The settlement is open: starting it again is idempotent.
    expect(operations).toEqual(['GetItem', 'PutItem', 'StartExecution', 'UpdateItem', 'UpdateItem', 'UpdateItem']);
  });
});
