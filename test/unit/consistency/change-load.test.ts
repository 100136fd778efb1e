import { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { stageFrom } from '../../../lib/stages.ts';
import { runChangeLoad } from '../../support/in-memory/change-load.ts';

const { graceSeconds } = stageFrom(new App({ context: { stage: 'prod' } }).node).intervals;

/** Two and a half million purchases begun per month, a million of them paid, at three times the average rate. */
const PEAK_PER_HOUR = 3 * 3470;
/** `npm run payment-load` runs the whole load for four hours; else a tenth of it for two. */
const load =
  process.env.PAYMENT_LOAD === 'full'
    ? { begunPerHour: PEAK_PER_HOUR, hours: 4 }
    : { begunPerHour: PEAK_PER_HOUR / 10, hours: 2 };

it.each([0, 0.2])(
  'a lost order is found within 15 minutes of the grace period while a share of %d of the checks fails',
  { timeout: 1_800_000 },
  async (failing) => {
    const result = await runChangeLoad({ ...load, graceSeconds, lossEvery: 10, failing, seed: 1 });
    console.info(result);

    expect(result.due).toBeGreaterThan(20);
    expect(result.found).toBe(result.due);
    expect(result.maxLateMinutes).toBeLessThan(15);
  },
);
