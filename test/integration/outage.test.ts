import { describe, expect, inject, it } from 'vitest';
import { callFunction } from '../support/stack/aws.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { asOperator, loggedEntries } from '../support/stack/operator.ts';
import { failuresOf } from '../support/stack/settlements.ts';
import { completedPayment, paymentOf, payPal, until } from '../support/stack/shop.ts';

/** Restarts AWS with its stored data. Running Step Functions executions fail without an event. */
async function outage(): Promise<void> {
  const response = await fetch(inject('outage_url'), { method: 'POST' });
  if (!response.ok) throw new Error(`restart failed: ${response.status}`);
}

describe('a settlement', () => {
  it('creates one order by one retry when AWS restarts between capture and order', async () => {
    // PayPal delays the step that creates the order.
    const purchase = await purchaseWhoseOrderFails(1000, { latency_ms: 60_000 });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'captured', settled: false, order: null });

    await outage();
    await payPal('PUT', '/_sim/faults', { faults: [] });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'captured', settled: false, order: null });
    await callFunction('reconciliation', { job: 'payments', due_before: new Date(Date.now() + 60_000).toISOString() });
    expect(await failuresOf(purchase)).toMatchObject([{ settlement: 'captured' }]);

    await asOperator(`/api/v1/admin/settlements/${purchase.paymentId}/retry`, { reason: 'AWS is back' });

    // The stream of the audit log goes on, too.
    await loggedEntries(purchase.paymentId);
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await until(
      () => failuresOf(purchase),
      (failures) => failures.length === 0,
    );
  });
});
