import type { Measurement } from '../shared/metric-names.ts';
import type { RunRepository } from '../shared/run-repository.ts';
import type { Limits } from './process-batch.ts';

/*
 * Imported by lib/ at synth time, for the schedules: keep it free of the AWS SDK.
 */

/** Scheduled work that repairs lost or late information. */
export const JOB_NAMES = ['payments', 'reservations', 'inbox', 'dead-letters', 'events', 'ledger'] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** One run of a job. Runs may be cut short or overlap, because every item goes through an idempotent use case. */
export interface Run extends Omit<Limits, 'maxItems'> {
  /** Items due before this time are processed; sessions that expire before it count as expired. */
  readonly dueBefore: Date;
  /** Where the previous run stopped, unless it finished. */
  readonly cursor: string | undefined;
}

export interface JobResult {
  /** For the log and the stored run. */
  readonly figures: Readonly<Record<string, number>>;
  /** Items that no other code path would have repaired: each is the result of a fault. */
  readonly repaired: number;
  readonly measurements?: readonly Measurement[];
  readonly cursor?: string | undefined;
}

export type Job = (run: Run) => Promise<JobResult>;

/**
 * Runs a job from the stored cursor and records its result. After a failure the next run starts at the same cursor; the
 * start of the failed one stays recorded.
 */
export async function runJob(
  { runs, now }: { readonly runs: Pick<RunRepository, 'begin' | 'finish'>; readonly now: () => Date },
  name: JobName,
  job: Job,
  run: Omit<Run, 'cursor' | 'now'>,
): Promise<JobResult> {
  const { cursor } = await runs.begin(name, now());
  const result = await job({ ...run, now, cursor });
  await runs.finish(name, {
    at: now(),
    figures: { ...result.figures, repaired: result.repaired },
    cursor: result.cursor,
  });
  return result;
}
