import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The user pool whose tokens the tests sign. */
export const USER_POOL = { id: 'eu-central-1_Operators', clientId: 'dashboard' } as const;

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const poolKey = pair();
const otherKey = pair();

/** The public key of the pool, as Cognito publishes it. */
export const JWKS = { keys: [{ ...poolKey.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] };
/** For `fetch`. */
export const JWKS_URL = `data:application/json;base64,${Buffer.from(JSON.stringify(JWKS)).toString('base64')}`;

export type Claims = Readonly<Record<string, unknown>>;

/** The claims of an access token of this moment; the session is named after the user. */
export const accessClaims = (username = 'ada', groups: readonly string[] = ['admin']): Claims => {
  const now = Math.floor(Date.now() / 1000);
  return {
    sub: '8f3c0a6e-0000-4000-8000-000000000000',
    iss: `https://cognito-idp.eu-central-1.amazonaws.com/${USER_POOL.id}`,
    token_use: 'access',
    client_id: USER_POOL.clientId,
    username,
    origin_jti: `session-of-${username}`,
    'cognito:groups': groups,
    iat: now,
    exp: now + 900,
  };
};

/** @param key that of the pool by default */
export const signedToken = (
  claims: Claims,
  { key = poolKey.privateKey, header = {} }: { key?: KeyObject; header?: Claims } = {},
): string => {
  const text = [{ alg: 'RS256', kid: 'k1', ...header }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createSign('RSA-SHA256').update(text.join('.')).sign(key).toString('base64url');
  return [...text, signature].join('.');
};

/** Signed by a key that the pool does not have. */
export const forgedToken = (claims: Claims): string => signedToken(claims, { key: otherKey.privateKey });
