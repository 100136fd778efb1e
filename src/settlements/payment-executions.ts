import type { Payment } from '../payments/payment.ts';
import { executionName } from '../shared/settlement.ts';
import type { Execution, ExecutionClient } from './execution-client.ts';

export interface PaymentExecution extends Execution {
  readonly name: string;
  /** The last part of its name, without the restart suffix. */
  readonly settlement: string;
}

/** Step Functions allows 15 DescribeExecution calls per second, so only the latest settlements are described. */
const MAX_SETTLEMENTS = 10;
const MAX_RESTARTS_SHOWN = 3;

/**
 * The executions of a payment that Step Functions still has, in the order in which their settlements were requested.
 */
export async function paymentExecutions(
  { describe }: Pick<ExecutionClient, 'describe'>,
  { payment_id, history, open }: Pick<Payment, 'payment_id' | 'history' | 'open'>,
): Promise<PaymentExecution[]> {
  const requested = [...history.flatMap(({ settlement = [] }) => settlement), ...Object.keys(open)];
  const settlements = [...new Set(requested)].slice(-MAX_SETTLEMENTS);
  const found = await Promise.all(
    settlements.map(async (settlement) => {
      const executions: PaymentExecution[] = [];
      for (let restarts = 0; restarts <= MAX_RESTARTS_SHOWN; restarts++) {
        const name = executionName(payment_id, settlement, restarts);
        const execution = await describe(name);
        if (!execution) break;
        executions.push({ ...execution, name, settlement });
        if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') break;
      }
      return executions;
    }),
  );
  return found.flat();
}
