import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { Problem } from '../shared/http/problem.ts';
import { parseBody } from '../shared/http/request.ts';
import type { Cognito, SignInResult } from './cognito.ts';

/** The usernames that `npm run operator` accepts. */
export const USERNAME = /^[A-Za-z0-9._@-]{1,128}$/;

/** `POST /api/v1/admin/sign-in` */
export const signInRequest = z.strictObject({
  username: z.string().check(z.regex(USERNAME, 'must be a username')),
  password: z.string().check(z.minLength(1), z.maxLength(256)),
});

/** `POST /api/v1/admin/sign-in/refresh` */
export const refreshRequest = z.strictObject({ refresh_token: z.string().check(z.minLength(1), z.maxLength(8192)) });

type Body = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'>;

/** @throws Problem `wrong-credentials`; `invalid-request`. */
export async function signIn({ withPassword }: Pick<Cognito, 'withPassword'>, event: Body) {
  const { username, password } = parseBody(signInRequest, event);
  return toTokenResponse(await withPassword(username, password));
}

/** @throws Problem `wrong-credentials` when the token has expired or the operator was removed; `invalid-request`. */
export async function refresh({ withRefreshToken }: Pick<Cognito, 'withRefreshToken'>, event: Body) {
  const { refresh_token } = parseBody(refreshRequest, event);
  return toTokenResponse(await withRefreshToken(refresh_token));
}

function toTokenResponse(result: SignInResult) {
  if (result.outcome === 'rejected') throw new Problem('wrong-credentials', 'sign in with username and password');
  const { accessToken, expiresIn, refreshToken } = result.tokens;
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refreshToken };
}
