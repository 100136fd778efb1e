import { expect, it } from 'vitest';
import { calls } from '../support/api-document.ts';
import { resourcesOf } from './synth.ts';

it('every route of the HTTP API is described in docs/openapi.yaml, and no other', () => {
  const routes = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);
  // What takes whatever is left is no call of its own.
  const single = routes.filter((route) => !route.startsWith('ANY '));

  expect(single.sort()).toEqual(calls.filter((call) => !call.includes('/admin/')).toSorted());
});
