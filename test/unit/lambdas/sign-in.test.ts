import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../src/shared/logger.ts';
import type { Call } from '../../support/api-document.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';
import { describedCalls, readResponse } from '../../support/described-calls.ts';

const SIGN_IN: Call = 'POST /api/v1/admin/sign-in';
const REFRESH: Call = 'POST /api/v1/admin/sign-in/refresh';
const credentials = { username: 'ada', password: 'correct horse battery staple' };

let handler: typeof import('../../../lambdas/sign-in.ts').handler;
const send = vi.spyOn(CognitoIdentityProviderClient.prototype, 'send') as unknown as ReturnType<typeof vi.fn>;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  vi.stubEnv('USER_POOL_CLIENT_ID', 'dashboard');
  vi.stubEnv('ORIGIN_SECRET_HASHES', 'any');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  ({ handler } = await import('../../../lambdas/sign-in.ts'));
});
afterEach(() => void send.mockReset());

const call = describedCalls<{ body: unknown }>(async (method, path, { body }) =>
  readResponse(await handler(httpEvent(method, path, { body }), invocation())),
);
const responseTo = (name: Call, body: unknown) => call(name, { body });

describe('sign-in', () => {
  it('returns tokens with no-store', async () => {
    send.mockResolvedValueOnce({
      AuthenticationResult: { AccessToken: 'access', RefreshToken: 'refresh', ExpiresIn: 900 },
    });

    const { status, headers, body } = await responseTo(SIGN_IN, credentials);

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ access_token: 'access', token_type: 'Bearer', expires_in: 900, refresh_token: 'refresh' });
  });

  it('returns a new access token for the refresh token', async () => {
    send.mockResolvedValueOnce({ AuthenticationResult: { AccessToken: 'next', ExpiresIn: 900 } });

    expect((await responseTo(REFRESH, { refresh_token: 'refresh' })).body).toMatchObject({
      access_token: 'next',
      refresh_token: 'refresh',
    });
    expect(send.mock.lastCall?.[0].input.AuthFlow).toBe('REFRESH_TOKEN_AUTH');
  });

  it('returns the same error for a wrong user name and a wrong password', async () => {
    const responses = [];
    for (const name of ['UserNotFoundException', 'NotAuthorizedException']) {
      send.mockRejectedValueOnce(Object.assign(new Error('no'), { name }));
      responses.push(await responseTo(SIGN_IN, credentials));
    }

    expect(responses[0]?.status).toBe(401);
    expect(responses[0]).toEqual(responses[1]);
  });

  it.each([
    ['TooManyRequestsException', 503],
    ['InternalErrorException', 500],
  ])('maps Cognito’s %s to %i', async (name, status) => {
    send.mockRejectedValueOnce(Object.assign(new Error('ada'), { name }));

    expect((await responseTo(SIGN_IN, credentials)).status).toBe(status);
  });

  it.each([
    ['no password', { username: 'ada' }, 'password'],
    ['a space in the user name', { ...credentials, username: 'ada lovelace' }, 'username'],
    ['an unknown field', { ...credentials, code: '123456' }, 'code'],
  ])('rejects a request with %s without a call to Cognito', async (_, body, field) => {
    const response = await responseTo(SIGN_IN, body);

    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([{ field }]);
    expect(send).not.toHaveBeenCalled();
  });

  it('rejects a body of another content type without a call to Cognito', async () => {
    for (const path of ['/api/v1/admin/sign-in', '/api/v1/admin/sign-in/refresh']) {
      const headers = { 'content-type': 'text/plain' };
      const response = await handler(httpEvent('POST', path, { body: credentials, headers }), invocation());

      expect(response.statusCode).toBe(415);
    }
    expect(send).not.toHaveBeenCalled();
  });

  it('rejects a password with half of a surrogate pair without a call to Cognito', async () => {
    const response = await responseTo(SIGN_IN, '{"username":"ada","password":"\\ud83d"}');

    expect(response).toMatchObject({ status: 400, body: { errors: [{ field: 'password' }] } });
    expect(send).not.toHaveBeenCalled();
  });

  it('logs neither credentials nor error messages', async () => {
    const lines: string[] = [];
    const write = (line: unknown) => lines.push(String(line)) > 0;
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    for (const spy of spies) spy.mockImplementation(write);
    logger.setLogLevel('DEBUG');
    send.mockRejectedValueOnce(
      Object.assign(new Error(JSON.stringify(credentials)), { name: 'InternalErrorException' }),
    );

    await responseTo(SIGN_IN, credentials);
    logger.setLogLevel('SILENT');
    for (const spy of spies) spy.mockRestore();

    expect(lines.join('\n')).toContain('REQUEST_FAILED');
    expect(lines.join('\n')).not.toMatch(/correct horse|"ada"/);
  });
});
