import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { PayPalEvent } from './event.ts';
import type { EventResult } from './process-event.ts';

/** PayPal redelivers an event for 3 days; an operator may replay it later. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** No invocation of Lambda takes longer: the lock of one that died ends by then. */
const MAX_INVOCATION_MS = 15 * 60 * 1000;

/**
 * A context that always has a remaining time: Powertools stores no end of the lock without one, and a lock without an
 * end lasts as long as its record.
 */
const withRemainingTime = (context?: Context): Context =>
  ({ ...context, getRemainingTimeInMillis: () => context?.getRemainingTimeInMillis() || MAX_INVOCATION_MS }) as Context;

/** Processes each event once, across all functions. */
export function eventIdempotency(persistenceStore: BasePersistenceLayer) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: RETENTION_SECONDS,
    lambdaContext: withRemainingTime(),
  });

  /** Removes a lock without an end, which no invocation sets any more. @returns whether it was one */
  async function removeEndless(id: string): Promise<boolean> {
    const { inProgressExpiryTimestamp } = await persistenceStore.getRecord({ id });
    if (inProgressExpiryTimestamp !== undefined) return false;
    await persistenceStore.deleteRecord({ id });
    return true;
  }

  return {
    /** Call in each invocation: its locks end with it, and not `MAX_INVOCATION_MS` later. */
    registerContext: (context: Context) => config.registerLambdaContext(withRemainingTime(context)),

    /**
     * Runs the work once per event; a later call returns the first outcome.
     * @throws IdempotencyAlreadyInProgressError while a concurrent call runs it.
     */
    once: async (event: PayPalEvent, work: () => Promise<EventResult>): Promise<EventResult> => {
      const idempotent = makeIdempotent((_: { id: string }): Promise<EventResult> => work(), {
        persistenceStore,
        config,
        // Powertools' own prefix would be the function's name.
        keyPrefix: 'webhook-event',
      });
      try {
        return await idempotent({ id: event.id });
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError) || !(await removeEndless(event.id))) throw error;
        return idempotent({ id: event.id });
      }
    },
  };
}
