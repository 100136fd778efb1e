import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/http/problem.ts';

/** The group of those who may operate the shop. */
export const OPERATORS = 'operators';

/**
 * What API Gateway's JWT authorizer hands over: claims as texts, lists as `[a b]`. Only an access token will do: an ID token tells who
 * somebody is, not what he may do, and the authorizer cannot tell them apart.
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
 * The username of whoever is calling. Only what the authorizer has verified counts; where a route has none, nobody gets in.
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
    throw new Problem('not-an-operator', `ask for the group ${OPERATORS}`);
  return username;
}
