import { startStack } from '../local/stack.ts';
import { openWork, recoverAll } from './support/stack/after-storm.ts';
import { finalFindings } from './support/stack/final-findings.ts';
import { storm } from './support/stack/storm.ts';

/*
 * Starts a stack, runs purchases under injected faults, recovers, and prints the result:
 * npm run storm [purchases] [seed]
 */
const [purchases = 2000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0).padStart(5);
const log = (line: string) => console.log(`${seconds()} s  ${line}`);

const stack = await startStack({ stateDir: '.local/storm' });
try {
  const begun = performance.now();
  const passed = await storm(stack, { purchases, seed, log });
  const ended = performance.now();
  const left = await openWork(stack, passed.payments);
  log(`purchases done, open: ${JSON.stringify(left)}`);
  await passed.repair();
  const recovery = await recoverAll(stack, passed, log);
  const recovered = performance.now();
  const after = await openWork(stack, passed.payments);
  const findings = await finalFindings(stack);
  for (const finding of findings) log(finding);

  const rows = {
    purchases,
    'webhook deliveries': passed.deliveries.sent,
    '  duplicated': passed.deliveries.duplicated,
    '  lost': passed.deliveries.lost,
    '  reordered': passed.deliveries.reordered,
    'captures failed by PayPal': passed.failedCaptures,
    'failing steps': passed.failingSteps,
    'open before recovery: payments': left.payments,
    '  failed settlements': left.failures,
    '  dead letters': left.deadLetters,
    'recovery: rounds': recovery.rounds,
    '  events fetched from PayPal': recovery.fetched,
    '  settlements retried': recovery.retried,
    'open after recovery': Object.values(after).reduce((sum, number) => sum + number, 0),
    findings: findings.length,
    'seconds of purchases': Math.round((ended - begun) / 1000),
    'seconds of recovery': Math.round((recovered - ended) / 1000),
  };
  const width = Math.max(...Object.keys(rows).map(({ length }) => length));
  console.log();
  for (const [name, number] of Object.entries(rows))
    console.log(`${name.padEnd(width)}  ${String(number).padStart(7)}`);
  if (rows['open after recovery'] + findings.length > 0) process.exitCode = 1;
} finally {
  await stack.stop();
}
