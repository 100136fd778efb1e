import { join } from 'node:path';
import { freePort, waitUntilHealthy } from '../../local/ministack.ts';
import { ROOT } from '../../local/paths.ts';
import { startProcess, tailOf } from '../../local/processes.ts';
import type { PythonEnvironment } from '../../local/python.ts';

export const STATE_DIR = join(ROOT, '.local/moto');

export const ENVIRONMENT: PythonEnvironment = {
  venv: join(STATE_DIR, 'venv'),
  requirements: join(import.meta.dirname, 'requirements.txt'),
};

/** Starts moto's server on a loopback port. @throws Error with the end of its log when it does not answer within 20 s */
export async function startMoto(log: string): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const script = join(import.meta.dirname, 'run_moto.py');
  const moto = startProcess(join(ENVIRONMENT.venv, 'bin/python'), [script, String(port)], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    log,
  });
  try {
    await waitUntilHealthy(`${endpoint}/moto-api/data.json`, moto);
  } catch (error) {
    await moto.stop();
    throw new Error(`moto did not start; the end of ${log}:\n${tailOf(log)}`, { cause: error });
  }
  return { endpoint, stop: () => moto.stop() };
}
