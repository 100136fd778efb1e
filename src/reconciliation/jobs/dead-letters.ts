import { type SweepDeps, sweepDeadLetters } from '../../settlements/sweep-dead-letters.ts';
import type { Job } from '../job.ts';

/** Shorter than messages stay hidden that a sweep has taken. */
const MAX_SWEEP_MS = 60_000;

/** Brings dead letters and the list of failed settlements in line with the payments. `closed` had succeeded unheard. */
export const deadLettersJob =
  (deps: Omit<SweepDeps, 'trouble'>): Job =>
  async ({ until, cursor: before, onError, now }) => {
    const deadline = new Date(Math.min(until.getTime(), now().getTime() + MAX_SWEEP_MS));
    const trouble = (error: unknown) => onError('dead-letter', error as Error);
    const { cursor, ...figures } = await sweepDeadLetters({ ...deps, trouble }, deadline, before);
    return { figures, repaired: figures.closed, cursor };
  };
