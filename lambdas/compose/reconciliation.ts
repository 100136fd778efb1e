import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { eventIdempotency } from '../../src/paypal-webhook/event-idempotency.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { processEvent } from '../../src/paypal-webhook/process-event.ts';
import type { Job, JobName } from '../../src/reconciliation/job.ts';
import { deadLettersJob } from '../../src/reconciliation/jobs/dead-letters.ts';
import { type EventsJobDeps, eventsJob } from '../../src/reconciliation/jobs/events.ts';
import { type InboxJobDeps, inboxJob } from '../../src/reconciliation/jobs/inbox.ts';
import { paymentsJob } from '../../src/reconciliation/jobs/payments.ts';
import { reservationsJob } from '../../src/reconciliation/jobs/reservations.ts';
import { deadLetterQueue } from '../../src/settlements/dead-letter-queue.ts';
import { syncResult } from '../../src/settlements/sync-result.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { runRepository } from '../../src/shared/run-repository.ts';
import { composePayments } from './payments.ts';
import { composeSettlements } from './settlements.ts';

/** What the jobs are made of. `env` reads the function's environment. */
export function composeJobs(parts: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly sqs: SQSClient;
  readonly idempotency: BasePersistenceLayer;
  readonly env: (name: EnvName) => string;
}) {
  const { db, env } = parts;
  const { paypal, ...deps } = composePayments(parts);
  const settlements = composeSettlements(parts);
  const { registerContext, once } = eventIdempotency(parts.idempotency);
  const sessions = sessionRepository(db, env('CHECKOUT_SESSIONS_TABLE'));
  const events = eventRepository(db, env('WEBHOOK_EVENTS_TABLE'));
  const stock = stockRepository(db, { products: env('PRODUCTS_TABLE'), reservations: env('RESERVATIONS_TABLE') });

  const inbox: InboxJobDeps & Pick<EventsJobDeps, 'events'> = {
    now: deps.now,
    events,
    once,
    processEvent: (event) => processEvent({ ...deps, ...paypal }, event),
  };

  const jobs: Readonly<Record<JobName, Job>> = {
    payments: paymentsJob({
      ...deps,
      ...paypal,
      sessions,
      events,
      startSettlement: settlements.workflow.start,
      syncResult: (id, settlement) => syncResult(settlements, id, settlement),
    }),
    reservations: reservationsJob({ ...deps, sessions, stock }),
    inbox: inboxJob(inbox),
    events: eventsJob({ ...deps, ...paypal, ...inbox }),
    'dead-letters': deadLettersJob({
      ...settlements,
      now: deps.now,
      queue: deadLetterQueue(parts.sqs, env('DEAD_LETTER_QUEUE_URL')),
    }),
  };
  return { jobs, registerContext, runs: runRepository(db, env('OPERATIONS_TABLE')), now: deps.now };
}
