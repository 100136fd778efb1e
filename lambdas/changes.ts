import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { changedRows } from '../src/consistency/changed-rows.ts';
import { checkChanges } from '../src/consistency/check-changes.ts';
import { purchasesIn } from '../src/consistency/check-queue.ts';
import { trackStock } from '../src/consistency/stock-drift.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv, requireTables } from '../src/shared/env.ts';
import { logger } from '../src/shared/logger.ts';
import { queueEventSchema } from '../src/shared/queue-event.ts';
import { wireChanges } from './wiring.ts';

const deps = wireChanges({
  db: documentClient(),
  sqs: new SQSClient({}),
  tables: requireTables('reservations', 'sessions', 'payments', 'orders', 'operations'),
  checkQueueUrl: requireEnv('CHECK_QUEUE_URL'),
});
const graceSeconds = Number(requireEnv('GRACE_SECONDS'));

/**
 * Queues the purchases that stream records have changed, and checks them when the queue delivers them after the grace
 * period. Checks at once whether a change of a product is one of the shop's.
 */
export async function handler(event: DynamoDBStreamEvent | SQSEvent, context: Context): Promise<void> {
  logger.resetKeys();
  logger.addContext(context);
  const queued = z.safeParse(queueEventSchema, event).data;
  if (!queued) {
    const { products, purchases, unknown } = changedRows((event as DynamoDBStreamEvent).Records);
    if (unknown > 0) logger.warn('UNKNOWN_ROW_CHANGED', { records: unknown });
    await deps.queue.send(purchases, graceSeconds);
    const drifted = await trackStock(deps, products, new Date());
    if (drifted.length > 0) logger.warn('COUNTERS_DIFFER', { skus: drifted.map(({ subject }) => subject) });
    return;
  }
  const { violations, ...counts } = await checkChanges(deps, queued.Records.flatMap(purchasesIn), {
    now: new Date(),
    graceSeconds,
  });
  logger.info('CHANGES_CHECKED', { ...counts, violations: violations.length });
}
