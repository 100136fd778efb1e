import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGE_NAMES } from '../../lib/names.ts';
import { ROOT } from '../../local/paths.ts';
import { ensurePythonPackages, type PythonEnvironment } from '../../local/python.ts';
import { stopSignal } from '../../local/stop-signal.ts';
import { command, FAILED, run } from '../../ops/command.ts';

const STATE_DIR = join(ROOT, '.local/cfn-lint');

const ENVIRONMENT: PythonEnvironment = {
  venv: join(STATE_DIR, 'venv'),
  requirements: join(import.meta.dirname, 'requirements.txt'),
};

/** Contexts with which each stage is synthesized. */
const CONTEXTS: readonly Readonly<Record<string, string>>[] = [
  {},
  {
    originCheck: 'on',
    firewall: 'on',
    domain: 'shop.example',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef',
    alarmEmail: 'alarms@shop.example',
  },
];

/** Rules that are not checked, with the reason. */
const IGNORED: Readonly<Record<string, string>> = {
  W3005: 'The CDK makes functions depend on their whole role, its policy included; naming the role twice is harmless.',
};

await run(
  command('npm run lint:cfn', 'Lints the CloudFormation templates of all stages with cfn-lint.').action(async () => {
    const signal = stopSignal();
    await mkdir(STATE_DIR, { recursive: true });
    await ensurePythonPackages(join(STATE_DIR, 'python.log'), signal, ENVIRONMENT);

    const { directories, templates } = await synthesize();
    try {
      if ((await lint(templates, signal)) !== 0) process.exitCode = FAILED;
    } finally {
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
    }
  }),
);

/** @returns the directories of the assemblies, and their templates without copies */
async function synthesize() {
  const { appOf } = await import('../unit/lib/synth.ts');
  const assemblies = STAGE_NAMES.flatMap((stage) => CONTEXTS.map((context) => appOf(stage, context).app.synth()));
  const files = new Map<string, string>();
  for (const { template, templateFullPath } of assemblies.flatMap(({ stacks }) => stacks))
    files.set(JSON.stringify(template), templateFullPath);
  return { directories: assemblies.map(({ directory }) => directory), templates: [...files.values()] };
}

function lint(files: readonly string[], signal: AbortSignal): Promise<number> {
  const args = ['--regions', 'us-east-1', '--ignore-checks', ...Object.keys(IGNORED), '--', ...files];
  return new Promise((resolve, reject) => {
    const child = spawn(join(ENVIRONMENT.venv, 'bin/cfn-lint'), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
