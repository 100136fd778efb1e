import { expect, it } from 'vitest';
import type { Job, Report, Run } from '../../../src/reconciliation/job.ts';
import { runJob } from '../../../src/reconciliation/run-job.ts';
import type { Run as LatestRun, RunRepository } from '../../../src/shared/run-repository.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Runs a job twice, over runs that are noted in memory. */
function runs() {
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
  const given: Run[] = [];
  return {
    rows,
    given,
    run(report: () => Promise<Report>): Promise<Report> {
      const job: Job = (run) => {
        given.push(run);
        return report();
      };
      const bounds = { dueBefore: NOW, until: NOW, onError: () => undefined };
      return runJob({ runs: repository, now: () => NOW }, 'inbox', job, bounds);
    },
  };
}

it('a run goes on where the one before it ended', async () => {
  const { run, given } = runs();

  await run(async () => ({ figures: {}, repaired: 0, cursor: 'there' }));
  await run(async () => ({ figures: {}, repaired: 0 }));
  await run(async () => ({ figures: {}, repaired: 0 }));

  expect(given.map(({ cursor }) => cursor)).toEqual([undefined, 'there', undefined]);
});

it('what a run did is noted', async () => {
  const { run, rows } = runs();

  await run(async () => ({ figures: { settled: 3 }, repaired: 2 }));

  expect(rows.get('inbox')).toEqual({
    started_at: NOW.toISOString(),
    finished_at: NOW.toISOString(),
    figures: { settled: 3, repaired: 2 },
  });
});

it('a run that fails leaves the place to the next one', async () => {
  const { run, given } = runs();
  await run(async () => ({ figures: {}, repaired: 0, cursor: 'there' }));

  await expect(run(() => Promise.reject(new Error('no table')))).rejects.toThrow('no table');
  await run(async () => ({ figures: {}, repaired: 0 }));

  expect(given.map(({ cursor }) => cursor)).toEqual([undefined, 'there', 'there']);
});
