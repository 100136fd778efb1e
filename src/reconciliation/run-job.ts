import type { RunRepository } from '../shared/run-repository.ts';
import type { Job, JobName, JobResult, Run } from './job.ts';

/**
 * Runs a job from the stored cursor and records its report. After a failure the next run starts at the same cursor; the
 * start of the failed one stays recorded.
 */
export async function runJob(
  { runs, now }: { readonly runs: Pick<RunRepository, 'begin' | 'finish'>; readonly now: () => Date },
  name: JobName,
  job: Job,
  run: Omit<Run, 'cursor' | 'now'>,
): Promise<JobResult> {
  const { cursor } = await runs.begin(name, now());
  const report = await job({ ...run, now, cursor });
  await runs.finish(name, {
    at: now(),
    figures: { ...report.figures, repaired: report.repaired },
    cursor: report.cursor,
  });
  return report;
}
