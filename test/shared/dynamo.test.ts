import { createServer } from 'node:http';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';
import { documentClient } from '../../lambdas/shared/dynamo.ts';
import { measuredBy, totalsOf } from '../support/measured.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A DynamoDB that turns the first request away with some error, and answers from then on. */
async function tableThatFirstAnswers(error: string) {
  let requests = 0;
  const server = createServer((_, answer) => {
    requests += 1;
    answer.writeHead(requests === 1 ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    answer.end(JSON.stringify(requests === 1 ? { __type: `com.amazonaws.dynamodb.v20120810#${error}` } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no address');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${address.port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  const db = documentClient();
  stops.push(
    vi.unstubAllEnvs,
    () => db.destroy(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  return { read: () => db.send(new GetCommand({ TableName: 'products', Key: { sku: 'A' } })) };
}

it('a request that DynamoDB turns away is counted, though its repetition succeeds', async () => {
  const table = await tableThatFirstAnswers('ThrottlingException');

  const measured = await measuredBy(table.read);

  expect(totalsOf(measured, 'TableThrottled')).toEqual([1]);
});

it('a request that DynamoDB refuses for other reasons is not counted as turned away', async () => {
  const table = await tableThatFirstAnswers('ResourceNotFoundException');

  const measured = await measuredBy(() => table.read().catch(() => {}));

  expect(totalsOf(measured, 'TableThrottled')).toEqual([]);
});
