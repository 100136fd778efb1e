import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FUNCTIONS, type FunctionSpec } from '../../../lib/functions.ts';
import { ROUTES } from '../../../lib/routes.ts';
import { ORIGIN_SECRET_HEADER, originSecretHash } from '../../../src/shared/http/front-door.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';
import { resourcesOf } from '../lib/synth.ts';

const SECRET = 'the-secret-of-cloudfront';
const functions = Object.keys(ROUTES) as (keyof typeof ROUTES)[];

/** A route of the function, with its parameters filled in. */
const eventFor = (name: keyof typeof ROUTES, headers = {}) => {
  const [method = '', path = ''] = ROUTES[name][0].route.split(' ');
  return httpEvent(method.replace('ANY', 'GET'), path.replace('{proxy+}', 'health'), { headers });
};

beforeAll(() => {
  // Entries read the environment when they load.
  vi.resetModules();
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubGlobal('OPENAPI_JSON', '{}');
  const variables = resourcesOf('prod', 'AWS::Lambda::Function').flatMap(([, { Properties }]) =>
    Object.keys(Properties.Environment.Variables),
  );
  for (const name of variables) if (!name.startsWith('POWERTOOLS_')) vi.stubEnv(name, 'https://example.com');
  vi.stubEnv('SETTINGS', '[]');
  vi.stubEnv('USER_POOL_ID', 'eu-central-1_Operators');
  vi.stubEnv('ORIGIN_SECRET_HASHES', originSecretHash(SECRET));
}, 120_000);

afterAll(() => {
  vi.resetModules();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe.each(functions)('%s', (name) => {
  it.each([
    ['without a secret', {}],
    ['with another secret', { [ORIGIN_SECRET_HEADER]: 'guessed' }],
  ])('refuses a request that comes to the HTTP API directly, %s', async (_, headers) => {
    const { handler } = await import(`../../../lambdas/${name}.ts`);

    const response = await handler(eventFor(name, headers), invocation());

    expect(response.statusCode).toBe(403);
    expect(JSON.parse(response.body).type).toBe('/problems/not-through-front-door');
  });
});

it('a request through CloudFront is handled', async () => {
  const { handler } = await import('../../../lambdas/api-document.ts');

  const response = await handler(eventFor('api-document', { [ORIGIN_SECRET_HEADER]: SECRET }), invocation());

  expect(response.statusCode).toBe(200);
});

it('functions without routes get no hashes', () => {
  const withHashes = Object.entries<FunctionSpec>(FUNCTIONS).flatMap(([name, { environment = [] }]) =>
    environment.includes('ORIGIN_SECRET_HASHES') ? [name] : [],
  );

  expect(withHashes.sort()).toEqual(functions.toSorted());
});
