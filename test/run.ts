import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Runs all that CI runs, one phase after the other, each with its time; `check` leaves out what needs servers. Everything is run even
 * if something fails, so that one run tells all.
 */

interface Phase {
  readonly name: string;
  readonly command: readonly string[];
  /** A phase of tests, whose results are counted. */
  readonly tests?: true;
  readonly servers?: true;
}

const phases: readonly Phase[] = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  { name: 'types', command: ['tsc'] },
  { name: 'types of the pages', command: ['tsc', '-p', 'web'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'pages, and how much JavaScript they are', command: ['node', 'web/build.ts'] },
  { name: 'unit, property, ASL and template tests', command: ['vitest', 'run', '--project', 'unit'], tests: true },
  {
    name: 'tests of the repositories',
    command: ['vitest', 'run', '--project', 'repositories'],
    tests: true,
    servers: true,
  },
  {
    name: 'processes that die over any call',
    command: ['vitest', 'run', '--project', 'crash'],
    tests: true,
    servers: true,
  },
  {
    name: 'tests on the running stack',
    command: ['vitest', 'run', '--project', 'integration'],
    tests: true,
    servers: true,
  },
  {
    name: 'tests of the alarms',
    command: ['vitest', 'run', '--project', 'alarms'],
    tests: true,
    servers: true,
  },
  {
    name: 'tests in a browser',
    command: ['vitest', 'run', '--project', 'browser'],
    tests: true,
    servers: true,
  },
  {
    name: 'tests on the running stack, with IAM enforced',
    command: ['vitest', 'run', '--project', 'least-privilege'],
    tests: true,
    servers: true,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'settle-once-tests-'));

const run = (command: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    // What tests leave behind, such as the CDK's folders, goes when all is over.
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });

const total = { passed: 0, failed: 0 };
const broken: string[] = [];
const onlyCheck = process.argv[2] === 'check';

for (const [index, { name, command, tests, servers }] of phases.entries()) {
  if (servers && onlyCheck) continue;
  console.log(`\n▶ ${name}`);
  const report = join(folder, `${index}.json`);
  const started = Date.now();
  const code = await run(
    tests ? [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : command,
  );
  if (tests) {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += numPassedTests;
    total.failed += numFailedTests;
  }
  if (code !== 0) broken.push(name);
  console.log(`${code === 0 ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
rmSync(folder, { recursive: true, force: true });
console.log(broken.length > 0 ? `\nFailed: ${broken.join(', ')}` : '\nAll is well.');
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = broken.length > 0 ? 1 : 0;
