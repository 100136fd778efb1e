import {
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';

/** What an operator is given who has signed in. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds for which the access token is taken. */
  readonly expiresIn: number;
}

/** Tokens, or that there are none for these credentials; which part of them is wrong, nobody is told. */
export type SignInResult = { readonly outcome: 'signed_in'; readonly tokens: Tokens } | { readonly outcome: 'refused' };

/** Cognito, as far as signing in needs it. Each function throws an Error with Cognito's name for it when there was no verdict. */
export interface Cognito {
  withPassword(username: string, password: string): Promise<SignInResult>;
  withRefreshToken(refreshToken: string): Promise<SignInResult>;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html#API_InitiateAuth_Errors */
const REFUSALS: ReadonlySet<string> = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'UserNotConfirmedException',
  'PasswordResetRequiredException',
]);

/** Asks Cognito. Anybody may ask it this, so no permission is needed: the app client's id is all. */
export function cognito(client: CognitoIdentityProviderClient, clientId: string): Cognito {
  const initiateAuth = async (
    AuthFlow: InitiateAuthCommandInput['AuthFlow'],
    AuthParameters: Record<string, string>,
  ): Promise<AuthenticationResultType | undefined> => {
    try {
      const { AuthenticationResult } = await client.send(
        new InitiateAuthCommand({ ClientId: clientId, AuthFlow, AuthParameters }),
      );
      // Without one, Cognito wants something more of a person whom our command has not made.
      return AuthenticationResult;
    } catch (error) {
      if (error instanceof Error && REFUSALS.has(error.name)) return undefined;
      throw withoutMessage(error);
    }
  };
  const toResult = (result: AuthenticationResultType | undefined, currentRefreshToken?: string): SignInResult => {
    const {
      AccessToken: accessToken,
      RefreshToken: refreshToken = currentRefreshToken,
      ExpiresIn: expiresIn,
    } = result ?? {};
    if (!accessToken || !refreshToken || !expiresIn) return { outcome: 'refused' };
    return { outcome: 'signed_in', tokens: { accessToken, refreshToken, expiresIn } };
  };
  return {
    withPassword: async (USERNAME, PASSWORD) =>
      toResult(await initiateAuth('USER_PASSWORD_AUTH', { USERNAME, PASSWORD })),
    withRefreshToken: async (REFRESH_TOKEN) =>
      toResult(await initiateAuth('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN }), REFRESH_TOKEN),
  };
}

/** The error without its message, which may quote what was sent: nothing of that is for the log. */
function withoutMessage(error: unknown): Error {
  const { name, $metadata, code } = error as { name?: string; $metadata?: object; code?: string };
  return Object.assign(new Error('Cognito gave no verdict'), { name: name ?? 'Error', $metadata, code });
}
