import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/http/problem.ts';

/** The Cognito group of operators. */
export const OPERATORS = 'operators';

/**
 * The claims that API Gateway's JWT authorizer passes on: strings, lists as `[a b]`. Only an access token authorizes:
 * an ID token only authenticates, and the authorizer accepts both.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
const authorized = z.object({
  authorizer: z.object({
    jwt: z.object({
      claims: z.object({
        token_use: z.literal('access'),
        username: z.string(),
        'cognito:groups': z.optional(z.string()),
      }),
    }),
  }),
});

/**
 * Returns the caller's username from claims that the authorizer has verified; rejects a route without an authorizer.
 * @throws Problem `not-signed-in` without verified claims, `not-an-operator` outside the group.
 */
export function operatorOf({ requestContext }: Pick<APIGatewayProxyEventV2, 'requestContext'>): string {
  const { data } = z.safeParse(authorized, requestContext);
  if (!data) throw new Problem('not-signed-in', 'sign in as an operator');
  const { username, 'cognito:groups': groups = '' } = data.authorizer.jwt.claims;
  if (
    !groups
      .replaceAll(/[[\],]/g, ' ')
      .split(' ')
      .includes(OPERATORS)
  )
    throw new Problem('not-an-operator', `requires the group ${OPERATORS}`);
  return username;
}
