import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { stepFunctions } from './aws.ts';
import { approve, beginPurchase, captureOf, type Purchase, paymentOf, payPal, until } from './shop.ts';

const { state_machine_arn } = inject('stack');

/**
 * A purchase whose only evidence of the capture is one event. PayPal confirms the capture without naming the buyer: the
 * order step fetches the buyer from PayPal, which fails `times` times with `fault`.
 */
export async function purchaseWhoseOrderFails(times: number, fault: object = { status: 503 }): Promise<Purchase> {
  const purchase = await beginPurchase();
  const { paypalOrderId } = purchase;
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(paypalOrderId);
  await payPal('POST', `/_sim/orders/${paypalOrderId}/capture`);
  const url = `/v2/checkout/orders/${paypalOrderId}`;
  const without = (path: string) => ({ match: 'answers', url, path, as: 'omit' });
  await payPal('PUT', '/_sim/shapes', {
    rules: ['payer', 'payment_source', 'purchase_units.*.shipping'].map(without),
  });
  // The first request, which confirms the capture, succeeds.
  await payPal('PUT', '/_sim/faults', {
    faults: [
      { method: 'GET', path: url, times: 1, latency_ms: 1 },
      { method: 'GET', path: url, times, ...fault },
    ],
  });
  await payPal('POST', '/_sim/events', {
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: {
      id: (await captureOf(purchase)).id,
      status: 'COMPLETED',
      amount: { currency_code: 'EUR', value: '19.99' },
      custom_id: purchase.paymentId,
      supplementary_data: { related_ids: { order_id: paypalOrderId } },
    },
    signature: 'good',
  });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'captured',
  );
  await payPal('PUT', '/_sim/shapes', { rules: [] });
  return purchase;
}

/** A purchase whose settlement is stopped in the console while its order step waits for PayPal, which then fails. */
export async function purchaseWhoseSettlementIsStopped(): Promise<Purchase> {
  // Slow failures, or the retries might end before the settlement is stopped. The PayPal client waits up to 8 s.
  const purchase = await purchaseWhoseOrderFails(1000, { status: 503, latency_ms: 3000 });
  const executionArn = `${state_machine_arn.replace(':stateMachine:', ':execution:')}:${purchase.paymentId}-captured`;
  await until(
    () => stepFunctions.send(new StopExecutionCommand({ executionArn })).catch(() => undefined),
    (stopped) => stopped !== undefined,
  );
  return purchase;
}
