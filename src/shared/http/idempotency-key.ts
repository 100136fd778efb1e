import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import { invalidRequest, Problem } from './problem.ts';
import type { HttpResponse } from './response.ts';

interface KeyedRequest {
  /** The caller's key with caller, method and path: keys are scoped to these. */
  readonly key: string;
  /** Another body under the same key is an error. */
  readonly body: string;
}

/** A key that others can guess shows them the first response. */
const MIN_KEY_LENGTH = 16;
const MAX_KEY_LENGTH = 255;
const RETENTION_SECONDS = 24 * 60 * 60;

/**
 * Handles a request with an `Idempotency-Key` once: a retry gets the first response. Problems are not stored, so that a
 * failed request can be retried. https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
export function idempotencyKeys(persistenceStore: BasePersistenceLayer) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: RETENTION_SECONDS,
  });
  /** @throws Problem when the key is too short, too long, used with another body, or its first request is in progress. */
  return async (
    request: {
      readonly key: string | undefined;
      readonly operation: string;
      readonly body: string;
      readonly context: Context;
    },
    work: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> => {
    if (request.key === undefined) return work();
    if (request.key.length < MIN_KEY_LENGTH || request.key.length > MAX_KEY_LENGTH) {
      const detail = `must have ${MIN_KEY_LENGTH} to ${MAX_KEY_LENGTH} characters`;
      throw invalidRequest([{ field: 'idempotency-key', detail }]);
    }
    // Without it, an invocation that timed out would lock the key until its record expires.
    config.registerLambdaContext(request.context);
    const once = makeIdempotent((_: KeyedRequest) => work(), { persistenceStore, config });
    try {
      return (await once({ key: `${request.operation} ${request.key}`, body: request.body })) as HttpResponse;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === 'IdempotencyAlreadyInProgressError')
        throw new Problem('request-in-progress', 'wait for the first request and retry', {}, { cause: error });
      if (error.name === 'IdempotencyValidationError')
        throw new Problem('idempotency-key-reused', 'use a new key for a new request', {}, { cause: error });
      throw error;
    }
  };
}
