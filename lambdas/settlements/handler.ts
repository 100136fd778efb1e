import { SFNClient } from '@aws-sdk/client-sfn';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import { composeSettlements } from './compose.ts';
import { readEndEvent } from './end-event.ts';
import { recordEnd } from './record-end.ts';

const deps = composeSettlements({ db: documentClient(), stepFunctions: new SFNClient({}), env: requireEnv });

/** Takes down how settlements end, as EventBridge tells it. */
export async function handler(event: unknown): Promise<void> {
  const end = readEndEvent(event);
  const recorded = await recordEnd(deps, end);
  logger.info('SETTLEMENT_ENDED', {
    payment_id: end.paymentId,
    settlement: end.settlement,
    status: end.status,
    recorded: recorded.recorded,
  });
  if (recorded.recorded === 'success' && recorded.captureToOrder !== undefined)
    measure('CaptureToOrder', recorded.captureToOrder);
}
