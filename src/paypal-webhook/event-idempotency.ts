import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { PayPalEvent } from './event.ts';
import type { EventOutcome } from './process-event.ts';

/** PayPal repeats an event for 3 days, and an operator for longer. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** Settles each event once, whichever function does it. */
export function eventIdempotency(persistenceStore: BasePersistenceLayer) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: RETENTION_SECONDS,
  });
  return {
    /** To be told of each invocation: without it, one that ran out of time would lock its event until the record expires. */
    registerContext: (context: Context) => config.registerLambdaContext(context),

    /** Does the work, or answers what it led to before. @throws IdempotencyAlreadyInProgressError while somebody else does it. */
    once: (event: PayPalEvent, work: () => Promise<EventOutcome>): Promise<EventOutcome> =>
      makeIdempotent((_: { id: string }): Promise<EventOutcome> => work(), {
        persistenceStore,
        config,
        // Powertools' own prefix would be the function's name.
        keyPrefix: 'webhook-event',
      })({ id: event.id }),
  };
}
