import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { logger } from '../logger.ts';
import { Problem } from './problem.ts';

/** Whether a retry is likely to succeed. */
function isTransient(error: Error): boolean {
  // Powertools wraps errors of the idempotency table.
  if (error.name === 'IdempotencyPersistenceLayerError' && error.cause instanceof Error)
    return isTransient(error.cause);
  const sdkError = error as Parameters<typeof isTransientError>[0];
  return (
    error.name === 'TransactionCanceledException' ||
    isTransientError(sdkError) ||
    isThrottlingError(sdkError) ||
    isServerError(sdkError)
  );
}

/** Logs unexpected errors, and keeps their messages out of the response. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && error.name === 'PayPalUnavailable') {
    logger.warn('PAYPAL_UNAVAILABLE', error);
    return new Problem('paypal-unavailable', 'nothing is lost: retry the request', {}, { cause: error });
  }
  logger.error('REQUEST_FAILED', error as Error);
  if (error instanceof Error && isTransient(error))
    return new Problem('try-again', 'retry the request in a moment', {}, { cause: error });
  return new Problem('internal-error', 'retry the request; if it fails again, contact the shop');
}
