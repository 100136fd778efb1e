import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it, vi } from 'vitest';
import { cognito } from '../../../src/sign-in/cognito.ts';

const client = new CognitoIdentityProviderClient({ region: 'eu-central-1' });
const send = vi.spyOn(client, 'send') as unknown as ReturnType<typeof vi.fn>;
const { withPassword, withRefreshToken } = cognito(client, 'dashboard');

const TOKENS = { AccessToken: 'access', IdToken: 'id', RefreshToken: 'refresh', ExpiresIn: 900 };
const failing = (name: string) => Object.assign(new Error('1 validation error: Value ada'), { name });

describe('cognito', () => {
  it('sends client id, username and password only', async () => {
    send.mockResolvedValueOnce({ AuthenticationResult: TOKENS });

    expect(await withPassword('ada', 'secret')).toEqual({
      outcome: 'signed_in',
      tokens: { accessToken: 'access', refreshToken: 'refresh', expiresIn: 900 },
    });
    const command = send.mock.lastCall?.[0];
    expect(command).toBeInstanceOf(InitiateAuthCommand);
    expect(command.input).toEqual({
      ClientId: 'dashboard',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada', PASSWORD: 'secret' },
    });
  });

  it('keeps the refresh token when Cognito returns none', async () => {
    const { RefreshToken: _, ...renewed } = TOKENS;
    send.mockResolvedValueOnce({ AuthenticationResult: renewed });

    expect(await withRefreshToken('kept')).toMatchObject({ tokens: { accessToken: 'access', refreshToken: 'kept' } });
  });

  it.each([
    'NotAuthorizedException',
    'UserNotFoundException',
    'UserNotConfirmedException',
    'PasswordResetRequiredException',
  ])('returns refused for %s', async (name) => {
    send.mockRejectedValueOnce(failing(name));

    expect(await withPassword('ada', 'wrong')).toEqual({ outcome: 'rejected' });
  });

  it('returns rejected for a challenge', async () => {
    send.mockResolvedValueOnce({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: 'session' });

    expect(await withPassword('ada', 'temporary')).toEqual({ outcome: 'rejected' });
  });

  it('throws an error with Cognito’s name and without its message', async () => {
    send.mockRejectedValueOnce(failing('TooManyRequestsException'));

    const error = await withPassword('ada', 'secret').catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({ name: 'TooManyRequestsException', message: 'Cognito request failed' });
    expect(JSON.stringify(Object.values(error)) + (error as Error).stack).not.toMatch(/ada|secret/);
  });
});
