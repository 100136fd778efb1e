import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { scheduledJobs } from '../../../lib/scheduled-jobs.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { type Load, type LoadResult, runPaymentLoad } from '../../support/in-memory/payment-load.ts';

const { intervals, maxPaymentWorkers } = stageFrom(new App({ context: { stage: 'prod' } }).node);
const everyMinutes = scheduledJobs(intervals).find(({ name }) => name === 'payments')?.everyMinutes ?? 0;

/** Two and a half million payments begun per month, a million of them captured, at three times the average rate. */
const PEAK_PER_HOUR = 3 * 3470;
/** `npm run payment-load` runs the whole load for four hours; else a fifth of it, with a fifth of the workers. */
const { scale, minutes } =
  process.env.PAYMENT_LOAD === 'full' ? { scale: 1, minutes: 4 * 60 } : { scale: 0.2, minutes: 75 };

/** A safety limit. */
const TIMEOUT_MS = 1_800_000;

const run = (load: Partial<Load>): Promise<LoadResult> =>
  runPaymentLoad({
    begunPerHour: PEAK_PER_HOUR * scale,
    minutes,
    lost: 0,
    everyMinutes,
    workers: maxPaymentWorkers * scale,
    seed: 1,
    ...load,
  });

describe('reconciliation of a million payments a month at three times the average rate', () => {
  it('checks no payment more than 10 minutes late, and at most twice as late with 20 % lost responses', {
    timeout: 1_800_000,
  }, async () => {
    const [usual, lossy] = [await run({}), await run({ lost: 0.2 })];
    console.info(usual, lossy);

    expect(usual.expired).toBeGreaterThan(PEAK_PER_HOUR * scale * 0.5 * (minutes / 60 - 0.6));
    expect(usual.maxLateSeconds).toBeLessThan(600);
    expect(lossy.maxLateSeconds).toBeLessThan(Math.min(600, 2 * usual.maxLateSeconds));
    expect(lossy.responseLateSeconds).toBeLessThan(2 * usual.responseLateSeconds);
    expect(usual.deadLetters + lossy.deadLetters).toBe(0);
  });

  it('checks payments more than 10 minutes late without workers', { timeout: TIMEOUT_MS }, async () => {
    expect((await run({ workers: 0 })).maxLateSeconds).toBeGreaterThan(600);
  });
});
