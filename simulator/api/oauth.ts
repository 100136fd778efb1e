import { randomBytes } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { errorForStatus } from '../state/errors.ts';
import type { Tokens } from '../state/tokens.ts';

const scopes = (withoutReporting: boolean): string[] => [
  'https://uri.paypal.com/services/payments/refund',
  'https://uri.paypal.com/services/payments/payment/authcapture',
  'https://uri.paypal.com/services/applications/webhooks',
  ...(withoutReporting ? [] : ['https://uri.paypal.com/services/reporting/search/read']),
  'openid',
];

/** `POST /v1/oauth2/token`. */
export function oauthApi({ clientId, clientSecret, now, state }: Simulation, tokens: Tokens): Hono<Env> {
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
      scope: scopes(state.reporting.denied).join(' '),
      access_token: value,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: expiresIn,
      nonce: `${now().toISOString()}${randomBytes(32).toString('base64url')}`,
    });
  });
}

/** Rejects requests without a valid token. */
export const requireToken =
  (tokens: Tokens): MiddlewareHandler =>
  async (c, next) => {
    const [, value = ''] = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '') ?? [];
    if (!tokens.isValid(value)) throw errorForStatus(401);
    return next();
  };
