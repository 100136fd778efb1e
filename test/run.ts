import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, FAILED, run } from '../ops/command.ts';

interface Phase {
  readonly name: string;
  readonly command: readonly string[];
  /** Counts the results of its tests. */
  readonly tests?: true;
  /** Needs MiniStack, the simulator or a browser. */
  readonly servers?: true;
}

/** The tests of a project of vitest.config.ts. */
const testsOf = (project: string): Phase => ({
  name: `vitest: ${project}`,
  command: ['vitest', 'run', '--project', project],
  tests: true,
});

const phases: readonly Phase[] = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  { name: 'types', command: ['tsc'] },
  { name: 'types of web/', command: ['tsc', '-p', 'web'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'Markdown', command: ['markdownlint-cli2'] },
  { name: 'commit subjects', command: ['node', 'scripts/commit-subjects.ts'] },
  { name: 'web build and bundle sizes', command: ['node', 'web/build.ts'] },
  testsOf('unit'),
  { ...testsOf('repositories'), servers: true },
  { ...testsOf('crash'), servers: true },
  { ...testsOf('integration'), servers: true },
  { ...testsOf('alarms'), servers: true },
  { ...testsOf('browser'), servers: true },
  { ...testsOf('least-privilege'), servers: true },
];

await run(
  command('npm test', 'Runs every phase of CI in sequence, and goes on after one that fails.')
    .option('--without-servers', 'skip what needs MiniStack, the simulator or a browser, as npm run check does')
    .action(({ withoutServers }) => runPhases(withoutServers ? phases.filter(({ servers }) => !servers) : phases)),
);

async function runPhases(selected: readonly Phase[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'settle-once-tests-'));
  const total = { passed: 0, failed: 0 };
  const failed: string[] = [];
  for (const [index, { name, command, tests }] of selected.entries()) {
    console.log(`\n▶ ${name}`);
    const report = join(folder, `${index}.json`);
    const started = Date.now();
    const code = await runTool(
      folder,
      tests ? [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : command,
    );
    if (tests) {
      const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
      total.passed += numPassedTests;
      total.failed += numFailedTests;
    }
    if (code !== 0) failed.push(name);
    console.log(`${code === 0 ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll phases passed.');
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (failed.length > 0) process.exitCode = FAILED;
}

/** @param folder for temporary files: removed at the end, with leftovers such as the CDK's folders */
function runTool(folder: string, [tool = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(tool, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
