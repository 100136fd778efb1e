import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { PayPalEvent } from './event.ts';
import type { EventResult } from './process-event.ts';

/** PayPal redelivers an event for 3 days; an operator may replay it later. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** Processes each event once, across all functions. */
export function eventIdempotency(persistenceStore: BasePersistenceLayer) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: RETENTION_SECONDS,
  });
  return {
    /**
     * Call in each invocation: otherwise an invocation that timed out would lock its event until the record expires.
     */
    registerContext: (context: Context) => config.registerLambdaContext(context),

    /**
     * Runs the work once per event; a later call returns the first outcome.
     * @throws IdempotencyAlreadyInProgressError while a concurrent call runs it.
     */
    once: (event: PayPalEvent, work: () => Promise<EventResult>): Promise<EventResult> =>
      makeIdempotent((_: { id: string }): Promise<EventResult> => work(), {
        persistenceStore,
        config,
        // Powertools' own prefix would be the function's name.
        keyPrefix: 'webhook-event',
      })({ id: event.id }),
  };
}
