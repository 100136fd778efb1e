import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { parseBody } from '../shared/http/http.ts';
import { Problem } from '../shared/http/problem.ts';
import type { Cognito, SignInResult } from './cognito.ts';

/** What an operator may be called: `npm run operator` makes no other names. */
export const USERNAME = /^[A-Za-z0-9._@-]{1,128}$/;

/** `POST /api/v1/admin/sign-in` */
export const signInRequest = z.strictObject({
  username: z.string().check(z.regex(USERNAME, 'must be a username')),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** `POST /api/v1/admin/sign-in/refresh` */
export const refreshRequest = z.strictObject({ refresh_token: z.string().check(z.minLength(1), z.maxLength(8192)) });

type Body = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>;

/**
 * Signs in with username and password.
 * @throws Problem `wrong-credentials`, whatever of them is wrong; `invalid-request`.
 */
export async function signIn({ withPassword }: Pick<Cognito, 'withPassword'>, event: Body) {
  const { username, password } = parseBody(signInRequest, event);
  return toTokenResponse(await withPassword(username, password));
}

/**
 * Signs in once more with the refresh token.
 * @throws Problem `wrong-credentials` when it has run out, or its owner was removed; `invalid-request`.
 */
export async function refresh({ withRefreshToken }: Pick<Cognito, 'withRefreshToken'>, event: Body) {
  const { refresh_token } = parseBody(refreshRequest, event);
  return toTokenResponse(await withRefreshToken(refresh_token));
}

function toTokenResponse(result: SignInResult) {
  if (result.outcome === 'refused') throw new Problem('wrong-credentials', 'sign in with username and password');
  const { accessToken, expiresIn, refreshToken } = result.tokens;
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refreshToken };
}
