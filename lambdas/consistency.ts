import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { type ConsistencyResponse, requestSchema } from '../src/consistency/consistency-function.ts';
import { toStoredFinding } from '../src/consistency/finding.ts';
import { recheckFindingById } from '../src/consistency/recheck-finding.ts';
import { byInvariantNumber, type CheckDeps, runCheck } from '../src/consistency/run-check.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal, requireTables } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { wireCheck } from './wiring.ts';

/** The last page that starts before this limit ends within the function's 29 seconds. */
const RUN_MS = 18_000;

const deps: Omit<CheckDeps, 'hasTime'> = {
  ...wireCheck({
    db: documentClient(),
    stepFunctions: new SFNClient({}),
    tables: requireTables('products', 'reservations', 'sessions', 'payments', 'orders', 'events', 'operations'),
    stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
    paypal: requirePayPal(),
  }),
  onError: (part, error) => logger.warn('PART_NOT_CHECKED', { part, error: error.name }),
};

/** Runs the consistency check, or rechecks one finding. Invoked by the scheduler or the admin API. */
export async function handler(event: unknown, context: Context): Promise<ConsistencyResponse> {
  logger.resetKeys();
  logger.addContext(context);
  const request = requestSchema.parse(event);
  const graceSeconds = Number(requireEnv('GRACE_SECONDS'));
  const now = new Date('as_of' in request && request.as_of ? request.as_of : Date.now());
  if ('look_again' in request) {
    const finding = await recheckFindingById(deps, request.look_again, { now, graceSeconds });
    return { finding: finding ? toStoredFinding(finding) : null };
  }

  const end = performance.now() + RUN_MS;
  const { checked, findings, finished } = await runCheck(
    { ...deps, hasTime: () => performance.now() < end },
    { now, graceSeconds },
  );
  const byNumber = byInvariantNumber(findings);
  logger.info('BOOKS_CHECKED', { checked, findings: byNumber, finished });
  for (const [number, count] of Object.entries(byNumber)) measure('Findings', count, number);
  measure('ConsistencyChecked', checked);
  return { checked, findings: Object.values(findings).reduce((sum, number) => sum + number, 0), finished };
}
