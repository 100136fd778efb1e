import type { RunRepository } from '../shared/run-repository.ts';
import type { Job, JobName, Report, Run } from './job.ts';

/**
 * Runs a job from where the run before it ended, and notes what it did. Should it fail, the next run begins at the same place; that it
 * has begun is noted all the same.
 */
export async function runJob(
  { runs, now }: { readonly runs: Pick<RunRepository, 'begin' | 'finish'>; readonly now: () => Date },
  name: JobName,
  job: Job,
  run: Omit<Run, 'cursor' | 'now'>,
): Promise<Report> {
  const { cursor } = await runs.begin(name, now());
  const report = await job({ ...run, now, cursor });
  await runs.finish(name, {
    at: now(),
    figures: { ...report.figures, repaired: report.repaired },
    cursor: report.cursor,
  });
  return report;
}
