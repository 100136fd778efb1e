import { startStack } from '../local/stack.ts';
import { openWork, recoverAll } from './support/stack/after-storm.ts';
import { finalFindings } from './support/stack/final-findings.ts';
import { storm } from './support/stack/storm.ts';

/*
 * npm run storm [purchases] [seed]: starts a stack, runs purchases under injected faults, recovers, and prints the result.
 */
const [purchases = 2000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0).padStart(5);
const say = (line: string) => console.log(`${seconds()} s  ${line}`);

const stack = await startStack({ stateDir: '.local/storm' });
try {
  const begun = performance.now();
  const passed = await storm(stack, { purchases, seed, say });
  const stormed = performance.now();
  const left = await openWork(stack, passed.payments);
  say(`the storm is over, left: ${JSON.stringify(left)}`);
  await passed.mend();
  const healed = await recoverAll(stack, passed, say);
  const mended = performance.now();
  const after = await openWork(stack, passed.payments);
  const findings = await finalFindings(stack);
  for (const finding of findings) say(finding);

  const rows = {
    purchases,
    'deliveries that PayPal made': passed.deliveries.sent,
    '  came twice at once': passed.deliveries.duplicated,
    '  were lost': passed.deliveries.lost,
    '  came after younger ones': passed.deliveries.reordered,
    'captures that PayPal failed': passed.payPalFailed,
    'steps that could not be done': passed.stepsSpoiled,
    'left by the storm: payments': left.payments,
    '  settlements that had failed': left.failures,
    '  dead letters': left.deadLetters,
    'healing: rounds': healed.rounds,
    '  events fetched from PayPal': healed.fetched,
    '  settlements retried by a click': healed.retried,
    'left after healing': Object.values(after).reduce((sum, number) => sum + number, 0),
    'findings in the books': findings.length,
    'seconds of storm': Math.round((stormed - begun) / 1000),
    'seconds of healing': Math.round((mended - stormed) / 1000),
  };
  const width = Math.max(...Object.keys(rows).map(({ length }) => length));
  console.log();
  for (const [name, number] of Object.entries(rows))
    console.log(`${name.padEnd(width)}  ${String(number).padStart(7)}`);
  if (rows['left after healing'] + findings.length > 0) process.exitCode = 1;
} finally {
  await stack.stop();
}
