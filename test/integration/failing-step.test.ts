import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, inject, it } from 'vitest';
import { logsOf, stepFunctions } from '../support/stack/aws.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { deadLettersOf, noFailuresOf, retry } from '../support/stack/settlements.ts';
import { completedPayment, type Purchase, paymentOf, payPal, sessionOf, until } from '../support/stack/shop.ts';

const { state_machine_arn } = inject('stack');
const executionOf = ({ paymentId }: Purchase) =>
  `${state_machine_arn.replace(':stateMachine:', ':execution:')}:${paymentId}-captured`;

describe('the workflow', () => {
  it('creates one order when its step fails twice and then succeeds', async () => {
    // The PayPal client makes two attempts per call.
    const purchase = await purchaseWhoseOrderFails(4);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    const failures = await until(
      async () =>
        (await logsOf('fulfillment')).filter(
          ({ message, payment_id }) => message === 'STEP_FAILED' && payment_id === purchase.paymentId,
        ),
      (lines) => lines.length >= 2,
    );
    expect(failures).toHaveLength(2);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('runs the other steps and dead-letters the settlement when the order step keeps failing', async () => {
    const purchase = await purchaseWhoseOrderFails(1000);

    const execution = await until(
      () => stepFunctions.send(new DescribeExecutionCommand({ executionArn: executionOf(purchase) })),
      ({ status }) => status !== 'RUNNING',
      60,
    );
    expect(execution.status).toBe('FAILED');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed' });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'captured', order: null, settled: false });
    await until(
      () => deadLettersOf(purchase),
      (count) => count === 1,
    );

    // Leaves no failing purchase to later tests.
    await payPal('PUT', '/_sim/faults', { faults: [] });
    await retry(purchase);
    await completedPayment(purchase, 'captured');
    await noFailuresOf(purchase);
  });
});
