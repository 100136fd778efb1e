import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { stepFunctions } from './aws.ts';
import { approve, beginPurchase, type Purchase, payPal, until } from './shop.ts';

const { state_machine_arn } = inject('stack');

/**
 * A purchase whose capture the shop hears of by one event alone, which does not say who bought: so the order's step must ask PayPal,
 * and PayPal fails so many times, by `trouble`.
 */
export async function purchaseWhoseOrderFails(times: number, trouble: object = { status: 503 }): Promise<Purchase> {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, times, ...trouble }],
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

/** A purchase whose settlement is stopped in the console while the order's step waits for PayPal, which then fails. */
export async function purchaseWhoseSettlementIsStopped(): Promise<Purchase> {
  // PayPal's client waits for 8 s at most. Without a pause, the retries might be over before the settlement is stopped.
  const purchase = await purchaseWhoseOrderFails(1000, { status: 503, latency_ms: 3000 });
  const executionArn = `${state_machine_arn.replace(':stateMachine:', ':execution:')}:${purchase.paymentId}-captured`;
  await until(
    () => stepFunctions.send(new StopExecutionCommand({ executionArn })).catch(() => undefined),
    (stopped) => stopped !== undefined,
  );
  return purchase;
}
