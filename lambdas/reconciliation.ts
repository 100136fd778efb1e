import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { JOB_NAMES, type JobResult, runJob } from '../src/reconciliation/job.ts';
import { dynamoClient } from '../src/shared/dynamo.ts';
import { requireAllTables, requireEnv, requirePayPal } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { wireJobs } from './wiring.ts';

const { jobs, registerContext, runs, now } = wireJobs({
  dynamo: dynamoClient(),
  stepFunctions: new SFNClient({}),
  sqs: new SQSClient({}),
  tables: requireAllTables(),
  stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
  deadLetterQueueUrl: requireEnv('DEAD_LETTER_QUEUE_URL'),
  paypal: requirePayPal(),
  dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
});

/** `due_before`, ISO 8601 with `Z`, is the time against which due dates are compared. @default now */
const requestSchema = z.object({ job: z.enum(JOB_NAMES), due_before: z.optional(z.iso.datetime()) });

/** The item in progress may wait 8 seconds for PayPal and make a few more calls. */
const SHUTDOWN_MARGIN_MS = 20_000;

/** Runs one reconciliation job. Invoked by the scheduler or an operator; safe to run concurrently. */
export async function handler(event: unknown, context: Context): Promise<JobResult> {
  logger.resetKeys();
  logger.addContext(context);
  registerContext(context);
  const { job, due_before } = z.parse(requestSchema, event);
  logger.appendKeys({ job });
  const startedAt = now();
  const report = await runJob({ runs, now }, job, jobs[job], {
    dueBefore: due_before ? new Date(due_before) : startedAt,
    until: new Date(startedAt.getTime() + context.getRemainingTimeInMillis() - SHUTDOWN_MARGIN_MS),
    onError: (item, error) => logger.warn('NOT_MENDED', { item, error }),
  });
  logger.info('JOB_DONE', { figures: report.figures, repaired: report.repaired });
  measure('Mended', report.repaired, job);
  for (const measurement of report.measurements ?? []) measure(...measurement);
  return report;
}
