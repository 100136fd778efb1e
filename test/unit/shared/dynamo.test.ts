import { expect, it } from 'vitest';
import { startFailingTable } from '../../support/in-process/failing-table.ts';
import { metricsOf, totalsOf } from '../../support/stack/emitted-metrics.ts';

/** Metrics of a read whose first attempt fails with the error. */
async function measuredByReading(error: string) {
  const table = await startFailingTable(error, 1);
  try {
    return await metricsOf(() => table.read().catch(() => undefined));
  } finally {
    await table.stop();
  }
}

it('dynamoClient counts a throttled request whose retry succeeds', async () => {
  expect(totalsOf(await measuredByReading('ThrottlingException'), 'TableThrottled')).toEqual([1]);
});

it('dynamoClient does not count other errors as throttled', async () => {
  expect(totalsOf(await measuredByReading('ResourceNotFoundException'), 'TableThrottled')).toEqual([]);
});
