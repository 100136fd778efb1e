import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../../local/stack.ts';
import { deployedFunctions } from './deployed-functions.ts';

/** What the last test has begun ends within this. */
const SECONDS = 60;

/**
 * Checks the books once more when all tests are over, as if it were ten minutes later: whatever they have done to the shop, nothing is
 * found that is not so. What some test broke, it has mended.
 * @returns what is found all the same, in words.
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
    // To the end of what may have been begun, then twice through all, for stock is counted twice.
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
