import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

/** Whether AWS failed, and a retry is likely to succeed. */
export function isTransient(error: Error): boolean {
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
