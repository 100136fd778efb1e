import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { stepFunctions } from './aws.ts';
import { approve, beginPurchase, type Purchase, payPal, until } from './shop.ts';

const { state_machine_arn } = inject('stack');

/**
 * A purchase whose only evidence of the capture is one event without the buyer: the order step fetches it from PayPal,
 * which fails `times` times with `fault`.
 */
export async function purchaseWhoseOrderFails(times: number, fault: object = { status: 503 }): Promise<Purchase> {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, times, ...fault }],
  });
  await payPal('POST', '/_sim/events', {
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: {
      id: `CAP${purchase.paymentId.slice(-12)}`,
      status: 'COMPLETED',
      amount: { currency_code: 'EUR', value: '19.99' },
      custom_id: purchase.paymentId,
      supplementary_data: { related_ids: { order_id: purchase.paypalOrderId } },
    },
    signature: 'good',
  });
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
