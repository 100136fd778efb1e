import {
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Challenge, cognito } from '../../../src/sign-in/cognito.ts';

const client = new CognitoIdentityProviderClient({ region: 'eu-central-1' });
const send = vi.spyOn(client, 'send') as unknown as ReturnType<typeof vi.fn>;
afterEach(() => void send.mockReset());

const operators = cognito(client, 'dashboard');

const TOKENS = { AccessToken: 'access', IdToken: 'id', RefreshToken: 'refresh', ExpiresIn: 900 };
const failing = (name: string) => Object.assign(new Error('1 validation error: Value ada'), { name });
const challenge = (name: Challenge['name']): Challenge => ({ name, username: 'ada', session: 'session' });
const sent = () => send.mock.calls.map(([command]) => [command.constructor, command.input]);

const SIGNED_IN = {
  outcome: 'signed_in',
  tokens: { accessToken: 'access', refreshToken: 'refresh', expiresIn: 900 },
};

describe('withPassword', () => {
  it('sends client id, username and password only', async () => {
    send.mockResolvedValueOnce({ AuthenticationResult: TOKENS });

    expect(await operators.withPassword('ada', 'secret')).toEqual(SIGNED_IN);
    const input = {
      ClientId: 'dashboard',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada', PASSWORD: 'secret' },
    };
    expect(sent()).toEqual([[InitiateAuthCommand, input]]);
  });

  it('returns a challenge with the username and the session that its answer requires', async () => {
    send.mockResolvedValueOnce({
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: 'session',
      ChallengeParameters: { USER_ID_FOR_SRP: 'ada', requiredAttributes: '[]', userAttributes: '{}' },
    });

    expect(await operators.withPassword('Ada', 'temporary')).toEqual({
      outcome: 'challenged',
      challenge: { name: 'NEW_PASSWORD_REQUIRED', username: 'ada', session: 'session' },
    });
  });

  it('throws for a challenge that the pool does not have', async () => {
    send.mockResolvedValueOnce({ ChallengeName: 'SMS_MFA', Session: 'session' });

    await expect(operators.withPassword('ada', 'secret')).rejects.toThrow('Cognito request failed');
  });

  it.each([
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'PasswordResetRequiredException',
  ])('returns rejected for %s', async (name) => {
    send.mockRejectedValueOnce(failing(name));

    expect(await operators.withPassword('ada', 'wrong')).toEqual({ outcome: 'rejected' });
  });

  it('throws an error with Cognito’s name and without its message', async () => {
    send.mockRejectedValueOnce(failing('TooManyRequestsException'));

    const error = await operators.withPassword('ada', 'secret').catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({ name: 'TooManyRequestsException', message: 'Cognito request failed' });
    expect(JSON.stringify(Object.values(error)) + (error as Error).stack).not.toMatch(/ada|secret/);
  });
});

describe('withRefreshToken', () => {
  it('keeps the refresh token when Cognito returns none', async () => {
    const { RefreshToken: _, ...renewed } = TOKENS;
    send.mockResolvedValueOnce({ AuthenticationResult: renewed });

    expect(await operators.withRefreshToken('kept')).toMatchObject({ accessToken: 'access', refreshToken: 'kept' });
  });

  it('returns undefined when the token is rejected', async () => {
    send.mockRejectedValueOnce(failing('NotAuthorizedException'));

    expect(await operators.withRefreshToken('revoked')).toBeUndefined();
  });
});

