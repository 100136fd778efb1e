import { describe, expect, it } from 'vitest';
import { type Job, type JobResult, type Run, runJob } from '../../../src/reconciliation/job.ts';
import type { Run as LatestRun, RunRepository } from '../../../src/shared/run-repository.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Runs a job over an in-memory run repository. */
function jobRunner() {
  const rows = new Map<string, LatestRun>();
  const repository: Pick<RunRepository, 'begin' | 'finish'> = {
    begin: async (job, at) => {
      const run = { figures: {}, ...rows.get(job), started_at: at.toISOString() };
      rows.set(job, run);
      return run;
    },
    finish: async (job, { at, figures, cursor }) => {
      const { started_at } = rows.get(job) as LatestRun;
      rows.set(job, { started_at, finished_at: at.toISOString(), figures, ...(cursor && { cursor }) });
    },
  };
  const received: Run[] = [];
  return {
    rows,
    received,
    run(report: () => Promise<JobResult>): Promise<JobResult> {
      const job: Job = (run) => {
        received.push(run);
        return report();
      };
      const limits = { dueBefore: NOW, until: NOW, onError: () => undefined };
      return runJob({ runs: repository, now: () => NOW }, 'inbox', job, limits);
    },
  };
}

describe('runJob', () => {
  it('continues at the cursor of the previous run', async () => {
    const { run, received } = jobRunner();

    await run(async () => ({ figures: {}, repaired: 0, cursor: 'there' }));
    await run(async () => ({ figures: {}, repaired: 0 }));
    await run(async () => ({ figures: {}, repaired: 0 }));

    expect(received.map(({ cursor }) => cursor)).toEqual([undefined, 'there', undefined]);
  });

  it('records the figures of a run', async () => {
    const { run, rows } = jobRunner();

    await run(async () => ({ figures: { processed: 3 }, repaired: 2 }));

    expect(rows.get('inbox')).toEqual({
      started_at: NOW.toISOString(),
      finished_at: NOW.toISOString(),
      figures: { processed: 3, repaired: 2 },
    });
  });

  it('keeps the cursor when a run fails', async () => {
    const { run, received } = jobRunner();
    await run(async () => ({ figures: {}, repaired: 0, cursor: 'there' }));

    await expect(run(() => Promise.reject(new Error('no table')))).rejects.toThrow('no table');
    await run(async () => ({ figures: {}, repaired: 0 }));

    expect(received.map(({ cursor }) => cursor)).toEqual([undefined, 'there', 'there']);
  });
});
