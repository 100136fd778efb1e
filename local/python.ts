import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { run } from './processes.ts';

const VENV = join(ROOT, '.venv');
const REQUIREMENTS = join(ROOT, 'local/requirements.txt');
/** What was installed: a copy, written when the installation was complete. */
const INSTALLED = join(VENV, 'requirements.txt');

/** Whether `.venv` holds the very packages of requirements.txt. */
export async function hasPythonPackages(): Promise<boolean> {
  const [wanted, installed] = await Promise.all([
    readFile(REQUIREMENTS, 'utf8'),
    readFile(INSTALLED, 'utf8').catch(() => undefined),
  ]);
  return wanted === installed;
}

/**
 * Installs the packages of requirements.txt into a new `.venv`.
 * @throws Error when there is no Python 3.10 or newer with its venv module.
 */
export async function installPythonPackages(log: string, signal: AbortSignal): Promise<void> {
  const options = { env: process.env, log, signal };
  try {
    await run('python3', ['-c', 'import ensurepip, sys; assert sys.version_info >= (3, 10), sys.version'], options);
  } catch (error) {
    throw new Error('MiniStack needs Python 3.10 or newer with venv (on Debian: apt install python3-venv)', {
      cause: error,
    });
  }
  await run('python3', ['-m', 'venv', '--clear', VENV], options);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--requirement', REQUIREMENTS];
  await run(join(VENV, 'bin/python'), pip, options);
  await copyFile(REQUIREMENTS, INSTALLED);
}
