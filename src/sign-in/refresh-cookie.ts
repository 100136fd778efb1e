import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { SESSION_HOURS } from './session-lifetime.ts';

const NAME = 'operator_refresh_token';

/** Scripts cannot read it, other sites cannot send it, and only calls of the admin API carry it. */
const ATTRIBUTES = 'Path=/api/v1/admin; Secure; HttpOnly; SameSite=Strict';

export const refreshCookie = (refreshToken: string): string =>
  `${NAME}=${refreshToken}; Max-Age=${SESSION_HOURS * 3600}; ${ATTRIBUTES}`;

export const CLEARED_REFRESH_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** The tokens that Cognito takes. */
const TOKEN = /^[A-Za-z0-9_=.-]+$/;

/** API Gateway passes cookies as `cookies`, and not among the headers; emulators may do the opposite. */
export function refreshTokenOf({
  cookies,
  headers,
}: Pick<APIGatewayProxyEventV2, 'cookies' | 'headers'>): string | undefined {
  const pairs = [...(cookies ?? []), ...(headers.cookie?.split(';') ?? [])].map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1))
    .find((token) => TOKEN.test(token));
}
