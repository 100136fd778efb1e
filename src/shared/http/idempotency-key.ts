import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import { invalidRequest, Problem } from './problem.ts';
import type { HttpResponse } from './response.ts';

interface KeyedRequest {
  /** What the caller calls the request, with method and path: one key may be used once for each. */
  readonly key: string;
  /** The body's text: the same key with another body is a mistake of the caller's. */
  readonly body: string;
}

const LONGEST_KEY = 255;
const KEPT_SECONDS = 24 * 60 * 60;

/**
 * Answers a request that carries an `Idempotency-Key` once: a repeat is given the first answer. Problems are not kept, so that what
 * failed can be tried again. https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
export function idempotencyKeys(persistenceStore: BasePersistenceLayer) {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: KEPT_SECONDS,
  });
  /** @throws Problem when the key is too long, was used for another body, or its first request is not finished. */
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
    if (request.key.length === 0 || request.key.length > LONGEST_KEY) {
      throw invalidRequest([{ field: 'idempotency-key', detail: 'too long or empty' }]);
    }
    // Without it, an invocation that ran out of time would lock the key until its record expires.
    config.registerLambdaContext(request.context);
    const once = makeIdempotent((_: KeyedRequest) => work(), { persistenceStore, config });
    try {
      return (await once({ key: `${request.operation} ${request.key}`, body: request.body })) as HttpResponse;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === 'IdempotencyAlreadyInProgressError')
        throw new Problem('request-in-progress', 'wait a moment and repeat the request', {}, { cause: error });
      if (error.name === 'IdempotencyValidationError')
        throw new Problem(
          'idempotency-key-reused',
          'use a new idempotency key for a new request',
          {},
          { cause: error },
        );
      throw error;
    }
  };
}
