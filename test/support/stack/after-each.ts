import { afterEach, expect } from 'vitest';
import { violationsInTables } from './invariants.ts';
import { quiet, resetPayPal } from './quiet.ts';

/** Leaves nothing to the next test: the simulator is reset, nothing runs any more, and the data is consistent. */
afterEach(async () => {
  await resetPayPal();
  await quiet();
  expect(await violationsInTables()).toEqual([]);
});
