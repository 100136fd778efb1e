import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { OperatorSession, SessionRepository } from '../access/session-repository.ts';
import { invalidRequest, Problem, type ProblemType } from '../shared/http/problem.ts';
import { parseBody } from '../shared/http/request.ts';
import { type HttpResponse, problemResponse } from '../shared/http/response.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import type { AuthResult, Challenge, Cognito } from './cognito.ts';
import { PASSWORD_RULES } from './password-rules.ts';
import { CLEARED_REFRESH_COOKIE, refreshCookie, refreshTokenOf } from './refresh-cookie.ts';
import { ACCESS_TOKEN_MINUTES, SESSION_HOURS } from './session-lifetime.ts';

/** The usernames that `npm run operator` accepts. */
export const USERNAME = /^[A-Za-z0-9._@-]{1,128}$/;

const password = z.string().check(z.minLength(1), z.maxLength(256));

/** `POST /api/v1/admin/sign-in` */
export const signInRequest = z.strictObject({
  username: z.string().check(z.regex(USERNAME, 'must be a username')),
  password,
  new_password: z.optional(password),
  code: z.optional(z.string().check(z.regex(/^\d{6}$/, 'must be 6 digits'))),
  session: z.optional(z.string().check(z.minLength(20), z.maxLength(2048))),
});
type SignInRequest = z.infer<typeof signInRequest>;

/** `POST /api/v1/admin/sign-in/refresh`: the cookie alone. Names the field of clients that send the token. */
const refreshRequest = z.strictObject({});

/** `POST /api/v1/admin/sign-out` */
export const signOutRequest = z.strictObject({ everywhere: z.optional(z.boolean()) });

export interface SignInDeps {
  readonly cognito: Cognito;
  readonly sessions: SessionRepository;
  readonly now: () => Date;
  /** Under which an authenticator app lists the account: the host of the shop. */
  readonly host: string;
}

type Event = Pick<APIGatewayProxyEventV2, 'headers' | 'cookies' | 'body' | 'isBase64Encoded'>;

/**
 * Signs in, or returns 401 with the next field that is required. The client repeats username and password with it.
 * @throws Problem `wrong-credentials`, `wrong-code`, `invalid-request`; `new-password-required`, `code-required`,
 * `totp-setup-required` when another field is required.
 */
export async function signIn(deps: SignInDeps, event: Event): Promise<HttpResponse> {
  const request = parseBody(signInRequest, event);
  const { result, generation } = await authenticate(deps, request);
  switch (result.outcome) {
    case 'signed_in': {
      const { accessToken, refreshToken, expiresIn } = result.tokens;
      const lastsMs = (SESSION_HOURS * 60 + ACCESS_TOKEN_MINUTES) * 60_000;
      await deps.sessions.open(sessionOf(accessToken), generation, new Date(deps.now().getTime() + lastsMs));
      logger.info('SIGNED_IN', { operator: hashOf(request.username) });
      measure('SignedIn');
      return { ...tokenResponse(accessToken, expiresIn), cookies: [refreshCookie(refreshToken)] };
    }
    case 'challenged':
      throw new Error(`unexpected challenge ${result.challenge.name}`);
    case 'rejected':
      throw refused(request, 'wrong-credentials', 'sign in with username and password');
    case 'wrong_code':
      throw refused(request, 'wrong-code', 'enter the current code of the authenticator app');
    case 'password_refused':
      throw invalidRequest([{ field: 'new_password', detail: `must have ${PASSWORD_RULES}` }]);
  }
}

interface Authentication {
  readonly result: AuthResult;
  /** Of sessions that began before the password was checked. */
  readonly generation: number;
}