describe('setNewPassword', () => {
  it('answers the challenge with username, session and the new password', async () => {
    send.mockResolvedValueOnce({ AuthenticationResult: TOKENS });

    expect(await operators.setNewPassword(challenge('NEW_PASSWORD_REQUIRED'), 'new')).toEqual(SIGNED_IN);
    const input = {
      ClientId: 'dashboard',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: 'session',
      ChallengeResponses: { USERNAME: 'ada', NEW_PASSWORD: 'new' },
    };
    expect(sent()).toEqual([[RespondToAuthChallengeCommand, input]]);
  });

  it('returns the next challenge', async () => {
    send.mockResolvedValueOnce({ ChallengeName: 'MFA_SETUP', Session: 'next', ChallengeParameters: {} });

    expect(await operators.setNewPassword(challenge('NEW_PASSWORD_REQUIRED'), 'new')).toEqual({
      outcome: 'challenged',
      challenge: { name: 'MFA_SETUP', username: 'ada', session: 'next' },
    });
  });

  it.each(['InvalidPasswordException', 'PasswordHistoryPolicyViolationException'])(
    'returns password_refused for %s',
    async (name) => {
      send.mockRejectedValueOnce(failing(name));

      expect(await operators.setNewPassword(challenge('NEW_PASSWORD_REQUIRED'), 'new')).toEqual({
        outcome: 'password_refused',
      });
    },
  );
});

describe('withCode', () => {
  it('answers the challenge with username, session and code', async () => {
    send.mockResolvedValueOnce({ AuthenticationResult: TOKENS });

    expect(await operators.withCode(challenge('SOFTWARE_TOKEN_MFA'), '123456')).toEqual(SIGNED_IN);
    expect(sent()[0]?.[1]).toMatchObject({
      ChallengeName: 'SOFTWARE_TOKEN_MFA',
      Session: 'session',
      ChallengeResponses: { USERNAME: 'ada', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    });
  });

  it.each(['CodeMismatchException', 'ExpiredCodeException'])('returns wrong_code for %s', async (name) => {
    send.mockRejectedValueOnce(failing(name));

    expect(await operators.withCode(challenge('SOFTWARE_TOKEN_MFA'), '123456')).toEqual({ outcome: 'wrong_code' });
  });
});

describe('the setup of TOTP', () => {
  it('begins with the session of the challenge', async () => {
    send.mockResolvedValueOnce({ SecretCode: 'SECRET', Session: 'setup' });

    expect(await operators.beginTotpSetup(challenge('MFA_SETUP'))).toEqual({ secret: 'SECRET', session: 'setup' });
    expect(sent()).toEqual([[AssociateSoftwareTokenCommand, { Session: 'session' }]]);
  });

  it('ends with the session of the verified code', async () => {
    send.mockResolvedValueOnce({ Status: 'SUCCESS', Session: 'verified' });
    send.mockResolvedValueOnce({ AuthenticationResult: TOKENS });

    expect(await operators.completeTotpSetup('ada', 'setup', '123456')).toEqual(SIGNED_IN);
    const response = {
      ClientId: 'dashboard',
      ChallengeName: 'MFA_SETUP',
      Session: 'verified',
      ChallengeResponses: { USERNAME: 'ada' },
    };
    expect(sent()).toEqual([
      [VerifySoftwareTokenCommand, { Session: 'setup', UserCode: '123456' }],
      [RespondToAuthChallengeCommand, response],
    ]);
  });

  it.each(['EnableSoftwareTokenMFAException', 'CodeMismatchException'])('returns wrong_code for %s', async (name) => {
    send.mockRejectedValueOnce(failing(name));

    expect(await operators.completeTotpSetup('ada', 'setup', '123456')).toEqual({ outcome: 'wrong_code' });
  });

  it('returns wrong_code for an unsuccessful status', async () => {
    send.mockResolvedValueOnce({ Status: 'ERROR', Session: 'setup' });

    expect(await operators.completeTotpSetup('ada', 'setup', '123456')).toEqual({ outcome: 'wrong_code' });
  });

  it('returns rejected when the session has expired', async () => {
    send.mockRejectedValueOnce(failing('NotAuthorizedException'));

    expect(await operators.completeTotpSetup('ada', 'old', '123456')).toEqual({ outcome: 'rejected' });
  });
});

describe('revoke', () => {
  it('revokes the refresh token of the client', async () => {
    send.mockResolvedValueOnce({});

    await operators.revoke('refresh');

    expect(sent()).toEqual([[RevokeTokenCommand, { ClientId: 'dashboard', Token: 'refresh' }]]);
  });
});
