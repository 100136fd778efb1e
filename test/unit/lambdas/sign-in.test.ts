import {
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../src/shared/logger.ts';
import * as metrics from '../../../src/shared/metrics.ts';
import type { Call } from '../../support/api-document.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';
import { describedCalls, readResponse } from '../../support/described-calls.ts';

const SIGN_IN: Call = 'POST /api/v1/admin/sign-in';
const REFRESH: Call = 'POST /api/v1/admin/sign-in/refresh';
const SIGN_OUT: Call = 'POST /api/v1/admin/sign-out';
const CALLS = [SIGN_IN, REFRESH, SIGN_OUT] as const;
const ORIGIN = 'https://shop.example';
const credentials = { username: 'Ada', password: 'correct horse battery staple' };
const SESSION = 'a session of twenty characters';

let handler: typeof import('../../../lambdas/sign-in.ts').handler;
const send = vi.spyOn(CognitoIdentityProviderClient.prototype, 'send') as unknown as ReturnType<typeof vi.fn>;
const db = vi.spyOn(DynamoDBDocumentClient.prototype, 'send') as unknown as ReturnType<typeof vi.fn>;
const measure = vi.spyOn(metrics, 'measure');
const info = vi.spyOn(logger, 'info');
const warn = vi.spyOn(logger, 'warn');

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  vi.stubEnv('USER_POOL_CLIENT_ID', 'dashboard');
  vi.stubEnv('ORIGIN_SECRET_HASHES', 'any');
  vi.stubEnv('STOREFRONT_ORIGIN', ORIGIN);
  vi.stubEnv('ACCESS_TABLE', 'access');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  ({ handler } = await import('../../../lambdas/sign-in.ts'));
});

/** Generation of the operator in the table, and whether the session is stored with it. */
let stored = { generation: 3, open: true };
/** Calls of Cognito and of the table, in their order. */
let order: string[] = [];
const written = () => db.mock.calls.map(([command]) => command.input);

beforeEach(() => {
  stored = { generation: 3, open: true };
  order = [];
  db.mockImplementation(async (command) => {
    const { name } = command.constructor;
    order.push(name);
    const operator = { kind: 'operator', generation: stored.generation };
    if (name === 'GetCommand') return { Item: operator };
    if (name === 'UpdateCommand') {
      stored.generation += 1;
      return { Attributes: { generation: stored.generation } };
    }
    if (name !== 'BatchGetCommand') return {};
    const session = { kind: 'session', generation: stored.generation };
    return {
      Responses: { [Object.keys(command.input.RequestItems)[0] ?? '']: stored.open ? [operator, session] : [operator] },
    };
  });
});
afterEach(() => {
  for (const spy of [send, db, measure, info, warn]) spy.mockReset();
});

const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const ACCESS = jwt({ username: 'ada', origin_jti: 'jti-1' });
const TOKENS = { AuthenticationResult: { AccessToken: ACCESS, RefreshToken: 'refresh', ExpiresIn: 900 } };

/** Cognito's answers, in their order; names of errors are thrown. */
function cognitoAnswers(...answers: (object | string)[]): void {
  for (const answer of answers)
    send.mockImplementationOnce(async (command) => {
      order.push(command.constructor.name);
      if (typeof answer === 'string') throw Object.assign(new Error('Ada, correct horse'), { name: answer });
      return answer;
    });
}
const challenge = (ChallengeName: string) => ({
  ChallengeName,
  Session: `session of ${ChallengeName}`,
  ChallengeParameters: { USER_ID_FOR_SRP: 'ada' },
});
const sent = () => send.mock.calls.map(([command]) => command);

const call = describedCalls<{ body?: unknown; headers?: object; cookies?: string[] }>(
  async (method, path, { body, headers = {}, cookies }) => {
    const event = { ...httpEvent(method, path, { body, headers }), ...(cookies && { cookies }) };
    return readResponse(await handler(event, invocation()));
  },
);
const signIn = (more: object = {}) => call(SIGN_IN, { body: { ...credentials, ...more } });
const withCookie = (name: Call, request: { body?: unknown } = {}) =>
  call(name, { ...request, cookies: ['other=1', 'operator_refresh_token=refresh'] });

