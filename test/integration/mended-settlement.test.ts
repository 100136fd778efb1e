import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { stepFunctions } from '../support/aws.ts';
import { purchaseWhoseOrderFails } from '../support/failing-order.ts';
import { firstFailuresOf, noFailuresOf, retry } from '../support/settlements.ts';
import { payPal, settledPayment, until } from '../support/shop.ts';

const { state_machine_arn } = inject('stack');

it('a settlement that somebody stops in the console is on the list until it is mended', async () => {
  const purchase = await purchaseWhoseOrderFails(1000);
  const executionArn = `${state_machine_arn.replace(':stateMachine:', ':execution:')}:${purchase.paymentId}-captured`;
  await until(
    () => stepFunctions.send(new StopExecutionCommand({ executionArn, cause: 'a mistake' })).catch(() => undefined),
    (stopped) => stopped !== undefined,
  );

  expect(await firstFailuresOf(purchase)).toMatchObject([{ settlement: 'captured', status: 'ABORTED' }]);
  await payPal('PUT', '/_sim/faults', { faults: [] });
  expect(await retry(purchase)).toMatchObject({ settlements: [{ execution: `${purchase.paymentId}-captured-r1` }] });

  expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
  await noFailuresOf(purchase);
});
