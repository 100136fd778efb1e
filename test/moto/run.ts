import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePythonPackages } from '../../local/python.ts';
import { stopSignal } from '../../local/stop-signal.ts';
import { command, run } from '../../ops/command.ts';
import { runTests } from '../support/run-tests.ts';
import { ENVIRONMENT, STATE_DIR } from './moto-server.ts';

await run(
  command(
    'npm run test:moto',
    'Runs the tests of the repositories on a second implementation of DynamoDB, the server of moto.',
  ).action(async () => {
    await mkdir(STATE_DIR, { recursive: true });
    await ensurePythonPackages(join(STATE_DIR, 'python.log'), stopSignal(), ENVIRONMENT);
    runTests('moto', [], {});
  }),
);
