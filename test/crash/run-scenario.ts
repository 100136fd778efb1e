import type { Crash } from '../support/in-memory/crashing-process.ts';
import type { ShopInProcess } from '../support/in-process/shop.ts';
import { emptyTables } from '../support/stack/empty-tables.ts';
import { moneyOf, violationsOf } from './assert-invariants.ts';
import { type Circumstances, createDriver } from './driver.ts';
import type { Scenario } from './scenarios.ts';

/** A story that was told to its end. */
interface ScenarioRun {
  /** What is wrong when everything has healed. */
  readonly mistakes: readonly string[];
  /** The calls to the outside of the story, and of the first look after what it left. */
  readonly calls: readonly string[];
}

/**
 * Hours that pass before each look at what is left: stock is held for half an hour, PayPal keeps an order for six hours, and the shop
 * looks after what is quiet once an hour.
 */
const LOOKS = [0.6, 0.6, 1.1, 7, 1.1, 1.1];
const PIECES = 2;

/** Tells a story to a shop that has nothing else to do, then lets it heal. A process dies over the doomed call. */
export async function runScenario(
  shop: ShopInProcess,
  { runScenario, ends, mayEnd, givesBack = 0 }: Scenario,
  circumstances: Circumstances,
  death?: Crash,
): Promise<ScenarioRun> {
  await Promise.all([emptyTables(), shop.forget()]);
  const world = await createDriver(shop, circumstances, PIECES);
  shop.watch.begin(death);
  await world.tell(runScenario);

  let calls: readonly string[] = [];
  let mistakes: string[] = [];
  for (const [look, hours] of LOOKS.entries()) {
    shop.pass(hours * 3600);
    await world.heal();
    if (look === 0) {
      calls = [...shop.watch.calls];
      // Those who look a second time live.
      shop.watch.begin();
      continue;
    }
    mistakes = await violationsOf(shop);
    if (mistakes.length === 0) break;
  }
  if (await world.hearAgain()) mistakes = await violationsOf(shop);

  const { end, refunded } = await moneyOf(shop);
  const gaveUp = death && circumstances.callers === 'give up';
  if (![ends, ...(gaveUp ? mayEnd : [])].includes(end)) mistakes.push(`the money is ${end}`);
  if (end === 'kept' && ![givesBack, ...(gaveUp ? [0] : [])].includes(refunded)) mistakes.push(`${refunded} went back`);
  if (death && calls.length <= death.at) mistakes.push('nobody died');
  return { mistakes, calls };
}
