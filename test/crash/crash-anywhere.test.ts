import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CrashPoint, crashesWithin } from '../support/in-memory/crashing-process.ts';
import { type ShopInProcess, startShopInProcess } from '../support/in-process/shop.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Conditions } from './driver.ts';
import { runScenario } from './run-scenario.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/*
 * Each scenario runs many times. In each run, one process crashes before or after one of its calls to AWS or PayPal;
 * then the shop recovers by its own jobs, and every invariant must hold. `npm run crash` runs every crash point, `npm
 * test` a sample.
 */

const ALL = process.env.CRASH === 'all';
const SEED = Number(process.env.CRASH_SEED ?? 1);
/** Crash points sampled per scenario, in addition to those at calls that move money. */
const SAMPLE_SIZE = 16;

const CONDITIONS: readonly Conditions[] = (['retry', 'give up'] as const).flatMap((callers) =>
  (['in sequence', 'reversed'] as const).flatMap((events) =>
    ([1, 2] as const).map((copies) => ({ copies, events, callers })),
  ),
);

let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
});
afterAll(() => shop.stop());

interface CrashCase {
  readonly conditions: Conditions;
  readonly crashPoint: CrashPoint;
  /** The call at which the process crashes. */
  readonly call: string | undefined;
}

/** PayPal has moved money, but its response is lost. Without other faults, these cases always run. */
const losesMoneyResponse = ({ conditions: { copies, events }, crashPoint, call = '' }: CrashCase): boolean =>
  copies === 1 && events === 'in sequence' && crashPoint.when === 'after' && /^POST .*(capture|refund)$/.test(call);

/** Every crash point of a scenario. Runs it once without a crash under each set of conditions, to list its calls. */
async function crashCasesOf(scenario: Scenario): Promise<CrashCase[]> {
  const cases: CrashCase[] = [];
  for (const conditions of CONDITIONS) {
    const { violations, calls } = await runScenario(shop, scenario, conditions);
    if (violations.length > 0) throw new Error(`violations without a crash: ${violations.join('; ')}`);
    cases.push(
      ...crashesWithin(calls.length).map((crashPoint) => ({ conditions, crashPoint, call: calls[crashPoint.at] })),
    );
  }
  return cases;
}

function sample<Item>(items: readonly Item[], size: number, random: () => number): Item[] {
  const rest = [...items];
  return Array.from({ length: size }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
}

describe.each(SCENARIOS.map((scenario, index) => ({ ...scenario, seed: SEED + index })))('$name', (scenario) => {
  it('keeps every invariant when a process crashes at any call', { timeout: ALL ? 3_600_000 : 240_000 }, async () => {
    const cases = await crashCasesOf(scenario);
    const others = cases.filter((one) => !losesMoneyResponse(one));
    const selected = ALL
      ? cases
      : [...cases.filter(losesMoneyResponse), ...sample(others, SAMPLE_SIZE, seededRandom(scenario.seed))];
    console.log(`${scenario.name}: ${selected.length} of ${cases.length} crash points, seed ${SEED}`);

    const failures = [];
    for (const [index, { conditions, crashPoint, call }] of selected.entries()) {
      if (index > 0 && index % 200 === 0)
        console.log(`${scenario.name}: ${index} of ${selected.length} done, ${failures.length} failed`);
      const { violations } = await runScenario(shop, scenario, conditions, crashPoint);
      if (violations.length > 0) failures.push({ conditions, crashPoint, call, violations });
    }

    expect(failures).toEqual([]);
  });
});

describe('runScenario', () => {
  it('records calls to DynamoDB, Step Functions and PayPal', async () => {
    const [scenario] = SCENARIOS;
    if (!scenario) throw new Error('no scenario');

    const { calls } = await runScenario(shop, scenario, { copies: 1, events: 'in sequence', callers: 'retry' });

    expect(calls).toEqual(
      expect.arrayContaining([
        'BatchGet',
        'Update',
        'PutItem',
        'StartExecution',
        'GET /v1/notifications/certs/…',
        'POST /v2/checkout/orders',
        'POST /v2/checkout/orders/…/capture',
      ]),
    );
  });
});
