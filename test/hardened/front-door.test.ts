import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { ROUTES } from '../../lib/routes.ts';
import { startCloudFront } from '../../local/cloudfront.ts';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { ORIGIN_SECRET_HEADER, originSecretHash } from '../../src/shared/http/front-door.ts';
import { shop } from '../support/stack/shop.ts';
import { signInWithNewApp } from '../support/stack/totp.ts';

const { api_url, aws_endpoint_url, operator, region } = inject('stack');
const current = inject('origin_secret');
const next = crypto.randomUUID().repeat(2);

const PRODUCTS = '/api/v1/products';

/** Each route with ids in its path; an `ANY` route with some methods. */
const requests = Object.values(ROUTES)
  .flat()
  .flatMap(({ route }) => {
    const [method = '', path = ''] = route.split(' ');
    const concrete = path.replace('{proxy+}', 'audit').replace('{id}', 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV');
    return (method === 'ANY' ? ['GET', 'POST', 'PUT'] : [method]).map((each) => [each, concrete] as const);
  });

/** Calls the API without CloudFront. */
async function direct(method: string, path: string, headers: Record<string, string>) {
  const request = { method, headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(api_url + path, method === 'GET' ? request : { ...request, body: '{}' });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {} };
}

const refused = { status: 403, body: { type: '/problems/not-through-front-door' } };

describe('each route, called without CloudFront', () => {
  let token: string;
  beforeAll(async () => {
    token = (await signInWithNewApp(operator)).body.access_token;
  });

  it.each<[string, string, Record<string, string>]>([
    ['no secret', '', {}],
    ['an empty secret', '', { [ORIGIN_SECRET_HEADER]: '' }],
    ['another secret', '', { [ORIGIN_SECRET_HEADER]: next }],
    ['the start of the secret', '', { [ORIGIN_SECRET_HEADER]: current.slice(0, -1) }],
    ['the hash of the secret', '', { [ORIGIN_SECRET_HEADER]: originSecretHash(current) }],
    ['the secret among others', '', { [ORIGIN_SECRET_HEADER]: `${next}, ${current}` }],
    ['the secret in the query', `?${ORIGIN_SECRET_HEADER}=${current}`, {}],
    ['the secret in a cookie', '', { cookie: `${ORIGIN_SECRET_HEADER}=${current}` }],
    ['the secret in another header', '', { referer: current, 'x-forwarded-for': current }],
  ])('is refused with %s', async (_, query, headers) => {
    for (const [method, path] of requests) {
      const bearer = { authorization: `Bearer ${token}` };
      const response = await direct(method, path + query, { ...headers, ...bearer });
      expect.soft(response, `${method} ${path}`).toMatchObject(refused);
    }
  });

  it('is handled with the secret', async () => {
    for (const [method, path] of requests) {
      const { status, body } = await direct(method, path, { [ORIGIN_SECRET_HEADER]: current });
      expect.soft(body.type, `${method} ${path}: ${status}`).not.toBe(refused.body.type);
    }
  });
});

it('a viewer cannot replace the secret that CloudFront sends', async () => {
  expect((await shop('GET', PRODUCTS, undefined, { [ORIGIN_SECRET_HEADER]: 'forged' })).status).toBe(200);
});

describe('a rotation of the secret', () => {
  const pages = mkdtempSync(join(tmpdir(), 'settle-once-no-pages-'));
  afterAll(() => rmSync(pages, { recursive: true }));

  /** A distribution of its own, whose secret the test changes. */
  async function distribution() {
    const cloudFront = await startCloudFront(0, pages);
    onTestFinished(cloudFront.stop);
    const [, apiId = ''] = /execute-api\/(\w+)/.exec(api_url) ?? [];
    const send = (secret: string) =>
      cloudFront.setApiOrigin({
        port: Number(new URL(aws_endpoint_url).port),
        host: `${apiId}.execute-api.localhost`,
        secret,
      });
    send(current);
    return { send, get: async () => (await fetch(cloudFront.url + PRODUCTS)).status };
  }

  it('refuses no request when functions accept the next secret before CloudFront sends it', async () => {
    const { send, get } = await distribution();
    onTestFinished(() => accept(current));
    const statuses: number[] = [];
    let rotating = true;
    const shoppers = (async () => {
      while (rotating) statuses.push(await get());
    })();

    await accept(current, next);
    statuses.push(await get());
    send(next);
    statuses.push(await get());
    await accept(next);
    statuses.push(await get());
    rotating = false;
    await shoppers;

    // The emulator ends the process of a changed function, and with it what is in flight (502); Lambda does not.
    expect(new Set(statuses.filter((status) => status !== 502))).toEqual(new Set([200]));
    expect(await direct('GET', PRODUCTS, { [ORIGIN_SECRET_HEADER]: current })).toMatchObject(refused);
  });

  it('refuses requests when CloudFront sends the next secret too early', async () => {
    const { send, get } = await distribution();

    send(next);

    expect(await get()).toBe(403);
  });
});

const cloudFormation = new CloudFormationClient({
  endpoint: aws_endpoint_url,
  region,
  credentials: EMULATOR_CREDENTIALS,
});

/** Deploys the hashes of the secrets that functions accept, as `npm run deploy` does. */
async function accept(...secrets: readonly string[]): Promise<void> {
  const StackName = 'settle-once-local-service';
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  await cloudFormation.send(
    new UpdateStackCommand({
      StackName,
      UsePreviousTemplate: true,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: (stack?.Parameters ?? []).map(({ ParameterKey }) =>
        ParameterKey === 'OriginSecretHashes'
          ? { ParameterKey, ParameterValue: secrets.map(originSecretHash).join(',') }
          : { ParameterKey, UsePreviousValue: true },
      ),
    }),
  );
  await waitUntilStackUpdateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName });
}
