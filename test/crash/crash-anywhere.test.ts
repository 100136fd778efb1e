import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Crash, crashesWithin } from '../support/in-memory/crashing-process.ts';
import { type ShopInProcess, startShopInProcess } from '../support/in-process/shop.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Circumstances } from './driver.ts';
import { runScenario } from './run-scenario.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/*
 * A purchase is told many times. Each time, one process dies before or after one of its calls to AWS or PayPal; then everything heals by
 * the ways that the shop has for that, and its books must be right. `npm run crash` tells them all, `npm test` some of them.
 */

const ALL = process.env.CRASH === 'all';
const SEED = Number(process.env.CRASH_SEED ?? 1);
/** So many deaths of each story are tried, of all the calls there are, in any circumstances; beside those over which money has moved. */
const SAMPLE = 16;

const CIRCUMSTANCES: readonly Circumstances[] = (['try again', 'give up'] as const).flatMap((callers) =>
  (['as they happened', 'swapped'] as const).flatMap((events) =>
    ([1, 2] as const).map((copies) => ({ copies, events, callers })),
  ),
);

let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
});
afterAll(() => shop.stop());

interface Fate {
  readonly circumstances: Circumstances;
  readonly death: Crash;
  /** The call over which a process dies. */
  readonly over: string | undefined;
}

/** PayPal has moved money, and whoever asked for it has not heard the answer: where nothing else goes wrong, this is always tried. */
const isOverMoney = ({ circumstances: { copies, events }, death, over = '' }: Fate): boolean =>
  copies === 1 && events === 'as they happened' && death.when === 'after' && /^POST .*(capture|refund)$/.test(over);

/** Every death that a process can die in a story. It is told once in each circumstances, to know its calls. */
async function fatesOf(story: Scenario): Promise<Fate[]> {
  const fates: Fate[] = [];
  for (const circumstances of CIRCUMSTANCES) {
    const { mistakes, calls } = await runScenario(shop, story, circumstances);
    if (mistakes.length > 0) throw new Error(`even if nobody dies: ${mistakes.join('; ')}`);
    fates.push(...crashesWithin(calls.length).map((death) => ({ circumstances, death, over: calls[death.at] })));
  }
  return fates;
}

function some<Item>(items: readonly Item[], howMany: number, chance: () => number): Item[] {
  const left = [...items];
  return Array.from({ length: howMany }, () => left.splice(Math.floor(chance() * left.length), 1)).flat();
}

describe.each(SCENARIOS.map((story, index) => ({ ...story, seed: SEED + index })))('$name', (story) => {
  it('and the books are right, whatever call a process dies over', { timeout: ALL ? 3_600_000 : 240_000 }, async () => {
    const fates = await fatesOf(story);
    const others = fates.filter((fate) => !isOverMoney(fate));
    const chosen = ALL ? fates : [...fates.filter(isOverMoney), ...some(others, SAMPLE, seededRandom(story.seed))];
    console.log(`${story.name}: ${chosen.length} of ${fates.length} deaths, seed ${SEED}`);

    const wrong = [];
    for (const [index, fate] of chosen.entries()) {
      if (index > 0 && index % 200 === 0)
        console.log(`${story.name}: ${index} of ${chosen.length} told, ${wrong.length} wrong`);
      const { mistakes } = await runScenario(shop, story, fate.circumstances, fate.death);
      if (mistakes.length > 0) wrong.push({ ...fate, mistakes });
    }

    expect(wrong).toEqual([]);
  });
});

it('calls of all kinds are counted: to DynamoDB, to Step Functions, and to PayPal', async () => {
  const [story] = SCENARIOS;
  if (!story) throw new Error('no story');

  const { calls } = await runScenario(shop, story, { copies: 1, events: 'as they happened', callers: 'try again' });

  expect(calls).toEqual(
    expect.arrayContaining([
      'TransactWrite',
      'PutItem',
      'StartExecution',
      'GET /v1/notifications/certs/…',
      'POST /v2/checkout/orders',
      'POST /v2/checkout/orders/…/capture',
    ]),
  );
});
