import { dayOf } from '../../src/ledger/days.ts';
import type { LedgerCursor } from '../../src/ledger/ledger-cursor.ts';
import type { CrashPoint } from '../support/in-memory/crashing-process.ts';
import type { ShopInProcess } from '../support/in-process/shop.ts';
import { change } from '../support/stack/aws.ts';
import { emptyTables } from '../support/stack/empty-tables.ts';
import { moneyOf, violationsOf } from './assert-invariants.ts';
import { type Conditions, createDriver } from './driver.ts';
import type { Scenario } from './scenarios.ts';

/** The result of one run of a scenario. */
interface ScenarioRun {
  /** Violations after recovery. */
  readonly violations: readonly string[];
  /** The external calls of the scenario and of the first recovery round. */
  readonly calls: readonly string[];
}

/**
 * Hours before each recovery round: stock is held for half an hour, PayPal keeps an order for six hours, and idle
 * payments are rechecked once an hour.
 */
const RECOVERY_HOURS = [0.6, 0.6, 1.1, 7, 1.1, 1.1];
const STOCK = 2;

/** As if the shop had compared PayPal's ledger before: the first run of the job reads a month, call by call. */
const compareLedgerFrom = (next: string) =>
  change(
    'operations',
    { kind: 'run', id: 'ledger' },
    {
      started_at: new Date().toISOString(),
      cursor: JSON.stringify({ next, again: [] } satisfies LedgerCursor),
    },
  );

/** Runs a scenario on an otherwise empty shop, then recovers. A process crashes at the given call. */
export async function runScenario(
  shop: ShopInProcess,
  { run, outcome, outcomesAfterGivingUp, refunded: expectedRefund = 0 }: Scenario,
  conditions: Conditions,
  crashPoint?: CrashPoint,
): Promise<ScenarioRun> {
  await Promise.all([emptyTables(), shop.reset()]);
  await compareLedgerFrom(dayOf(new Date()));
  const driver = await createDriver(shop, conditions, STOCK);
  shop.watch.start(crashPoint);
  await driver.run(run);

  let calls: readonly string[] = [];
  let violations: string[] = [];
  for (const [round, hours] of RECOVERY_HOURS.entries()) {
    shop.advance(hours * 3600);
    await driver.recover();
    if (round === 0) {
      calls = [...shop.watch.calls];
      // Crash points cover the first recovery round only.
      shop.watch.start();
      continue;
    }
    violations = await violationsOf(shop);
    if (violations.length === 0) break;
  }
  if (await driver.redeliverAll()) violations = await violationsOf(shop);

  const { outcome: actual, refunded } = await moneyOf(shop);
  const gaveUp = crashPoint && conditions.callers === 'give up';
  if (![outcome, ...(gaveUp ? outcomesAfterGivingUp : [])].includes(actual)) violations.push(`the money is ${actual}`);
  if (actual === 'kept' && ![expectedRefund, ...(gaveUp ? [0] : [])].includes(refunded))
    violations.push(`${refunded} refunded`);
  if (crashPoint && calls.length <= crashPoint.at) violations.push('no process crashed');
  return { violations, calls };
}
