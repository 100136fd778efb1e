import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod/mini';
import { JOB_NAMES, type JobName, type JobResult, runJob } from '../src/reconciliation/job.ts';
import { dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal, requireShopTables } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { queueEventSchema } from '../src/shared/queue-event.ts';
import { wireJobs } from './wiring.ts';

const { jobs, checkQueued, registerContext, runs, now } = wireJobs({
  dynamo: dynamoClient(),
  stepFunctions: new SFNClient({}),
  sqs: new SQSClient({}),
  tables: requireShopTables(),
  stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
  deadLetterQueueUrl: requireEnv('DEAD_LETTER_QUEUE_URL'),
  paymentQueueUrl: requireEnv('PAYMENT_QUEUE_URL'),
  paypal: requirePayPal(),
  dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
});

/** `due_before`, ISO 8601 with `Z`, is the time against which due dates are compared. @default now */
const requestSchema = z.object({ job: z.enum(JOB_NAMES), due_before: z.optional(z.iso.datetime()) });

/** The item in progress may wait 8 seconds for PayPal and make a few more calls. */
const SHUTDOWN_MARGIN_MS = 20_000;

/** Runs one job, or reconciles payments that the job `payments` has queued. Safe to run concurrently. */
export async function handler(event: unknown, context: Context): Promise<JobResult | SQSBatchResponse> {
  logger.resetKeys();
  logger.addContext(context);
  registerContext(context);
  const request = z.parse(z.union([requestSchema, queueEventSchema]), event);
  const job = 'Records' in request ? 'payments' : request.job;
  logger.appendKeys({ job });
  const startedAt = now();
  const limits = {
    now,
    until: new Date(startedAt.getTime() + context.getRemainingTimeInMillis() - SHUTDOWN_MARGIN_MS),
    onError: (item: string, error: Error) => logger.warn('NOT_MENDED', { item, error }),
  };
  if ('Records' in request) {
    const { failed, ...result } = await checkQueued(request.Records, limits);
    report(job, result);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  }
  const dueBefore = request.due_before ? new Date(request.due_before) : startedAt;
  const result = await runJob({ runs, now }, request.job, jobs[request.job], { ...limits, dueBefore });
  report(job, result);
  return result;
}

function report(job: JobName, { figures, repaired, measurements = [] }: JobResult): void {
  logger.info('JOB_DONE', { figures, repaired });
  for (const measurement of [['Mended', repaired, job] as const, ...measurements]) measure(...measurement);
}
