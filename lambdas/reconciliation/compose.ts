import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sessionRepository } from '../checkout/session-repository.ts';
import { stockRepository } from '../inventory/stock-repository.ts';
import { composePayments } from '../payments/compose.ts';
import { eventRepository } from '../paypal-webhook/event-repository.ts';
import { settleEvent } from '../paypal-webhook/settle-event.ts';
import { settlingOnce } from '../paypal-webhook/settle-once.ts';
import { composeSettlements } from '../settlements/compose.ts';
import { deadLetterQueue } from '../settlements/dead-letter-queue.ts';
import { lookUpEnd } from '../settlements/look-up-end.ts';
import type { EnvName } from '../shared/env.ts';
import { runRepository } from '../shared/run-repository.ts';
import { deadLettersJob } from './dead-letters.ts';
import { type EventsJobDeps, eventsJob } from './events.ts';
import { type InboxJobDeps, inboxJob } from './inbox.ts';
import type { Job, JobName } from './job.ts';
import { paymentsJob } from './payments.ts';
import { reservationsJob } from './reservations.ts';

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
  const { within, settleOnce } = settlingOnce(parts.idempotency);
  const sessions = sessionRepository(db, env('CHECKOUT_SESSIONS_TABLE'));
  const events = eventRepository(db, env('WEBHOOK_EVENTS_TABLE'));
  const stock = stockRepository(db, { products: env('PRODUCTS_TABLE'), reservations: env('RESERVATIONS_TABLE') });

  const inbox: InboxJobDeps & Pick<EventsJobDeps, 'events'> = {
    now: deps.now,
    events,
    settleOnce,
    settleEvent: (event) => settleEvent({ ...deps, ...paypal }, event),
  };

  const jobs: Readonly<Record<JobName, Job>> = {
    payments: paymentsJob({
      ...deps,
      ...paypal,
      sessions,
      events,
      startSettlement: settlements.workflow.start,
      lookUpEnd: (id, settlement) => lookUpEnd(settlements, id, settlement),
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
  return { jobs, within, runs: runRepository(db, env('OPERATIONS_TABLE')), now: deps.now };
}
