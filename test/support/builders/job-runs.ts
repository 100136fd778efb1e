import type { Run } from '../../../src/reconciliation/job.ts';

/** A first run of a job, without a time limit; it ignores errors of items. */
export const jobRunAt = (now: Date, more: Partial<Run> = {}): Run => ({
  dueBefore: now,
  until: new Date('2100-01-01'),
  now: () => now,
  cursor: undefined,
  onError: () => undefined,
  ...more,
});
