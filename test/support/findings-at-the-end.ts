import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../local/stack.ts';

/** What the last test has begun ends within this. */
const SECONDS = 60;

/**
 * Checks the books once more when all tests are over, as if it were ten minutes later: whatever they have done to the shop, nothing is
 * found that is not so. What some test broke, it has mended.
 * @returns what is found all the same, in words.
 */
export async function findingsAtTheEnd({ clientOptions, tables }: Stack): Promise<string[]> {
  const lambda = new LambdaClient(clientOptions);
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const FunctionName = Functions.find(
    ({ Environment }) => Environment?.Variables?.POWERTOOLS_SERVICE_NAME === 'consistency',
  )?.FunctionName;

  const check = async (): Promise<boolean> => {
    const as_of = new Date(Date.now() + 600_000).toISOString();
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ as_of }) }),
    );
    const answer = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError) throw new Error(`the books could not be checked: ${answer}`);
    return JSON.parse(answer).finished;
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
