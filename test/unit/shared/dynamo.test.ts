import { expect, it } from 'vitest';
import { tableThatAnswers } from '../../support/in-process/throttled-table.ts';
import { metricsOf, totalsOf } from '../../support/stack/emitted-metrics.ts';

/** What is measured while a table is read that first answers with an error. */
async function measuredByReading(error: string) {
  const table = await tableThatAnswers(error, 1);
  try {
    return await metricsOf(() => table.read().catch(() => undefined));
  } finally {
    await table.stop();
  }
}

it('a request that DynamoDB turns away is counted, though its repetition succeeds', async () => {
  expect(totalsOf(await measuredByReading('ThrottlingException'), 'TableThrottled')).toEqual([1]);
});

it('a request that DynamoDB refuses for other reasons is not counted as turned away', async () => {
  expect(totalsOf(await measuredByReading('ResourceNotFoundException'), 'TableThrottled')).toEqual([]);
});