/** Cognito asks for a new password first, then for a code. */
async function authenticate({ cognito, sessions, host }: SignInDeps, request: SignInRequest): Promise<Authentication> {
  const { username, password, new_password: newPassword, code, session } = request;
  let generation = await sessions.generation(username);
  if (code && session) {
    // First: another check of the password could end the session of the setup.
    const setup = await cognito.completeTotpSetup(username, session, code);
    if (setup.outcome === 'wrong_code') return { result: setup, generation };
    // The password may have changed since Cognito gave the session.
    const check = setup.outcome === 'signed_in' ? await cognito.withPassword(username, password) : undefined;
    if (check) return { result: check.outcome === 'rejected' ? check : setup, generation };
  }
  let result = await cognito.withPassword(username, password);

  const first = challengeOf(result);
  if (first?.name === 'NEW_PASSWORD_REQUIRED') {
    if (!newPassword) throw challenged(request, 'new-password-required', `choose a new password: ${PASSWORD_RULES}`);
    // Before the password changes: if this fails, the request can be repeated.
    generation = await sessions.endAll(username);
    result = await cognito.setNewPassword(first, newPassword);
  } else if (newPassword && result.outcome !== 'rejected') {
    throw invalidRequest([{ field: 'new_password', detail: 'only where new-password-required was returned' }]);
  }

  const second = challengeOf(result);
  if (second?.name === 'SOFTWARE_TOKEN_MFA') {
    if (!code) throw challenged(request, 'code-required', 'enter the current code of the authenticator app');
    result = await cognito.withCode(second, code);
  } else if (second?.name === 'MFA_SETUP') {
    // Without a session, or with an expired one, the setup begins again.
    const setup = await cognito.beginTotpSetup(second);
    throw challenged(request, 'totp-setup-required', 'add the account to an authenticator app and enter its code', {
      otpauth_url: otpauthUrl(host, second.username, setup.secret),
      session: setup.session,
    });
  }
  return { result, generation };
}

const challengeOf = (result: AuthResult): Challenge | undefined =>
  result.outcome === 'challenged' ? result.challenge : undefined;

/** Returns a new access token, or 401 when the session is over. @throws Problem `invalid-request` */
export async function refresh({ cognito, sessions }: SignInDeps, event: Event): Promise<HttpResponse> {
  if (event.body) parseBody(refreshRequest, event);
  const refreshToken = refreshTokenOf(event);
  const tokens = refreshToken && (await cognito.withRefreshToken(refreshToken));
  if (tokens && (await sessions.isOpen(sessionOf(tokens.accessToken))))
    return tokenResponse(tokens.accessToken, tokens.expiresIn);
  return { ...problemResponse(new Problem('not-signed-in', 'sign in again')), cookies: [CLEARED_REFRESH_COOKIE] };
}

/** Ends the session of the cookie, or all sessions of its operator. Idempotent. @throws Problem `invalid-request` */
export async function signOut({ cognito, sessions }: SignInDeps, event: Event): Promise<HttpResponse> {
  const { everywhere = false } = event.body ? parseBody(signOutRequest, event) : {};
  const refreshToken = refreshTokenOf(event);
  const tokens = refreshToken && (await cognito.withRefreshToken(refreshToken));
  if (tokens) {
    const session = sessionOf(tokens.accessToken);
    // A session that is over must not end others.
    if (everywhere && (await sessions.isOpen(session))) await sessions.endAll(session.username);
    await sessions.end(session);
    await cognito.revoke(tokens.refreshToken);
    logger.info('SIGNED_OUT', { operator: hashOf(session.username), everywhere });
  }
  return { status: 204, body: undefined, cookies: [CLEARED_REFRESH_COOKIE] };
}

const tokenResponse = (accessToken: string, expiresIn: number): HttpResponse => ({
  status: 200,
  body: { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn },
});

function refused(request: SignInRequest, type: ProblemType, detail: string): Problem {
  logger.warn('SIGN_IN_REFUSED', { operator: hashOf(request.username), type });
  measure('SignInRefused');
  return new Problem(type, detail);
}

function challenged(request: SignInRequest, type: ProblemType, detail: string, fields?: Record<string, string>) {
  logger.info('SIGN_IN_CHALLENGED', { operator: hashOf(request.username), type });
  return new Problem(type, detail, fields);
}

/** Recognizes a username in the log without containing it. */
const hashOf = (username: string): string =>
  createHash('sha256').update(username.toLowerCase()).digest('hex').slice(0, 16);

const claims = z.object({ username: z.string(), origin_jti: z.string() });

/** Not verified: the token comes from Cognito itself. */
function sessionOf(accessToken: string): OperatorSession {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  const { username, origin_jti } = z.parse(claims, JSON.parse(payload));
  return { username, sessionId: origin_jti };
}

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
function otpauthUrl(host: string, username: string, secret: string): string {
  const label = `${encodeURIComponent(host)}:${encodeURIComponent(username)}`;
  return `otpauth://totp/${label}?${new URLSearchParams({ secret, issuer: host })}`;
}
