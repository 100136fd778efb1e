import { Router } from '@aws-lambda-powertools/event-handler/http';
import { describe, expect, it, vi } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';
import { storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

/** Served by functions of their own; `test/unit/lib/described-routes.test.ts` checks that they are deployed. */
const ELSEWHERE = [
  'GET /api/v1/payments',
  'GET /api/v1/payments/{id}',
  'GET /api/v1/openapi.json',
  'POST /webhooks/paypal',
];

const OPERATORS = '/api/v1/admin/';

/** The routes that an API registers, in the document's notation. */
function routedBy(makeApi: () => unknown): string[] {
  const spies = (['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const).map(
    (method) => [method, vi.spyOn(Router.prototype, method)] as const,
  );
  makeApi();
  const routed = spies.flatMap(([method, spy]) =>
    spy.mock.calls.map(([path]) => `${method.toUpperCase()} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
  );

  for (const [, spy] of spies) spy.mockRestore();
  return routed.sort();
}

describe('docs/openapi.yaml: routes', () => {
  it('documents exactly the routes of the storefront API', () => {
    const documented = calls.filter((call) => !call.includes(OPERATORS) && !ELSEWHERE.includes(call));

    expect(routedBy(storefrontInMemory)).toEqual(documented.toSorted());
  });

  it('documents exactly the routes of the admin API', () => {
    const documented = calls.filter((call) => call.includes(OPERATORS) && !call.includes(`${OPERATORS}sign-`));

    expect(routedBy(adminInMemory)).toEqual(documented.toSorted());
  });
});
