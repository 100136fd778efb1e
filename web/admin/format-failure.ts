import type { FailedSettlement } from '../api/schema.ts';

/** Why a settlement failed: where, and what was said there. */
export function formatFailure({
  failed_steps,
  error,
  cause,
}: Pick<FailedSettlement, 'failed_steps' | 'error' | 'cause'>): { readonly where: string; readonly why: string } {
  const why = [error, cause && messageIn(cause)].filter(Boolean).join(': ');
  return { where: failed_steps.join(', ') || 'not known', why: why || 'not known' };
}

/** Of what a Lambda throws, Step Functions keeps JSON, cut off where it is long: the message is what a reader wants of it. */
function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause);
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
