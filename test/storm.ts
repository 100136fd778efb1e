import { command, FAILED, JSON_OUTPUT, run, wholeNumber } from '../ops/command.ts';
import { openWork, recoverAll } from './support/stack/after-storm.ts';
import { moneyDifferences } from './support/stack/compare-money.ts';
import { finalFindings } from './support/stack/final-findings.ts';
import { storm } from './support/stack/storm.ts';

await run(
  command('npm run storm', 'Starts a stack, runs purchases under injected faults, recovers, and prints the result.')
    .argument('[purchases]', 'the number of purchases', wholeNumber(1, 1_000_000), 2000)
    .argument('[seed]', 'repeats the random decisions of an earlier run', wholeNumber(0, 2 ** 32 - 1), 1)
    .addOption(JSON_OUTPUT)
    .action(async (purchases, seed, { json = false }) => {
      const rows = await runStorm(purchases, seed, json);
      if (json) {
        const fields = Object.entries(rows).map(([name, number]) => [name.trim().replaceAll(/\W+/g, '_'), number]);
        console.log(JSON.stringify(Object.fromEntries(fields)));
      } else {
        const width = Math.max(...Object.keys(rows).map(({ length }) => length));
        console.log();
        for (const [name, number] of Object.entries(rows))
          console.log(`${name.padEnd(width)}  ${String(number).padStart(7)}`);
      }
      const left =
        rows['open after recovery'] + rows.findings + rows['payments whose money differs from PayPal’s ledger'];
      if (left > 0) process.exitCode = FAILED;
    }),
);

/** @param quiet prints the progress to stderr, and that of the stack's start not at all */
async function runStorm(purchases: number, seed: number, quiet: boolean) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  const log = (line: string) => (quiet ? console.error : console.log)(`${seconds()} s  ${line}`);

  const { startStack } = await import('../local/stack.ts');
  const stack = await startStack({ stateDir: '.local/storm', quiet });
  try {
    const begun = performance.now();
    const passed = await storm(stack, { purchases, seed, log, movesMoney: true });
    const ended = performance.now();
    const left = await openWork(stack, passed.payments);
    log(`purchases done, open: ${JSON.stringify(left)}`);
    await passed.repair();
    const recovery = await recoverAll(stack, passed, log);
    const recovered = performance.now();
    const after = await openWork(stack, passed.payments);
    const findings = await finalFindings(stack);
    const differences = await moneyDifferences(stack, passed.payments);
    for (const line of [...findings, ...differences]) log(line);

    return {
      purchases,
      'webhook deliveries': passed.deliveries.sent,
      '  duplicated': passed.deliveries.duplicated,
      '  lost': passed.deliveries.lost,
      '  reordered': passed.deliveries.reordered,
      'captures failed by PayPal': passed.failedCaptures,
      'captures declined at first': passed.declines,
      'failing steps': passed.failingSteps,
      ...passed.moneyEvents,
      'open before recovery: payments': left.payments,
      '  failed settlements': left.failures,
      '  dead letters': left.deadLetters,
      'recovery: rounds': recovery.rounds,
      '  events fetched from PayPal': recovery.fetched,
      '  settlements retried': recovery.retried,
      '  second captures refunded': recovery.refunded,
      'open after recovery': Object.values(after).reduce((sum, number) => sum + number, 0),
      findings: findings.length,
      'payments whose money differs from PayPal’s ledger': differences.length,
      'seconds of purchases': Math.round((ended - begun) / 1000),
      'seconds of recovery': Math.round((recovered - ended) / 1000),
    };
  } finally {
    await stack.stop();
  }
}