const CLEARED = 'operator_refresh_token=; Max-Age=0; Path=/api/v1/admin; Secure; HttpOnly; SameSite=Strict';

describe('sign-in', () => {
  it('returns the access token with no-store, and the refresh token in a cookie for the admin API only', async () => {
    cognitoAnswers(TOKENS);

    const { status, headers, body } = await signIn();

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ access_token: ACCESS, token_type: 'Bearer', expires_in: 900 });
    expect(headers['set-cookie']).toBe(
      'operator_refresh_token=refresh; Max-Age=36000; Path=/api/v1/admin; Secure; HttpOnly; SameSite=Strict',
    );
  });

  it('opens a session of the generation that was read before the password was checked', async () => {
    cognitoAnswers(TOKENS);

    await signIn();

    expect(order).toEqual(['GetCommand', 'InitiateAuthCommand', 'PutCommand']);
    const { expires_at, ...item } = written().at(-1).Item;
    expect(item).toEqual({ kind: 'session', id: 'ada#jti-1', generation: 3 });
    expect(expires_at - Date.now() / 1000).toBeCloseTo(10.25 * 3600, -2);
  });

  it('returns the same error for a wrong user name and a wrong password', async () => {
    const responses = [];
    for (const name of ['UserNotFoundException', 'NotAuthorizedException']) {
      cognitoAnswers(name);
      responses.push(await signIn());
    }

    expect(responses[0]?.status).toBe(401);
    expect(responses[0]).toEqual(responses[1]);
  });

  it.each([
    ['TooManyRequestsException', 503],
    ['InternalErrorException', 500],
  ])('maps Cognito’s %s to %i', async (name, status) => {
    cognitoAnswers(name);

    expect((await signIn()).status).toBe(status);
  });

  it.each([
    ['no password', { username: 'ada' }, 'password'],
    ['a space in the user name', { ...credentials, username: 'ada lovelace' }, 'username'],
    ['an unknown field', { ...credentials, remember: true }, 'remember'],
    ['a code of five digits', { ...credentials, code: '12345' }, 'code'],
    ['a short session', { ...credentials, session: 'short' }, 'session'],
  ])('rejects a request with %s without a call to Cognito', async (_, body, field) => {
    const response = await call(SIGN_IN, { body });

    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([{ field }]);
    expect(send).not.toHaveBeenCalled();
  });

  it('rejects a password with half of a surrogate pair without a call to Cognito', async () => {
    const response = await call(SIGN_IN, { body: '{"username":"ada","password":"\\ud83d"}' });

    expect(response).toMatchObject({ status: 400, body: { errors: [{ field: 'password' }] } });
    expect(send).not.toHaveBeenCalled();
  });
});

describe('sign-in with a password that its owner must change', () => {
  it('requires a new password', async () => {
    cognitoAnswers(challenge('NEW_PASSWORD_REQUIRED'));

    const { status, body, headers } = await signIn();

    expect([status, body.type]).toEqual([401, '/problems/new-password-required']);
    expect(body.detail).toContain('at least 20 characters');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('ends all sessions before it sets the new password, and opens one of the next generation', async () => {
    cognitoAnswers(challenge('NEW_PASSWORD_REQUIRED'), TOKENS);

    expect((await signIn({ new_password: 'chosen' })).status).toBe(200);

    expect(order).toEqual([
      'GetCommand',
      'InitiateAuthCommand',
      'UpdateCommand',
      'RespondToAuthChallengeCommand',
      'PutCommand',
    ]);
    expect(written().at(-1).Item).toMatchObject({ id: 'ada#jti-1', generation: 4 });
    expect(sent()[1]).toBeInstanceOf(RespondToAuthChallengeCommand);
    expect(sent()[1].input).toMatchObject({
      Session: 'session of NEW_PASSWORD_REQUIRED',
      ChallengeResponses: { USERNAME: 'ada', NEW_PASSWORD: 'chosen' },
    });
  });

  it('names the field of a new password that the policy refuses', async () => {
    cognitoAnswers(challenge('NEW_PASSWORD_REQUIRED'), 'InvalidPasswordException');

    const { status, body } = await signIn({ new_password: 'short' });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field: 'new_password', detail: expect.stringContaining('20 characters') }]);
  });

  it('requires a code after the new password when the operator has an authenticator app', async () => {
    cognitoAnswers(challenge('NEW_PASSWORD_REQUIRED'), challenge('SOFTWARE_TOKEN_MFA'));

    expect((await signIn({ new_password: 'chosen' })).body.type).toBe('/problems/code-required');
  });

  it('rejects a new password where none is required', async () => {
    cognitoAnswers(TOKENS);

    const { status, body, headers } = await signIn({ new_password: 'chosen' });

    expect([status, body.errors[0].field, headers['set-cookie']]).toEqual([400, 'new_password', undefined]);
    expect(order).toEqual(['GetCommand', 'InitiateAuthCommand']);
  });
});

