import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { logger } from '../logger.ts';
import { Problem } from './problem.ts';

/** Whether AWS may well answer the same call a moment later. */
function isPassing(error: Error): boolean {
  // Powertools wraps what the table of idempotency keys answered.
  if (error.name === 'IdempotencyPersistenceLayerError' && error.cause instanceof Error) return isPassing(error.cause);
  const sdkError = error as Parameters<typeof isTransientError>[0];
  return (
    error.name === 'TransactionCanceledException' ||
    isTransientError(sdkError) ||
    isThrottlingError(sdkError) ||
    isServerError(sdkError)
  );
}

/** What a caller is told about an error; what nobody foresaw is logged, and told without its message. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && error.name === 'PayPalUnavailable') {
    logger.warn('PAYPAL_UNAVAILABLE', error);
    return new Problem('paypal-unavailable', 'nothing is lost: repeat the request', {}, { cause: error });
  }
  logger.error('REQUEST_FAILED', error as Error);
  if (error instanceof Error && isPassing(error))
    return new Problem('try-again', 'repeat the request in a moment', {}, { cause: error });
  return new Problem('internal-error', 'repeat the request; if it fails again, tell the shop');
}
