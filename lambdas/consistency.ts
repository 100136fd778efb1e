import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { INVARIANT_KEYS, INVARIANTS } from '../src/consistency/checks/violation.ts';
import { toStoredFinding } from '../src/consistency/finding.ts';
import { recheckFindingById } from '../src/consistency/recheck-finding.ts';
import { type ConsistencyResponse, requestSchema } from '../src/consistency/request.ts';
import { type CheckDeps, runCheck } from '../src/consistency/run-check.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { composeCheck } from './compose/consistency.ts';

/** Milliseconds for one run: what it begins last still ends before the function's 29 seconds are over. */
const TIME = 18_000;

const deps: Omit<CheckDeps, 'hasTime'> = {
  ...composeCheck({ db: documentClient(), stepFunctions: new SFNClient({}), env: requireEnv }),
  onError: (part, trouble) => logger.warn('PART_NOT_CHECKED', { part, error: trouble.name }),
};

/** Checks the books, by the schedule or an operator, or looks again at one finding. */
export async function handler(event: unknown, context: Context): Promise<ConsistencyResponse> {
  logger.resetKeys();
  logger.addContext(context);
  const request = requestSchema.parse(event);
  const graceSeconds = Number(requireEnv('GRACE_SECONDS'));
  const now = new Date('as_of' in request && request.as_of ? request.as_of : Date.now());
  if ('recheck' in request) {
    const finding = await recheckFindingById(deps, request.recheck, { now, graceSeconds });
    return { finding: finding ? toStoredFinding(finding) : null };
  }

  const end = performance.now() + TIME;
  const { checked, findings, finished } = await runCheck(
    { ...deps, hasTime: () => performance.now() < end },
    { now, graceSeconds },
  );
  logger.info('BOOKS_CHECKED', { checked, findings, finished });
  for (const key of INVARIANT_KEYS) measure('Findings', findings[key], String(INVARIANTS[key].number));
  measure('ConsistencyChecked', checked);
  return { checked, findings: Object.values(findings).reduce((sum, number) => sum + number, 0), finished };
}
