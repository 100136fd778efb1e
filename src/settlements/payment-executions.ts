import type { Payment } from '../payments/payment.ts';
import { executionName } from '../shared/settlement.ts';
import type { Execution, ExecutionClient } from './execution-client.ts';

/** One run of the workflow for a payment. */
export interface PaymentExecution extends Execution {
  readonly name: string;
  /** The last part of its name, without what a further start adds to it. */
  readonly settlement: string;
}

/** Step Functions takes 15 questions a second, so the story of a payment with more settlements than anybody reads is cut. */
const MOST_SETTLEMENTS = 10;
const MOST_RESTARTS_SHOWN = 3;

/** What was run for a payment, as far as Step Functions still knows it, in the order in which the settlements were asked for. */
export async function paymentExecutions(
  { describe }: Pick<ExecutionClient, 'describe'>,
  { payment_id, history, open }: Pick<Payment, 'payment_id' | 'history' | 'open'>,
): Promise<PaymentExecution[]> {
  const asked = [...history.flatMap(({ settlement = [] }) => settlement), ...Object.keys(open)];
  const settlements = [...new Set(asked)].slice(-MOST_SETTLEMENTS);
  const found = await Promise.all(
    settlements.map(async (settlement) => {
      const tries: PaymentExecution[] = [];
      for (let restarts = 0; restarts <= MOST_RESTARTS_SHOWN; restarts++) {
        const name = executionName(payment_id, settlement, restarts);
        const execution = await describe(name);
        if (!execution) break;
        tries.push({ ...execution, name, settlement });
        if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') break;
      }
      return tries;
    }),
  );
  return found.flat();
}
