import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../local/paths.ts';
import { hasPythonPackages, installPythonPackages, type PythonEnvironment } from '../../local/python.ts';
import { startStack } from '../../local/stack.ts';
import { callJson } from '../support/stack/call-json.ts';

/*
 * Lets Schemathesis, which knows nothing of this project but docs/openapi.yaml, make up requests to the running shop, and holds every
 * answer to the document: npm run check-api [-- further options of Schemathesis]
 */

const ENVIRONMENT: PythonEnvironment = {
  venv: join(ROOT, '.local/check-api/venv'),
  requirements: join(import.meta.dirname, 'requirements.txt'),
};

/** Requests that are made up for each call, beside those that the document's own limits suggest. */
const EXAMPLES = 20;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
process.on('disconnect', () => stop.abort());

const stateDir = join(ROOT, '.local/check-api');
await mkdir(stateDir, { recursive: true });
if (!(await hasPythonPackages(ENVIRONMENT)))
  await installPythonPackages(join(stateDir, 'python.log'), stop.signal, ENVIRONMENT);

const stack = await startStack({ stateDir, signal: stop.signal });
try {
  const { username, password } = stack.operator;
  const credentials = { username, password };
  const { access_token } = await callJson(stack.front_door_url, 'POST', '/api/v1/admin/sign-in', credentials);
  process.exitCode = await check(access_token);
} finally {
  await stack.stop();
}
if (process.connected) process.disconnect();

function check(token: string): Promise<number> {
  const args = [
    'run',
    `${stack.front_door_url}/api/v1/openapi.json`,
    ...['--url', stack.front_door_url],
    ...['--header', `Authorization: Bearer ${token}`],
    // Its responses depend on a signature that cannot be generated; test/unit/openapi holds them to the document.
    ...['--exclude-path', '/webhooks/paypal'],
    ...['--max-examples', String(EXAMPLES)],
    ...['--seed', '1'],
    '--continue-on-failure',
    // What the document says in words alone: a cursor is one that was given out, a time does not end before it begins, a key is new.
    ...['--exclude-checks', 'positive_data_acceptance'],
    ...process.argv.slice(2),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(join(ENVIRONMENT.venv, 'bin/schemathesis'), args, {
      cwd: stateDir,
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: 'hooks',
        PYTHONPATH: import.meta.dirname,
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
      signal: stop.signal,
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
