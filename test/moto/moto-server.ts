import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/ministack.ts';
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
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { endpoint, stop: () => moto.stop() };
  }
  await moto.stop();
  throw new Error(`moto did not start; the end of ${log}:\n${tailOf(log)}`);
}
