import { JOB_NAMES, type JobName } from '../src/reconciliation/job.ts';
import type { FunctionName } from './functions.ts';
import type { Intervals } from './stages.ts';

/** One schedule: which function it invokes, with what input, how often. */
export interface ScheduledJobSpec {
  readonly name: string;
  readonly target: FunctionName;
  readonly input: object;
  readonly everyMinutes: number;
}

/**
 * They page through all of PayPal's events, and through all transactions of a day once that is complete. The payments
 * job recovers lost webhooks earlier, by polling.
 */
const HOURLY: ReadonlySet<JobName> = new Set(['events', 'ledger']);

/** Every reconciliation job, and the consistency check. */
export const scheduledJobs = ({ reconcileEveryMinutes, checkEveryMinutes }: Intervals): readonly ScheduledJobSpec[] => [
  ...JOB_NAMES.map(
    (job): ScheduledJobSpec => ({
      name: job,
      target: 'reconciliation',
      input: { job },
      everyMinutes: HOURLY.has(job) ? 60 : reconcileEveryMinutes,
    }),
  ),
  { name: 'consistency', target: 'consistency', input: {}, everyMinutes: checkEveryMinutes },
];
