import { Router } from '@aws-lambda-powertools/event-handler/http';
import { expect, it, vi } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';
import { storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

/** Functions of their own answer these; `test/unit/lib/described-routes.test.ts` sees that they are deployed. */
const ELSEWHERE = [
  'GET /api/v1/payments',
  'GET /api/v1/payments/{id}',
  'GET /api/v1/openapi.json',
  'POST /webhooks/paypal',
];

const OPERATORS = '/api/v1/admin/';

/** The calls that a router was made for, as the document names them. */
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

it('the storefront’s router knows the calls that are described, and no other', () => {
  const described = calls.filter((call) => !call.includes(OPERATORS) && !ELSEWHERE.includes(call));

  expect(routedBy(storefrontInMemory)).toEqual(described.toSorted());
});

it('the operators’ router knows the calls that are described, and no other', () => {
  const described = calls.filter((call) => call.includes(OPERATORS) && !call.includes(`${OPERATORS}sign-in`));

  expect(routedBy(adminInMemory)).toEqual(described.toSorted());
});
