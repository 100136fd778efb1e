import { randomBytes } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../state/simulation.ts';
import { errorOf } from './errors.ts';

/** PayPal's tokens live 9 hours. */
const LIFE_SECONDS = 32_400;

/** The access tokens that are good. */
export interface Tokens {
  /** Answers the shared token with the seconds it has left, or a new one: so does PayPal (recorded: 32400, 32384, 31668). */
  current(): { readonly value: string; readonly expiresIn: number };
  isGood(value: string): boolean;
  /** Makes every token handed out so far worthless. */
  revoke(): void;
}

/** Makes the tokens of one client. */
export function createTokens(now: () => Date): Tokens {
  const none = { value: '', since: Number.NEGATIVE_INFINITY };
  let token = none;
  const left = () => LIFE_SECONDS - Math.floor((now().getTime() - token.since) / 1000);
  const hasLife = () => left() > 0;
  return {
    current() {
      if (!hasLife()) token = { value: `A21AA${randomBytes(48).toString('base64url')}`, since: now().getTime() };
      return { value: token.value, expiresIn: left() };
    },
    isGood: (value) => value === token.value && hasLife(),
    revoke: () => {
      token = none;
    },
  };
}

/** `POST /v1/oauth2/token`. */
export function oauthApi({ clientId, clientSecret, now }: Simulation, tokens: Tokens): Hono<Env> {
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return new Hono<Env>().post('/v1/oauth2/token', async (c) => {
    if (c.req.header('authorization') !== basic) {
      return c.json({ error: 'invalid_client', error_description: 'Client Authentication failed' }, 401);
    }
    const form = new URLSearchParams(await c.req.text());
    if (form.get('grant_type') !== 'client_credentials') {
      return c.json({ error: 'unsupported_grant_type', error_description: 'unsupported grant_type' }, 400);
    }
    const { value, expiresIn } = tokens.current();
    return c.json({
      scope:
        'https://uri.paypal.com/services/payments/refund https://uri.paypal.com/services/payments/payment/authcapture ' +
        'https://uri.paypal.com/services/applications/webhooks openid',
      access_token: value,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: expiresIn,
      nonce: `${now().toISOString()}${randomBytes(32).toString('base64url')}`,
    });
  });
}

/** Lets only calls with a good token pass. */
export const requireToken =
  (tokens: Tokens): MiddlewareHandler =>
  async (c, next) => {
    const [, value = ''] = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '') ?? [];
    if (!tokens.isGood(value)) throw errorOf(401);
    return next();
  };
