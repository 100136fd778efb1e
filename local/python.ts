import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { run } from './processes.ts';

/** A virtual environment and its requirements file. */
export interface PythonEnvironment {
  readonly venv: string;
  readonly requirements: string;
}

const MINISTACK: PythonEnvironment = {
  venv: join(ROOT, '.venv'),
  requirements: join(ROOT, 'local/requirements.txt'),
};

/** A copy of the requirements, written when the installation is complete. */
const installedRequirements = ({ venv }: PythonEnvironment) => join(venv, 'requirements.txt');

/** Whether the environment matches its requirements. */
export async function hasPythonPackages(environment: PythonEnvironment = MINISTACK): Promise<boolean> {
  const [required, installed] = await Promise.all([
    readFile(environment.requirements, 'utf8'),
    readFile(installedRequirements(environment), 'utf8').catch(() => undefined),
  ]);
  return required === installed;
}

/** Installs the packages, unless the environment matches its requirements. @throws Error as `installPythonPackages` */
export async function ensurePythonPackages(
  log: string,
  signal: AbortSignal,
  environment: PythonEnvironment = MINISTACK,
): Promise<void> {
  if (!(await hasPythonPackages(environment))) await installPythonPackages(log, signal, environment);
}

/**
 * Replaces the environment with a new one.
 * @throws Error when Python 3.11 or newer with venv is not installed.
 */
export async function installPythonPackages(
  log: string,
  signal: AbortSignal,
  environment: PythonEnvironment = MINISTACK,
): Promise<void> {
  const { venv, requirements } = environment;
  const options = { env: process.env, log, signal };
  try {
    await run('python3', ['-c', 'import ensurepip, sys; assert sys.version_info >= (3, 11), sys.version'], options);
  } catch (error) {
    throw new Error('Python 3.11 or newer with venv is required (on Debian: apt install python3-venv)', {
      cause: error,
    });
  }
  await run('python3', ['-m', 'venv', '--clear', venv], options);
  const pip = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--require-hashes',
    '--requirement',
    requirements,
  ];
  await run(join(venv, 'bin/python'), pip, options);
  await copyFile(requirements, installedRequirements(environment));
}
