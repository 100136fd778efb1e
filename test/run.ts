import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensurePythonPackages } from '../local/python.ts';
import { command, FAILED, run } from '../ops/command.ts';

interface Phase {
  readonly name: string;
  readonly command: readonly string[];
  /** Counts the results of its tests. */
  readonly tests?: true;
  /** Part of `npm run check`: takes seconds, and needs nothing beyond node_modules. */
  readonly quick?: true;
}

/** The part of vitest's JSON report that is read here. */
interface TestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A stack and its tests keep one core busy. */
const CONCURRENCY = 2;

/** Shown again of a phase that failed outside its tests. */
const LAST_CHARACTERS = 3000;

/** The tests of a project of vitest.config.ts. */
const testsOf = (project: string): Phase => ({
  name: `vitest: ${project}`,
  command: ['vitest', 'run', '--project', project],
  tests: true,
});

const phases: readonly Phase[] = [
  { name: 'format and lint', command: ['biome', 'check', '.'], quick: true },
  { name: 'types', command: ['tsc'], quick: true },
  { name: 'types of web/', command: ['tsc', '-p', 'web'], quick: true },
  { name: 'dead code', command: ['knip'], quick: true },
  { name: 'Markdown', command: ['markdownlint-cli2'], quick: true },
  { name: 'commit subjects', command: ['node', 'scripts/commit-subjects.ts'], quick: true },
  { name: 'web build and bundle sizes', command: ['node', 'web/build.ts'], quick: true },
  { ...testsOf('unit'), quick: true },
  // The longest first, so that none is left to run alone.
  testsOf('integration'),
  testsOf('browser'),
  testsOf('crash'),
  testsOf('slow'),
  testsOf('alarms'),
  { name: 'CloudFormation templates', command: ['node', 'test/cfn-lint/run.ts'] },
  testsOf('hardened'),
  testsOf('repositories'),
];

await run(
  command('npm test', 'Runs every phase of CI, two at a time, and goes on after one that fails.')
    .option('--quick', 'run the static checks and the quick unit tests only, as npm run check does')
    .action(({ quick }) => runPhases(quick ? phases.filter((phase) => phase.quick) : phases)),
);

async function runPhases(selected: readonly Phase[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'settle-once-tests-'));
  const total = { passed: 0, failed: 0 };
  const failed: string[] = [];
  const reasons: string[] = [];
  // Before two phases do it at a time.
  if (selected.some(({ quick }) => !quick))
    await ensurePythonPackages(join(folder, 'python.log'), new AbortController().signal);
  const outputs = outputsInTurn();
  const waiting = [...selected.entries()];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { name, command, tests }] = next;
      const output = outputs.add();
      output.write(`\n▶ ${name}\n`);
      const report = join(folder, `${index}.json`);
      const started = Date.now();
      let lastLines = '';
      const code = await runTool(
        folder,
        tests ? [...command, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : command,
        (text) => {
          output.write(text);
          lastLines = `${lastLines}${text}`.slice(-LAST_CHARACTERS);
        },
      );
      const results: TestResults | undefined = tests && JSON.parse(readFileSync(report, 'utf8'));
      total.passed += results?.numPassedTests ?? 0;
      total.failed += results?.numFailedTests ?? 0;
      if (code !== 0) {
        failed.push(name);
        const failures = results ? failuresOf(results) : [];
        reasons.push(`\n✘ ${name}\n${(failures.length > 0 ? failures : [lastLines]).join('\n')}`);
      }
      output.write(`${code === 0 ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
      output.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, availableParallelism()) }, runNext));
  rmSync(folder, { recursive: true, force: true });
  for (const reason of reasons) console.log(reason);
  console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll phases passed.');
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (failed.length > 0) process.exitCode = FAILED;
}

/** Each failed test or file with its message: the log of a whole run is long, and CI keeps its end. */
function failuresOf({ testResults }: TestResults): readonly string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    const of = `${relative(process.cwd(), name)}:`;
    return tests.length > 0
      ? tests.map(({ fullName, failureMessages }) => `${of} ${fullName}\n${indent(failureMessages.join('\n'))}`)
      : status === 'failed'
        ? [`${of}\n${indent(message)}`]
        : [];
  });
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

/** Prints the output of the phase that began first as it comes, and that of the others when their turn has come. */
function outputsInTurn() {
  const running: { text: string; ended: boolean }[] = [];
  const print = () => {
    for (let first = running[0]; first; first = running[0]) {
      process.stdout.write(first.text);
      first.text = '';
      if (!first.ended) return;
      running.shift();
    }
  };
  return {
    add() {
      const one = { text: '', ended: false };
      running.push(one);
      return {
        write(text: string): void {
          one.text += text;
          print();
        },
        end(): void {
          one.ended = true;
          print();
        },
      };
    },
  };
}

/** @param folder for temporary files: removed at the end, with leftovers such as the CDK's folders */
function runTool(
  folder: string,
  [tool = '', ...args]: readonly string[],
  write: (text: string) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: folder, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) };
    const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', write);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
