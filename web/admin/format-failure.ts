import type { FailedSettlement } from '../api/schema.ts';

/** The failed steps and the cause of a failed settlement. */
export function formatFailure({
  failed_steps,
  error,
  cause,
}: Pick<FailedSettlement, 'failed_steps' | 'error' | 'cause'>): { readonly steps: string; readonly cause: string } {
  const details = [error, cause && messageIn(cause)].filter(Boolean).join(': ');
  return { steps: failed_steps.join(', ') || 'Unknown', cause: details || 'Unknown' };
}

/** For a Lambda error, Step Functions stores JSON with an `errorMessage`, truncated where it is long. */
function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause);
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
