import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { run } from './processes.ts';

/** A `.venv` of this project, and the file that says what is in it. */
export interface PythonEnvironment {
  readonly venv: string;
  readonly requirements: string;
}

/** MiniStack's. */
const MINISTACK: PythonEnvironment = {
  venv: join(ROOT, '.venv'),
  requirements: join(ROOT, 'local/requirements.txt'),
};

/** What was installed: a copy, written when the installation was complete. */
const installed = ({ venv }: PythonEnvironment) => join(venv, 'requirements.txt');

/** Whether an environment holds the very packages of its requirements. */
export async function hasPythonPackages(environment: PythonEnvironment = MINISTACK): Promise<boolean> {
  const [wanted, there] = await Promise.all([
    readFile(environment.requirements, 'utf8'),
    readFile(installed(environment), 'utf8').catch(() => undefined),
  ]);
  return wanted === there;
}

/**
 * Installs the packages of the requirements into a new environment.
 * @throws Error when there is no Python 3.10 or newer with its venv module.
 */
export async function installPythonPackages(
  log: string,
  signal: AbortSignal,
  environment: PythonEnvironment = MINISTACK,
): Promise<void> {
  const { venv, requirements } = environment;
  const options = { env: process.env, log, signal };
  try {
    await run('python3', ['-c', 'import ensurepip, sys; assert sys.version_info >= (3, 10), sys.version'], options);
  } catch (error) {
    throw new Error('Python 3.10 or newer with venv is needed (on Debian: apt install python3-venv)', {
      cause: error,
    });
  }
  await run('python3', ['-m', 'venv', '--clear', venv], options);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--requirement', requirements];
  await run(join(venv, 'bin/python'), pip, options);
  await copyFile(requirements, installed(environment));
}
