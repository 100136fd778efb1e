import { SFNClient } from '@aws-sdk/client-sfn';
import { readExecutionStatusEvent } from '../src/settlements/execution-status-event.ts';
import { recordResult } from '../src/settlements/record-result.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { wireSettlements } from './wiring.ts';

const deps = wireSettlements({
  db: documentClient(),
  stepFunctions: new SFNClient({}),
  tables: { payments: requireEnv('PAYMENTS_TABLE'), operations: requireEnv('OPERATIONS_TABLE') },
  stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
});

/** Records execution results from EventBridge. */
export async function handler(event: unknown): Promise<void> {
  const result = readExecutionStatusEvent(event);
  const recorded = await recordResult(deps, result);
  logger.info('SETTLEMENT_ENDED', {
    payment_id: result.paymentId,
    settlement: result.settlement,
    status: result.status,
    recorded: recorded.recorded,
  });
  if (recorded.recorded === 'success' && recorded.captureToOrder !== undefined)
    measure('CaptureToOrder', recorded.captureToOrder);
}
