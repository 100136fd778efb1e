import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { composeSettlements } from '../../lambdas/settlements/compose.ts';
import { type DeadLetter, deadLetterQueue } from '../../lambdas/settlements/dead-letter-queue.ts';
import { retrySettlement } from '../../lambdas/settlements/retry-settlement.ts';
import { sweepDeadLetters } from '../../lambdas/settlements/sweep-dead-letters.ts';
import type { PaymentId } from '../../lambdas/shared/ids.ts';
import { dynamo, everythingIn, queues, stepFunctions } from '../support/aws.ts';
import { stockOf } from '../support/books.ts';
import { purchaseWhoseOrderFails } from '../support/failing-order.ts';
import { type Purchase, payPal, settledPayment, until } from '../support/shop.ts';

const { state_machine_arn, dlq_url, tables } = inject('stack');
const settlements = composeSettlements({
  db: dynamo,
  stepFunctions,
  env: (name) =>
    ({ PAYMENTS_TABLE: tables.payments, OPERATIONS_TABLE: tables.operations, STATE_MACHINE_ARN: state_machine_arn })[
      String(name)
    ] ?? '',
});
const queue = deadLetterQueue(queues, dlq_url);
const now = () => new Date();

const failuresOf = ({ paymentId }: Purchase) => settlements.failed.ofPayment(paymentId as PaymentId);
const noted = (purchase: Purchase) =>
  until(
    () => failuresOf(purchase),
    (failures) => failures.length > 0,
    60,
  );
const retry = ({ paymentId }: Purchase) => retrySettlement(settlements, paymentId as PaymentId);

async function sweep() {
  const troubles: unknown[] = [];
  const trouble = (error: unknown) => void troubles.push(error);
  const swept = await sweepDeadLetters({ ...settlements, queue, now, trouble }, new Date(Date.now() + 30_000));
  expect(troubles).toEqual([]);
  return swept;
}

/** How many messages there are about a purchase. */
async function lettersOf({ paymentId }: Purchase): Promise<number> {
  const taken: DeadLetter[] = [];
  for (let more = await queue.receive(); more.length > 0; more = await queue.receive()) taken.push(...more);
  await Promise.all(taken.map((letter) => queue.putBack(letter)));
  return taken.filter(({ body }) => body.includes(paymentId)).length;
}

it('a settlement that failed is on queue and list until it is mended by one click, and leads to one order', async () => {
  const purchase = await purchaseWhoseOrderFails(1000);

  expect(await noted(purchase)).toMatchObject([
    { settlement: 'captured', status: 'FAILED', error: expect.any(String), cause: expect.stringContaining('503') },
  ]);
  expect((await sweep()).left).toBeGreaterThan(0);
  expect(await failuresOf(purchase)).toHaveLength(1);
  await until(
    () => lettersOf(purchase),
    (letters) => letters === 1,
  );

  await payPal('PUT', '/_sim/faults', { faults: [] });
  const retried = await Promise.all([retry(purchase), retry(purchase)]);
  for (const one of retried) {
    expect(one).toMatchObject({ settlements: [{ execution: `${purchase.paymentId}-captured-r1` }] });
  }

  expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
  expect((await everythingIn('orders')).filter(({ payment_id }) => payment_id === purchase.paymentId)).toHaveLength(1);
  expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  await until(
    () => failuresOf(purchase),
    (failures) => failures.length === 0,
  );
  expect((await sweep()).removed).toBeGreaterThan(0);
  expect(await lettersOf(purchase)).toBe(0);
  expect(await retry(purchase)).toEqual({ outcome: 'nothing_open' });
});

it('a settlement that somebody stops in the console is on the list, and is mended like any other', async () => {
  const purchase = await purchaseWhoseOrderFails(1000);
  const executionArn = `${state_machine_arn.replace(':stateMachine:', ':execution:')}:${purchase.paymentId}-captured`;
  await until(
    () => stepFunctions.send(new StopExecutionCommand({ executionArn, cause: 'a mistake' })).catch(() => undefined),
    (stopped) => stopped !== undefined,
  );

  expect(await noted(purchase)).toMatchObject([{ status: 'ABORTED' }]);
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await retry(purchase);

  expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
});
