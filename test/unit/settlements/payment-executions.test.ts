import { expect, it } from 'vitest';
import { paymentExecutions } from '../../../src/settlements/payment-executions.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { executionsInMemory } from '../../support/in-memory/settlements.ts';
import { openGate } from '../../support/in-memory/tables.ts';

/** A purchase that was approved and captured, and the executions of it that Step Functions knows. */
async function capturedPurchase() {
  const { shop, paymentId, approve, payment } = await onePurchase();
  approve();
  await shop.capture(paymentId, 'return');
  const executions = executionsInMemory(openGate);
  const shown = async () => {
    const known = payment();
    if (!known) throw new Error('there is no payment');
    return (await paymentExecutions(executions.workflow, known)).map(({ name, status }) => [name, status]);
  };
  return { paymentId, executions, shown };
}

it('a payment shows every try of its settlements, the ones that were done included', async () => {
  const { paymentId, executions, shown } = await capturedPurchase();
  executions.set(`${paymentId}-captured`, { status: 'FAILED' });
  executions.set(`${paymentId}-captured-r1`, { status: 'SUCCEEDED' });

  expect(await shown()).toEqual([
    [`${paymentId}-captured`, 'FAILED'],
    [`${paymentId}-captured-r1`, 'SUCCEEDED'],
  ]);
});

it('what Step Functions has forgotten is not shown', async () => {
  expect(await (await capturedPurchase()).shown()).toEqual([]);
});
