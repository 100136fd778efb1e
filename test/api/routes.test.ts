import { Router } from '@aws-lambda-powertools/event-handler/http';
import { expect, it, vi } from 'vitest';
import { calls } from '../support/api-document.ts';
import { storefrontInMemory } from '../support/storefront-in-memory.ts';

/** Functions of their own answer these; `test/lib/described-routes.test.ts` sees that they are deployed. */
const ELSEWHERE = [
  'GET /api/v1/payments',
  'GET /api/v1/payments/{id}',
  'GET /api/v1/openapi.json',
  'POST /webhooks/paypal',
];

it('the storefront’s router knows the calls that are described, and no other', () => {
  const spies = (['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const).map(
    (method) => [method, vi.spyOn(Router.prototype, method)] as const,
  );
  storefrontInMemory();
  const routed = spies.flatMap(([method, spy]) =>
    spy.mock.calls.map(([path]) => `${method.toUpperCase()} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
  );

  expect([...routed, ...ELSEWHERE].sort()).toEqual(calls.filter((call) => !call.includes('/admin/')).toSorted());
});
