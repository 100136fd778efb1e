import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDriver, type Driver } from '../crash/driver.ts';
import { countUnits } from '../support/in-process/consumed-units.ts';
import { type ShopInProcess, startShopInProcess } from '../support/in-process/shop.ts';
import { emptyTables } from '../support/stack/empty-tables.ts';

/*
 * What a purchase uses on AWS, counted at the product's own handlers. docs/purchase-counts.json, from which
 * `npm run costs` computes docs/deploying.md, must say the same; it is written with COUNTS=write.
 */

const FILE = 'docs/purchase-counts.json';
const POLLS = 5;

const PURCHASES: Readonly<Record<string, (driver: Driver) => Promise<void>>> = {
  'the buyer returns first': async (driver) => {
    await driver.checkOut();
    await driver.approve();
    await driver.returnToShop();
    await polls(driver);
    await driver.deliverPending();
  },
  'the buyer never returns': async (driver) => {
    await driver.checkOut();
    await driver.approve();
    await driver.deliverPending();
    await polls(driver);
  },
};

async function polls(driver: Driver): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) await driver.poll();
}

const counter = countUnits();
let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
  // Not counted: the first invocation of a function reads the secret and asks PayPal for a token.
  await shop.reset();
  await run('the buyer returns first');
});
afterAll(async () => {
  await shop.stop();
  counter.stop();
});

async function run(name: string) {
  // Drivers use the same idempotency keys.
  await emptyTables();
  const driver = await createDriver(shop, { copies: 1, events: 'in sequence', callers: 'retry' }, 10);
  const before = { invocations: shop.invocations.length, executions: shop.stepFunctions.executions().length };
  shop.watch.start();
  const units = await counter.during(async () => PURCHASES[name]?.(driver));
  const invocations: Record<string, number> = {};
  for (const fn of shop.invocations.slice(before.invocations)) invocations[fn] = (invocations[fn] ?? 0) + 1;
  return {
    transitions: shop.stepFunctions
      .executions()
      .slice(before.executions)
      .reduce((sum, { execution }) => sum + execution.transitions, 0),
    write_units: units.write,
    read_units: units.read,
    aws_calls: shop.watch.calls.filter((call) => !call.includes('/')).length,
    polls: POLLS,
    invocations,
  };
}

it('uses what the documentation counts', async () => {
  const counts: Record<string, object> = {};
  for (const name of Object.keys(PURCHASES)) counts[name] = await run(name);

  if (process.env.COUNTS === 'write') writeFileSync(FILE, `${JSON.stringify(counts, null, 2)}\n`);
  expect(counts).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
});
