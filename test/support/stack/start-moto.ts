import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { STATE_DIR, startMoto } from '../../moto/moto-server.ts';
import { provideTables } from './tables.ts';

/** Starts moto's DynamoDB with the tables of the deployed template and stops it after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const moto = await startMoto(join(STATE_DIR, 'moto.log'));
  await provideTables(project, moto.endpoint);
  return moto.stop;
}