describe('sign-in with an authenticator app', () => {
  it('requires a code', async () => {
    cognitoAnswers(challenge('SOFTWARE_TOKEN_MFA'));

    expect((await signIn()).body.type).toBe('/problems/code-required');
  });

  it('signs in with the code', async () => {
    cognitoAnswers(challenge('SOFTWARE_TOKEN_MFA'), TOKENS);

    expect((await signIn({ code: '123456' })).status).toBe(200);
    expect(sent()[1].input).toMatchObject({
      Session: 'session of SOFTWARE_TOKEN_MFA',
      ChallengeResponses: { USERNAME: 'ada', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    });
  });

  it.each(['CodeMismatchException', 'ExpiredCodeException'])('returns wrong-code for %s', async (name) => {
    cognitoAnswers(challenge('SOFTWARE_TOKEN_MFA'), name);

    expect(await signIn({ code: '123456' })).toMatchObject({ status: 401, body: { type: '/problems/wrong-code' } });
  });

  it('begins the setup with an otpauth URL and a session', async () => {
    cognitoAnswers(challenge('MFA_SETUP'), { SecretCode: 'JBSWY3DPEHPK3PXP', Session: SESSION });

    const { status, body } = await signIn();

    expect([status, body.type, body.session]).toEqual([401, '/problems/totp-setup-required', SESSION]);
    expect(body.otpauth_url).toBe('otpauth://totp/shop.example:ada?secret=JBSWY3DPEHPK3PXP&issuer=shop.example');
    expect(sent()[1]).toBeInstanceOf(AssociateSoftwareTokenCommand);
    expect(sent()[1].input).toEqual({ Session: 'session of MFA_SETUP' });
  });

  const verified = { Status: 'SUCCESS', Session: 'verified' };

  it('completes the setup with the session and a code, and checks the password afterwards', async () => {
    cognitoAnswers(verified, TOKENS, challenge('SOFTWARE_TOKEN_MFA'));

    expect((await signIn({ code: '123456', session: SESSION })).status).toBe(200);

    expect(sent()[0]).toBeInstanceOf(VerifySoftwareTokenCommand);
    expect(sent()[0].input).toEqual({ Session: SESSION, UserCode: '123456' });
    expect(sent()[1].input).toMatchObject({ ChallengeName: 'MFA_SETUP', Session: 'verified' });
    expect(sent()[2]).toBeInstanceOf(InitiateAuthCommand);
  });

  it('refuses a setup that began with a password which is no longer valid', async () => {
    cognitoAnswers(verified, TOKENS, 'NotAuthorizedException');

    const { status, body, headers } = await signIn({ code: '123456', session: SESSION });

    expect([status, body.type, headers['set-cookie']]).toEqual([401, '/problems/wrong-credentials', undefined]);
  });

  it('returns wrong-code for a wrong first code', async () => {
    cognitoAnswers('EnableSoftwareTokenMFAException');

    expect((await signIn({ code: '123456', session: SESSION })).body.type).toBe('/problems/wrong-code');
  });

  it('begins the setup again when its session has expired', async () => {
    const setup = { SecretCode: 'NEXT', Session: `next ${SESSION}` };
    cognitoAnswers('NotAuthorizedException', challenge('MFA_SETUP'), setup);

    const { body } = await signIn({ code: '123456', session: SESSION });

    expect([body.type, body.session]).toEqual(['/problems/totp-setup-required', setup.Session]);
  });
});

describe('refresh', () => {
  it.each([
    ['cookies of the event', { cookies: ['other=1', 'operator_refresh_token=refresh'] }],
    ['the header', { headers: { cookie: 'other=1; operator_refresh_token=refresh' } }],
  ])('returns a new access token for the cookie in %s', async (_, request) => {
    cognitoAnswers({ AuthenticationResult: { AccessToken: ACCESS, ExpiresIn: 900 } });

    const { status, body, headers } = await call(REFRESH, request);

    expect(status).toBe(200);
    expect(body).toEqual({ access_token: ACCESS, token_type: 'Bearer', expires_in: 900 });
    expect(headers['set-cookie']).toBeUndefined();
    const { AuthFlow, AuthParameters } = sent()[0].input;
    expect([AuthFlow, AuthParameters]).toEqual(['REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: 'refresh' }]);
  });

  it('returns 401 without a cookie, and does not call Cognito', async () => {
    expect(await call(REFRESH, {})).toMatchObject({ status: 401, body: { type: '/problems/not-signed-in' } });
    expect(await call(REFRESH, { cookies: ['operator_refresh_token="><'] })).toMatchObject({ status: 401 });
    expect(send).not.toHaveBeenCalled();
  });

  it('returns 401 and clears the cookie when Cognito rejects the token', async () => {
    cognitoAnswers('NotAuthorizedException');

    const { status, headers } = await withCookie(REFRESH);

    expect([status, headers['set-cookie']]).toEqual([401, CLEARED]);
  });

  it('returns 401 and clears the cookie when the session is over, though the token is valid', async () => {
    cognitoAnswers(TOKENS);
    stored.open = false;

    const { status, headers } = await withCookie(REFRESH);

    expect([status, headers['set-cookie']]).toEqual([401, CLEARED]);
  });

  it('keeps the cookie when Cognito cannot be reached', async () => {
    cognitoAnswers('TooManyRequestsException');

    const { status, headers } = await withCookie(REFRESH);

    expect([status, headers['set-cookie']]).toEqual([503, undefined]);
  });

  it('names the field of a client that sends the token in the body', async () => {
    const { status, body } = await withCookie(REFRESH, { body: { refresh_token: 'refresh' } });

    expect([status, body.errors[0].field]).toEqual([400, 'refresh_token']);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('sign-out', () => {
  it('ends the session of the cookie, revokes its token and clears the cookie', async () => {
    cognitoAnswers(TOKENS, {});

    const { status, body, headers } = await withCookie(SIGN_OUT);

    expect([status, body, headers['set-cookie']]).toEqual([204, '', CLEARED]);
    expect(written()).toMatchObject([{ Key: { kind: 'session', id: 'ada#jti-1' } }]);
    expect(sent()[1]).toBeInstanceOf(RevokeTokenCommand);
    expect(sent()[1].input).toEqual({ ClientId: 'dashboard', Token: 'refresh' });
  });

  it('ends all sessions of the operator with everywhere', async () => {
    cognitoAnswers(TOKENS, {});

    expect((await withCookie(SIGN_OUT, { body: { everywhere: true } })).status).toBe(204);

    expect(order).toContain('UpdateCommand');
    expect(stored.generation).toBe(4);
  });

  it('does not end other sessions for a session that is over', async () => {
    cognitoAnswers(TOKENS, {});
    stored.open = false;

    expect((await withCookie(SIGN_OUT, { body: { everywhere: true } })).status).toBe(204);

    expect(stored.generation).toBe(3);
  });

  it('returns 204 without a session', async () => {
    expect(await call(SIGN_OUT, {})).toMatchObject({ status: 204, headers: { 'set-cookie': CLEARED } });
    expect(send).not.toHaveBeenCalled();

    cognitoAnswers('NotAuthorizedException');
    expect(await withCookie(SIGN_OUT)).toMatchObject({ status: 204, headers: { 'set-cookie': CLEARED } });
    expect(db).not.toHaveBeenCalled();
  });
});

describe('all routes of sign-in', () => {
  const FOREIGN = [
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['the own host with http', { origin: 'http://shop.example' }],
    ['a sibling of the own host', { 'sec-fetch-site': 'same-site' }],
    ['another site', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
  ] as const;

  it.each(CALLS.flatMap((name) => FOREIGN.map(([sender, headers]) => [name, sender, headers] as const)))(
    'refuses %s from %s before anything is read',
    async (name, _, headers) => {
      const response = await call(name, { headers, cookies: ['operator_refresh_token=refresh'], body: '{' });

      expect(response).toMatchObject({ status: 403, body: { type: '/problems/foreign-origin' } });
      expect(response.headers['set-cookie']).toBeUndefined();
      expect(order).toEqual([]);
    },
  );

  it.each([
    ['a page of the shop', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }],
    ['a request that no page sends', { 'sec-fetch-site': 'none' }],
    ['a script', {}],
  ])('accept %s', async (_, headers) => {
    expect((await call(SIGN_OUT, { headers })).status).toBe(204);
  });

  it.each(CALLS)('%s rejects a body of another content type without a call to Cognito', async (name) => {
    const headers = { 'content-type': 'text/plain' };

    expect((await call(name, { body: credentials, headers })).status).toBe(415);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('logs and metrics of sign-in', () => {
  const lineOf = (spy: typeof info | typeof warn) => spy.mock.calls[0];

  it('record a sign-in, without the name', async () => {
    cognitoAnswers(TOKENS);

    await signIn();

    expect(lineOf(info)).toEqual(['SIGNED_IN', { operator: expect.stringMatching(/^[0-9a-f]{16}$/) }]);
    expect(measure.mock.calls).toEqual([['SignedIn']]);
  });

  it.each([
    ['wrong-credentials', ['NotAuthorizedException']],
    ['wrong-code', [challenge('SOFTWARE_TOKEN_MFA'), 'CodeMismatchException']],
  ])('record and count a refusal: %s', async (type, answers) => {
    cognitoAnswers(...answers);

    await signIn({ code: '123456' });

    expect(lineOf(warn)).toEqual(['SIGN_IN_REFUSED', { operator: expect.stringMatching(/^[0-9a-f]{16}$/), type }]);
    expect(measure.mock.calls).toEqual([['SignInRefused']]);
  });

  it('record a challenge, and do not count it', async () => {
    cognitoAnswers(challenge('SOFTWARE_TOKEN_MFA'));

    await signIn();

    expect(lineOf(info)).toEqual(['SIGN_IN_CHALLENGED', expect.objectContaining({ type: 'code-required' })]);
    expect(measure).not.toHaveBeenCalled();
  });

  it('record a sign-out', async () => {
    cognitoAnswers(TOKENS, {});

    await withCookie(SIGN_OUT);

    expect(lineOf(info)).toEqual(['SIGNED_OUT', expect.objectContaining({ everywhere: false })]);
  });

  it('recognize an operator however the name is written', async () => {
    cognitoAnswers('NotAuthorizedException', 'NotAuthorizedException');

    await signIn();
    await signIn({ username: 'ADA' });

    expect(warn.mock.calls[0]).toEqual(warn.mock.calls[1]);
  });

  it('contain neither credentials nor error messages', async () => {
    const lines: string[] = [];
    const write = (line: unknown) => lines.push(String(line)) > 0;
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    for (const spy of spies) spy.mockImplementation(write);
    logger.setLogLevel('DEBUG');
    cognitoAnswers('InternalErrorException');

    await signIn();
    logger.setLogLevel('SILENT');
    for (const spy of spies) spy.mockRestore();

    expect(lines.join('\n')).toContain('REQUEST_FAILED');
    expect(lines.join('\n')).not.toMatch(/correct horse|ada/i);
  });
});
