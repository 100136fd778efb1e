import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/problem.ts';

/** Who may operate the shop. */
export const OPERATORS = 'operators';

/** What API Gateway's JWT authorizer hands over: claims as texts, lists as `[a b]`. */
const authorized = z.object({
  authorizer: z.object({
    jwt: z.object({ claims: z.object({ sub: z.string(), 'cognito:groups': z.optional(z.string()) }) }),
  }),
});

/**
 * Who is calling. Only what the authorizer has verified counts; where a route has none, nobody gets in.
 * @throws Problem `not-signed-in` without verified claims, `not-an-operator` outside the group.
 */
export function operatorOf({ requestContext }: Pick<APIGatewayProxyEventV2, 'requestContext'>): string {
  const { data } = z.safeParse(authorized, requestContext);
  if (!data) throw new Problem('not-signed-in', 'sign in as an operator');
  const { sub, 'cognito:groups': groups = '' } = data.authorizer.jwt.claims;
  if (
    !groups
      .replaceAll(/[[\],]/g, ' ')
      .split(' ')
      .includes(OPERATORS)
  )
    throw new Problem('not-an-operator', `ask for the group ${OPERATORS}`);
  return sub;
}
