import { describe, expect, it } from 'vitest';
import recorded from '../../fixtures/paypal/api/sandbox2023__POST-oauth2-token.200.json' with { type: 'json' };
import { useSimulator } from './harness.ts';

const paypal = useSimulator();
const FORM = 'application/x-www-form-urlencoded';
const basic = (pair: string) => ({ 'content-type': FORM, authorization: `Basic ${btoa(pair)}` });
const VALID = basic('sandbox-client:sandbox-secret');

const requestToken = (headers: Record<string, string>, form = 'grant_type=client_credentials') =>
  paypal.send('POST', '/v1/oauth2/token', form, headers);
const callWith = (authorization: string | undefined) =>
  paypal.send('GET', '/v1/notifications/webhooks', undefined, authorization ? { authorization } : {});

describe('POST /v1/oauth2/token', () => {
  it('returns the same fields as PayPal', async () => {
    await paypal.control('POST', 'tokens/revoke');
    const { status, body } = await requestToken(VALID);

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(Object.keys(recorded).sort());
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
  });

  it('returns the current token with its remaining seconds', async () => {
    const { body: first } = await requestToken(VALID);
    paypal.passTime(732_000);

    const { body: second } = await requestToken(VALID);

    expect(second.access_token).toBe(first.access_token);
    expect(second.expires_in).toBeLessThanOrEqual(32_400 - 732);
    expect(second.expires_in).toBeGreaterThan(32_400 - 742);
  });

  it('issues a token that expires after 9 hours', async () => {
    const { body } = await requestToken(VALID);
    paypal.passTime(32_401_000);

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(401);
    expect((await requestToken(VALID)).body.access_token).not.toBe(body.access_token);
  });

  it('issues a new token after a revocation', async () => {
    const { body } = await requestToken(VALID);
    await paypal.control('POST', 'tokens/revoke');

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(401);
    const { body: next } = await requestToken(VALID);
    expect((await callWith(`Bearer ${next.access_token}`)).status).toBe(200);
  });

  it('issues a token that survives a reset', async () => {
    const { body } = await requestToken(VALID);
    await paypal.control('POST', 'reset');

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(200);
  });

  it.each([
    ['another client', basic('another:sandbox-secret')],
    ['another secret', basic('sandbox-client:guess')],
    ['no credentials', { 'content-type': FORM }],
  ])('rejects %s', async (_, headers) => {
    expect(await requestToken(headers)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: expect.any(String) },
    });
  });

  it('rejects another grant type', async () => {
    expect(await requestToken(VALID, 'grant_type=password')).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});

describe('requireToken', () => {
  it.each([
    ['no token', undefined],
    ['an unknown token', 'Bearer A21AAguess'],
    ['an empty token', 'Bearer '],
    ['basic credentials', VALID.authorization],
  ])('rejects %s', async (_, authorization) => {
    expect(await callWith(authorization)).toMatchObject({ status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
  });
});
