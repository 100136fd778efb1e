import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort, startMiniStack } from '../../../local/ministack.ts';
import { ensurePythonPackages } from '../../../local/python.ts';
import { provideTables } from './tables.ts';

/** Starts DynamoDB with the tables of the deployed template and stops it after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'settle-once-tables-'));
  const signal = new AbortController().signal;
  await ensurePythonPackages(join(folder, 'python.log'), signal);
  const port = await freePort();
  const miniStack = await startMiniStack(
    { port, folder, log: join(folder, 'ministack.log'), auth: false, keepState: false },
    signal,
  );
  await provideTables(project, `http://127.0.0.1:${port}`);
  return async () => {
    await miniStack.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
