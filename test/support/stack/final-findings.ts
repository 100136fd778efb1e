import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../../local/stack.ts';
import { deployedFunctions } from './deployed-functions.ts';

/** The work of the last test ends within this time. */
const SECONDS = 60;

/**
 * Runs the consistency check after all tests, ten minutes later: no test may leave a violation.
 * @returns the open findings.
 */
export async function finalFindings({
  clientOptions,
  tables,
}: Pick<Stack, 'clientOptions' | 'tables'>): Promise<string[]> {
  const { call } = deployedFunctions(clientOptions);
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions));
  const check = async (): Promise<boolean> => {
    const as_of = new Date(Date.now() + 600_000).toISOString();
    return (await call('consistency', { as_of })).finished;
  };
  const open = async (): Promise<string[]> => {
    // Finishes a run in progress, then two full passes: stock is confirmed by a second count.
    for (let passes = 0; passes < 3; ) passes += Number(await check());
    const pages = paginateQuery(
      { client: db },
      {
        TableName: tables.operations,
        KeyConditionExpression: 'kind = :kind',
        FilterExpression: 'attribute_not_exists(closed_at)',
        ExpressionAttributeValues: { ':kind': 'finding' },
      },
    );
    const found: string[] = [];
    for await (const { Items = [] } of pages) found.push(...Items.map(({ id, what }) => `${id}: ${what}`));
    return found;
  };

  const deadline = Date.now() + SECONDS * 1000;
  let found = await open();
  while (found.length > 0 && Date.now() < deadline) found = await open();
  return found;
}
