import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { JOB_NAMES, type Report } from '../src/reconciliation/job.ts';
import { runJob } from '../src/reconciliation/run-job.ts';
import { documentClient, dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { composeJobs } from './compose/reconciliation.ts';

const dynamo = dynamoClient();
const { jobs, registerContext, ...deps } = composeJobs({
  db: documentClient(dynamo),
  stepFunctions: new SFNClient({}),
  sqs: new SQSClient({}),
  idempotency: new DynamoDBPersistenceLayer({ tableName: requireEnv('IDEMPOTENCY_TABLE'), awsSdkV3Client: dynamo }),
  env: requireEnv,
});

/** `due_before`, ISO 8601 with `Z`: what is due before then is looked after, and what ends before it is over. Now, when it is not said. */
const requestSchema = z.object({ job: z.enum(JOB_NAMES), due_before: z.optional(z.iso.datetime()) });

/** What was begun may take PayPal's 8 seconds, and a few calls more. */
const TO_FINISH_MS = 20_000;

/** Looks after what nobody told the shop. Called by the clock, or by an operator; any number of times at once. */
export async function handler(event: unknown, context: Context): Promise<Report> {
  logger.resetKeys();
  logger.addContext(context);
  registerContext(context);
  const { job, due_before } = z.parse(requestSchema, event);
  logger.appendKeys({ job });
  const now = deps.now();
  const report = await runJob(deps, job, jobs[job], {
    dueBefore: due_before ? new Date(due_before) : now,
    until: new Date(now.getTime() + context.getRemainingTimeInMillis() - TO_FINISH_MS),
    onError: (item, error) => logger.warn('NOT_MENDED', { item, error }),
  });
  logger.info('JOB_DONE', { figures: report.figures, repaired: report.repaired });
  measure('Mended', report.repaired, job);
  for (const measurement of report.measurements ?? []) measure(...measurement);
  return report;
}
