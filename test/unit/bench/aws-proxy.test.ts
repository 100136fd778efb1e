import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AwsProxy, startAwsProxy } from '../../../bench/aws-proxy.ts';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

/** A table with one item and one index. */
const ITEM = { id: { S: 'a' }, due: { S: '2026-12-01' }, text: { S: 'x'.repeat(5000) } };
let stored: object | undefined;

const respond = (operation: string, input: { readonly Item?: object }): object => {
  if (operation === 'PutItem') stored = input.Item;
  if (operation === 'GetItem') return { Item: stored };
  const KeySchema = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
  return operation === 'DescribeTable'
    ? { Table: { KeySchema: KeySchema('id'), GlobalSecondaryIndexes: [{ KeySchema: KeySchema('due') }] } }
    : {};
};

let aws: LoopbackServer;
let proxy: AwsProxy;
let db: DynamoDBClient;
beforeAll(async () => {
  aws = await startLoopbackServer(async ({ headers, body }) => {
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    return { status: 200, body: JSON.stringify(respond(operation, JSON.parse(body))) };
  });
  const options = { region: 'us-east-1', credentials: EMULATOR_CREDENTIALS };
  proxy = await startAwsProxy({ ...options, endpoint: aws.url });
  db = new DynamoDBClient({ ...options, endpoint: proxy.url, maxAttempts: 1 });
});
afterAll(async () => {
  await proxy.close();
  await aws.close();
});

const put = () => db.send(new PutItemCommand({ TableName: 'any', Item: ITEM }));
const get = () => db.send(new GetItemCommand({ TableName: 'any', Key: { id: ITEM.id } }));

it('counts calls and the units of the table and its index, until it stops', async () => {
  stored = undefined;
  const counter = proxy.count();

  await put();
  await Promise.all([get(), get()]);

  // 5 kB: five units and one for the index to write; two units to read, of which half count.
  expect(counter.stop()).toEqual({ awsCalls: 3, writeUnits: 6, readUnits: 2 });
  await get();
  expect(proxy.count().stop()).toEqual({ awsCalls: 0, writeUnits: 0, readUnits: 0 });
});

it('fails only the calls with a text that is to fail', async () => {
  stored = ITEM;
  proxy.failing.add('xxx');
  await expect(put()).rejects.toThrow('injected');
  await expect(get()).resolves.toMatchObject({ Item: { id: ITEM.id } });

  proxy.failing.clear();
  await expect(put()).resolves.toBeDefined();
});

it('throws for a call that it cannot count', async () => {
  stored = undefined;
  const counter = proxy.count();
  await expect(
    fetch(proxy.url, { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.Scan' }, body: '{}' }),
  ).resolves.toMatchObject({ status: 500 });

  expect(() => counter.stop()).toThrow('Scan is not counted yet');
});
