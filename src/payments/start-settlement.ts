import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StartSettlement } from './apply-evidence.ts';

/**
 * Starts an execution of the payment-settlement workflow. Idempotent: Step Functions reserves a name for 90 days after
 * the execution ended: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startSettlementWith =
  (stepFunctions: SFNClient, stateMachineArn: string): StartSettlement =>
  async (name, input) => {
    try {
      await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
