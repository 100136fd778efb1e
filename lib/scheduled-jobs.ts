import { JOB_NAMES } from '../src/reconciliation/job.ts';
import type { FunctionName } from './functions.ts';
import type { Intervals } from './stages.ts';

/** One schedule: which function it invokes, with what input, how often. */
export interface ScheduledJobSpec {
  readonly name: string;
  readonly target: FunctionName;
  readonly input: object;
  readonly everyMinutes: number;
}

/** Every reconciliation job, and the consistency check. */
export const scheduledJobs = ({ reconcileEveryMinutes, checkEveryMinutes }: Intervals): readonly ScheduledJobSpec[] => [
  ...JOB_NAMES.map(
    (job): ScheduledJobSpec => ({
      name: job,
      target: 'reconciliation',
      input: { job },
      // Pages through all of PayPal's events, so hourly. The payments job recovers lost webhooks earlier, by polling.
      everyMinutes: job === 'events' ? 60 : reconcileEveryMinutes,
    }),
  ),
  { name: 'consistency', target: 'consistency', input: {}, everyMinutes: checkEveryMinutes },
];
