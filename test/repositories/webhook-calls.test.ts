import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { newPayment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { longestChain } from '../support/in-process/aws-calls.ts';
import { startFunctionsInProcess } from '../support/in-process/functions.ts';
import { dynamo } from '../support/stack/aws.ts';

describe('the webhook', () => {
  it('processes a capture webhook with six AWS calls, at most four of them sequential', async () => {
    const functions = await startFunctionsInProcess();
    const payments = paymentRepository(dynamo, inject('aws').tables.payments);
    const sendCapture = async () => {
      const session = sessionId(ulid());
      const payment_id = paymentIdOf(session);
      await payments.create(
        newPayment(
          { payment_id, checkout_session_id: session },
          { currency: 'EUR', minor: 1999 },
          new Date().toISOString(),
        ),
        new Date(),
      );
      await payments.attachOrder(payment_id, `ORDER${session.slice(-10)}`, 'https://paypal.example', new Date());
      functions.aws.calls.length = 0;
      const sent = await fetch(`${functions.simulatorUrl}/_sim/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          event_type: 'PAYMENT.CAPTURE.COMPLETED',
          signature: 'good',
          resource: {
            id: `CAP${session.slice(-10)}`,
            status: 'COMPLETED',
            amount: { currency_code: 'EUR', value: '19.99' },
            custom_id: payment_id,
            supplementary_data: { related_ids: { order_id: `ORDER${session.slice(-10)}` } },
          },
        }),
      });
      return ((await sent.json()) as { deliveries: { http_status: number }[] }).deliveries;
    };
    try {
      // The first delivery fetches the secret and the certificate; the function caches both.
      await sendCapture();

      const deliveries = await sendCapture();

      expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'accepted' } }]);
      expect(functions.aws.calls.map(({ operation }) => operation.split('.').at(-1)).toSorted()).toEqual([
        'PutItem',
        'StartExecution',
        'UpdateItem',
        'UpdateItem',
        'UpdateItem',
        'UpdateItem',
      ]);
      expect(longestChain(functions.aws.calls)).toBeLessThanOrEqual(4);
    } finally {
      await functions.stop();
    }
  });
});
