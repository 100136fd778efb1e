import { logger } from '../logger.ts';
import { isTransient } from '../transient-error.ts';
import { Problem } from './problem.ts';

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
