import { inject } from 'vitest';
import { wireSettlements } from '../../../lambdas/wiring.ts';
import { type DeadLetter, deadLetterQueue } from '../../../src/settlements/dead-letter-queue.ts';
import { retrySettlement } from '../../../src/settlements/retry-settlement.ts';
import type { PaymentId } from '../../../src/shared/ids.ts';
import { dynamo, queues, stepFunctions } from './aws.ts';
import { type Purchase, until } from './shop.ts';

const { state_machine_arn, tables, dlq_url } = inject('stack');

/** The settlement repositories and clients of the running shop, in this process. */
export const settlements = wireSettlements({
  db: dynamo,
  stepFunctions,
  tables: { payments: tables.payments ?? '', operations: tables.operations ?? '' },
  stateMachineArn: state_machine_arn,
});

export const failuresOf = ({ paymentId }: Purchase) => settlements.failed.ofPayment(paymentId as PaymentId);

/** Waits for the first failed settlement of a purchase. */
export const firstFailuresOf = (purchase: Purchase) =>
  until(
    () => failuresOf(purchase),
    (failures) => failures.length > 0,
    60,
  );

/** Waits until a purchase has no failed settlement. */
export const noFailuresOf = (purchase: Purchase) =>
  until(
    () => failuresOf(purchase),
    (failures) => failures.length === 0,
  );

/** Retries the open settlements of a purchase. */
export const retry = ({ paymentId }: Purchase) => retrySettlement(settlements, paymentId as PaymentId);

export const deadLetters = deadLetterQueue(queues, dlq_url);

/** Counts the dead letters of a purchase. */
export async function deadLettersOf({ paymentId }: Purchase): Promise<number> {
  const received: DeadLetter[] = [];
  for (let more = await deadLetters.receive(); more.length > 0; more = await deadLetters.receive())
    received.push(...more);
  await Promise.all(received.map((message) => deadLetters.putBack(message)));
  return received.filter(({ body }) => body.includes(paymentId)).length;
}
