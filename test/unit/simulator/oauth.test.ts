import { describe, expect, it } from 'vitest';
import recorded from '../../fixtures/paypal/api/sandbox2023__POST-oauth2-token.200.json' with { type: 'json' };
import { useSimulator } from './harness.ts';

const paypal = useSimulator();
const FORM = 'application/x-www-form-urlencoded';
const basic = (pair: string) => ({ 'content-type': FORM, authorization: `Basic ${btoa(pair)}` });
const GOOD = basic('sandbox-client:sandbox-secret');

const askForToken = (headers: Record<string, string>, form = 'grant_type=client_credentials') =>
  paypal.send('POST', '/v1/oauth2/token', form, headers);
const callWith = (authorization: string | undefined) =>
  paypal.send('GET', '/v1/notifications/webhooks', undefined, authorization ? { authorization } : {});

describe('a token', () => {
  it('has the form that PayPal gives it', async () => {
    const { status, body } = await askForToken(GOOD);

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(Object.keys(recorded).sort());
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
  });

  it('is shared, with the life it has left', async () => {
    const { body: first } = await askForToken(GOOD);
    paypal.passTime(732_000);

    const { body: second } = await askForToken(GOOD);

    expect(second.access_token).toBe(first.access_token);
    expect(second.expires_in).toBeLessThanOrEqual(32_400 - 732);
    expect(second.expires_in).toBeGreaterThan(32_400 - 742);
  });

  it('ends after 9 hours', async () => {
    const { body } = await askForToken(GOOD);
    paypal.passTime(32_401_000);

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(401);
    expect((await askForToken(GOOD)).body.access_token).not.toBe(body.access_token);
  });

  it('is worth nothing once it is revoked', async () => {
    const { body } = await askForToken(GOOD);
    await paypal.control('POST', 'tokens/revoke');

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(401);
    const { body: next } = await askForToken(GOOD);
    expect((await callWith(`Bearer ${next.access_token}`)).status).toBe(200);
  });

  it('outlives a reset of the simulator', async () => {
    const { body } = await askForToken(GOOD);
    await paypal.control('POST', 'reset');

    expect((await callWith(`Bearer ${body.access_token}`)).status).toBe(200);
  });
});

describe('no token', () => {
  it.each([
    ['another client', basic('somebody:sandbox-secret')],
    ['another secret', basic('sandbox-client:guess')],
    ['nobody', { 'content-type': FORM }],
  ])('is given to %s', async (_, headers) => {
    expect(await askForToken(headers)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: expect.any(String) },
    });
  });

  it('is given for another grant', async () => {
    expect(await askForToken(GOOD, 'grant_type=password')).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    });
  });
});

it.each([
  ['no token', undefined],
  ['a made-up token', 'Bearer A21AAguess'],
  ['an empty token', 'Bearer '],
  ['the client and its secret', GOOD.authorization],
])('a call with %s is not authenticated', async (_, authorization) => {
  expect(await callWith(authorization)).toMatchObject({ status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
});
