import { expect, it } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { resourcesOf } from './synth.ts';

it('HTTP API has exactly the routes of docs/openapi.yaml', () => {
  const routes = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);
  // A catch-all is not an operation.
  const single = routes.filter((route) => !route.startsWith('ANY '));

  // The admin function routes its own paths; test/unit/openapi/routes.test.ts compares them with the document.
  const isAdmin = (call: string) => call.includes('/admin/') && !call.includes('/admin/sign-');
  expect(single.sort()).toEqual(calls.filter((call) => !isAdmin(call)).toSorted());
});
