import {
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Lifetime of the access token, in seconds. */
  readonly expiresIn: number;
}

/** `rejected` does not reveal which part of the credentials is wrong. */
export type SignInResult =
  | { readonly outcome: 'signed_in'; readonly tokens: Tokens }
  | { readonly outcome: 'rejected' };

/** Throws an Error with Cognito's error name when the request fails. */
export interface Cognito {
  withPassword(username: string, password: string): Promise<SignInResult>;
  withRefreshToken(refreshToken: string): Promise<SignInResult>;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html */
const REJECTIONS: ReadonlySet<string> = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'UserNotConfirmedException',
  'PasswordResetRequiredException',
]);

/** InitiateAuth is a public API: it needs the app client's id and no IAM permission. */
export function cognito(client: CognitoIdentityProviderClient, clientId: string): Cognito {
  const initiateAuth = async (
    AuthFlow: InitiateAuthCommandInput['AuthFlow'],
    AuthParameters: Record<string, string>,
  ): Promise<AuthenticationResultType | undefined> => {
    try {
      const { AuthenticationResult } = await client.send(
        new InitiateAuthCommand({ ClientId: clientId, AuthFlow, AuthParameters }),
      );
      // Absent for a challenge, which users created by `npm run operator` never have.
      return AuthenticationResult;
    } catch (error) {
      if (error instanceof Error && REJECTIONS.has(error.name)) return undefined;
      throw withoutMessage(error);
    }
  };
  const toResult = (result: AuthenticationResultType | undefined, currentRefreshToken?: string): SignInResult => {
    const {
      AccessToken: accessToken,
      RefreshToken: refreshToken = currentRefreshToken,
      ExpiresIn: expiresIn,
    } = result ?? {};
    if (!accessToken || !refreshToken || !expiresIn) return { outcome: 'rejected' };
    return { outcome: 'signed_in', tokens: { accessToken, refreshToken, expiresIn } };
  };
  return {
    withPassword: async (USERNAME, PASSWORD) =>
      toResult(await initiateAuth('USER_PASSWORD_AUTH', { USERNAME, PASSWORD })),
    withRefreshToken: async (REFRESH_TOKEN) =>
      toResult(await initiateAuth('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN }), REFRESH_TOKEN),
  };
}

/** Drops the message, which may quote the credentials: it would be logged. */
function withoutMessage(error: unknown): Error {
  const { name, $metadata, code } = error as { name?: string; $metadata?: object; code?: string };
  return Object.assign(new Error('Cognito request failed'), { name: name ?? 'Error', $metadata, code });
}
