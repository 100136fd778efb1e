import { expect, it } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { resourcesOf } from './synth.ts';

it('every route of the HTTP API is described in docs/openapi.yaml, and no other', () => {
  const routes = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);
  // What takes whatever is left is no call of its own.
  const single = routes.filter((route) => !route.startsWith('ANY '));

  // One function answers all that operators may do: `test/unit/openapi/routes.test.ts` holds its router to the document.
  const operators = (call: string) => call.includes('/admin/') && !call.includes('/admin/sign-in');
  expect(single.sort()).toEqual(calls.filter((call) => !operators(call)).toSorted());
});
