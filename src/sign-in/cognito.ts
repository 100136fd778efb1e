import {
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Lifetime of the access token, in seconds. */
  readonly expiresIn: number;
}

/** The challenges of a pool with temporary passwords and TOTP. */
const CHALLENGES = ['NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA', 'MFA_SETUP'] as const;

export interface Challenge {
  readonly name: (typeof CHALLENGES)[number];
  /** Required in the answer. */
  readonly username: string;
  readonly session: string;
}

/** `rejected` does not reveal which part of the credentials is wrong. */
export type AuthResult =
  | { readonly outcome: 'signed_in'; readonly tokens: Tokens }
  | { readonly outcome: 'challenged'; readonly challenge: Challenge }
  | { readonly outcome: 'rejected' | 'wrong_code' | 'password_refused' };

export interface TotpSetup {
  /** Base32. */
  readonly secret: string;
  readonly session: string;
}

/** Throws an Error with Cognito's error name when a request fails. */
export interface Cognito {
  withPassword(username: string, password: string): Promise<AuthResult>;
  /** @returns undefined when the token has expired or was revoked, or the operator was removed. */
  withRefreshToken(refreshToken: string): Promise<Tokens | undefined>;
  setNewPassword(challenge: Challenge, newPassword: string): Promise<AuthResult>;
  withCode(challenge: Challenge, code: string): Promise<AuthResult>;
  beginTotpSetup(challenge: Challenge): Promise<TotpSetup>;
  /** @param session of `beginTotpSetup`; `rejected` when it has expired. */
  completeTotpSetup(username: string, session: string, code: string): Promise<AuthResult>;
  /** Idempotent. */
  revoke(refreshToken: string): Promise<void>;
}

/**
 * Expected errors of:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html
 */
const OUTCOMES: Readonly<Record<string, 'rejected' | 'wrong_code' | 'password_refused'>> = {
  NotAuthorizedException: 'rejected',
  UserNotFoundException: 'rejected',
  UserNotConfirmedException: 'rejected',
  PasswordResetRequiredException: 'rejected',
  CodeMismatchException: 'wrong_code',
  ExpiredCodeException: 'wrong_code',
  EnableSoftwareTokenMFAException: 'wrong_code',
  InvalidPasswordException: 'password_refused',
  PasswordHistoryPolicyViolationException: 'password_refused',
};

/** All calls are public API: they need the app client's id and no IAM permission. */
export function cognito(client: CognitoIdentityProviderClient, clientId: string): Cognito {
  const initiateAuth = (
    AuthFlow: InitiateAuthCommandInput['AuthFlow'],
    AuthParameters: Record<string, string>,
  ): Promise<AuthResult> =>
    expected(async () =>
      toResult(
        await client.send(new InitiateAuthCommand({ ClientId: clientId, AuthFlow, AuthParameters })),
        AuthParameters,
      ),
    );

  const respond = async (
    { name, username, session }: Challenge,
    responses: Record<string, string> = {},
  ): Promise<AuthResult> =>
    toResult(
      await client.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: name,
          Session: session,
          ChallengeResponses: { USERNAME: username, ...responses },
        }),
      ),
      { USERNAME: username },
    );

  return {
    withPassword: (USERNAME, PASSWORD) => initiateAuth('USER_PASSWORD_AUTH', { USERNAME, PASSWORD }),

    async withRefreshToken(REFRESH_TOKEN) {
      const result = await initiateAuth('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN });
      return result.outcome === 'signed_in' ? result.tokens : undefined;
    },

    setNewPassword: (challenge, NEW_PASSWORD) => expected(() => respond(challenge, { NEW_PASSWORD })),

    withCode: (challenge, code) => expected(() => respond(challenge, { SOFTWARE_TOKEN_MFA_CODE: code })),

    async beginTotpSetup(challenge) {
      const { SecretCode, Session } = await withoutMessages(() =>
        client.send(new AssociateSoftwareTokenCommand({ Session: challenge.session })),
      );
      if (!SecretCode || !Session) throw new Error('Cognito returned no TOTP secret');
      return { secret: SecretCode, session: Session };
    },

    completeTotpSetup: (username, session, code) =>
      expected(async () => {
        const { Status, Session } = await client.send(
          new VerifySoftwareTokenCommand({ Session: session, UserCode: code }),
        );
        if (Status !== 'SUCCESS' || !Session) return { outcome: 'wrong_code' };
        return respond({ name: 'MFA_SETUP', username, session: Session });
      }),

    async revoke(Token) {
      await withoutMessages(() => client.send(new RevokeTokenCommand({ ClientId: clientId, Token })));
    },
  };
}

/** @throws Error for a challenge that the pool does not have. */
function toResult(
  { AuthenticationResult, ChallengeName, ChallengeParameters, Session }: Partial<InitiateAuthCommandOutput>,
  { USERNAME = '', REFRESH_TOKEN }: Readonly<Record<string, string>>,
): AuthResult {
  const name = CHALLENGES.find((challenge) => challenge === ChallengeName);
  if (ChallengeName && (!name || !Session)) throw new Error(`unexpected challenge ${ChallengeName}`);
  if (name && Session) {
    const username = ChallengeParameters?.USER_ID_FOR_SRP ?? USERNAME;
    return { outcome: 'challenged', challenge: { name, username, session: Session } };
  }
  return { outcome: 'signed_in', tokens: toTokens(AuthenticationResult, REFRESH_TOKEN) };
}

/** @param current Cognito returns a refresh token at the sign-in only. */
function toTokens(result: AuthenticationResultType | undefined, current: string | undefined): Tokens {
  const { AccessToken: accessToken, RefreshToken: refreshToken = current, ExpiresIn: expiresIn } = result ?? {};
  if (!accessToken || !refreshToken || !expiresIn) throw new Error('Cognito returned no tokens');
  return { accessToken, refreshToken, expiresIn };
}

async function expected(call: () => Promise<AuthResult>): Promise<AuthResult> {
  try {
    return await withoutMessages(call);
  } catch (error) {
    const outcome = error instanceof Error && OUTCOMES[error.name];
    if (outcome) return { outcome };
    throw error;
  }
}

/** Drops the messages of errors, which may quote the credentials: they would be logged. */
async function withoutMessages<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const { name, $metadata, code } = error as { name?: string; $metadata?: object; code?: string };
    throw Object.assign(new Error('Cognito request failed'), { name: name ?? 'Error', $metadata, code });
  }
}
