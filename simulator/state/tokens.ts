import { randomBytes } from 'node:crypto';

/** PayPal's tokens are valid for 9 hours. */
const TOKEN_SECONDS = 32_400;

export interface Tokens {
  /**
   * The current token with its remaining seconds. Like PayPal, one token is shared until it expires (recorded: 32400,
   * 32384, 31668).
   */
  current(): { readonly value: string; readonly expiresIn: number };
  isValid(value: string): boolean;
  /** Invalidates every token issued so far. */
  revoke(): void;
}

/** Issues the access tokens of one client. */
export function createTokens(now: () => Date): Tokens {
  const none = { value: '', issuedAt: Number.NEGATIVE_INFINITY };
  let token = none;
  const remaining = () => TOKEN_SECONDS - Math.floor((now().getTime() - token.issuedAt) / 1000);
  const isAlive = () => remaining() > 0;
  return {
    current() {
      if (!isAlive()) token = { value: `A21AA${randomBytes(48).toString('base64url')}`, issuedAt: now().getTime() };
      return { value: token.value, expiresIn: remaining() };
    },
    isValid: (value) => value === token.value && isAlive(),
    revoke: () => {
      token = none;
    },
  };
}
