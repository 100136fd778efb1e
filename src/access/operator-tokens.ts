import { CognitoJwtVerifier } from 'aws-jwt-verify/cognito-verifier';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as z from 'zod/mini';
import { Problem } from '../shared/http/problem.ts';

const claimsSchema = z.object({
  username: z.string(),
  origin_jti: z.string(),
  'cognito:groups': z._default(z.array(z.string()), []),
});

/** The claims of a valid access token that the shop uses. */
export interface OperatorToken {
  readonly username: string;
  readonly sessionId: string;
  readonly groups: readonly string[];
}

export interface OperatorTokensOptions {
  readonly userPoolId: string;
  readonly clientId: string;
  /** Of the pool's public keys. Passed here, as emulators have another address than the pool's issuer. */
  readonly jwksUrl: string;
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 3000;

/**
 * Verifies access tokens of the operators' pool: signature, issuer, client, use and expiry. ID tokens are invalid: they
 * only authenticate.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function operatorTokens({ userPoolId, clientId, jwksUrl, fetch }: OperatorTokensOptions) {
  const fetcher = {
    async fetch(): Promise<ArrayBuffer> {
      const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new FetchError(jwksUrl, `status ${response.status}`);
      return response.arrayBuffer();
    },
  };
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId, tokenUse: 'access' },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  // Before the first token: afterwards, an unknown key is an invalid token and not a failure to fetch the keys.
  let hydrated: Promise<void> | undefined;
  const hydrate = (): Promise<void> => {
    hydrated ??= verifier.hydrate().catch((cause: unknown) => {
      hydrated = undefined;
      throw unavailable(cause);
    });
    return hydrated;
  };

  /** @returns undefined for an invalid token. @throws Problem `try-again` when the public keys cannot be fetched. */
  return async (token: string): Promise<OperatorToken | undefined> => {
    await hydrate();
    try {
      const { data } = z.safeParse(claimsSchema, await verifier.verify(token));
      return data && { username: data.username, sessionId: data.origin_jti, groups: data['cognito:groups'] };
    } catch (error) {
      if (error instanceof JwtBaseError && !(error instanceof FetchError)) return undefined;
      throw unavailable(error);
    }
  };
}

const unavailable = (cause: unknown): Problem =>
  new Problem('try-again', 'the keys of the operators’ tokens cannot be read: retry in a moment', {}, { cause });
