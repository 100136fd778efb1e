import { SFNClient } from '@aws-sdk/client-sfn';
import { readExecutionStatusEvent } from '../src/settlements/execution-status-event.ts';
import { recordResult } from '../src/settlements/record-result.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { composeSettlements } from './compose/settlements.ts';

const deps = composeSettlements({ db: documentClient(), stepFunctions: new SFNClient({}), env: requireEnv });

/** Takes down how settlements end, as EventBridge tells it. */
export async function handler(event: unknown): Promise<void> {
  const end = readExecutionStatusEvent(event);
  const recorded = await recordResult(deps, end);
  logger.info('SETTLEMENT_ENDED', {
    payment_id: end.paymentId,
    settlement: end.settlement,
    status: end.status,
    recorded: recorded.recorded,
  });
  if (recorded.recorded === 'success' && recorded.captureToOrder !== undefined)
    measure('CaptureToOrder', recorded.captureToOrder);
}
