import { type SweepDeps, sweepDeadLetters } from '../../settlements/sweep-dead-letters.ts';
import type { Job } from '../job.ts';

/** Below the visibility timeout of the messages that a sweep receives. */
const MAX_SWEEP_MS = 60_000;

/**
 * Synchronises dead letters and the list of failed settlements with the payments, and retries the captures of approved
 * ones. `closed`: removed from the list; `retried`: captures; `waiting`: left on the list, however old their messages.
 */
export const deadLettersJob =
  (deps: Omit<SweepDeps, 'onError'>): Job =>
  async ({ until, cursor: before, onError, now }) => {
    const deadline = new Date(Math.min(until.getTime(), now().getTime() + MAX_SWEEP_MS));
    const sweep: SweepDeps = { ...deps, onError: (error) => onError('dead-letter', error as Error) };
    const { cursor, ...figures } = await sweepDeadLetters(sweep, deadline, before);
    return { figures, repaired: figures.closed, measurements: [['FailedSettlements', figures.waiting]], cursor };
  };
