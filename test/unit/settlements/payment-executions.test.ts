import { describe, expect, it } from 'vitest';
import { paymentExecutions } from '../../../src/settlements/payment-executions.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { executionsInMemory } from '../../support/in-memory/settlements.ts';
import { openGate } from '../../support/in-memory/tables.ts';

/** A captured purchase, and its executions in Step Functions. */
async function capturedPurchase() {
  const { shop, paymentId, approve, payment } = await onePurchase();
  approve();
  await shop.capture(paymentId, 'return');
  const executions = executionsInMemory(openGate);
  const listed = async () => {
    const known = payment();
    if (!known) throw new Error('expected a payment');
    return (await paymentExecutions(executions.workflow, known)).map(({ name, status }) => [name, status]);
  };
  return { paymentId, executions, listed };
}

describe('paymentExecutions', () => {
  it('returns every execution of every settlement, restarts included', async () => {
    const { paymentId, executions, listed } = await capturedPurchase();
    executions.set(`${paymentId}-captured`, { status: 'FAILED' });
    executions.set(`${paymentId}-captured-r1`, { status: 'SUCCEEDED' });

    expect(await listed()).toEqual([
      [`${paymentId}-captured`, 'FAILED'],
      [`${paymentId}-captured-r1`, 'SUCCEEDED'],
    ]);
  });

  it('skips executions that Step Functions has deleted', async () => {
    expect(await (await capturedPurchase()).listed()).toEqual([]);
  });
});
