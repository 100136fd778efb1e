import { verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textAt, useSimulator } from './harness.ts';
import type { Received } from './receiver.ts';

const paypal = useSimulator();
const NAME = 'messageverificationcerts.sandbox.paypal.com';

const webhookId = async () => (await paypal.webhookIds())[0] ?? '';
const header = ({ headers }: Received, name: string) => String(headers[`paypal-${name}`]);

async function certificateOf(delivery: Received): Promise<X509Certificate> {
  const response = await fetch(header(delivery, 'cert-url'));
  return new X509Certificate(await response.text());
}

/** As PayPal's page says, without any of the simulator's code. */
async function isSignedFor(id: string, delivery: Received): Promise<boolean> {
  const signed = [
    header(delivery, 'transmission-id'),
    header(delivery, 'transmission-time'),
    id,
    crc32(delivery.body),
  ].join('|');
  const { publicKey } = await certificateOf(delivery);
  return verify(
    'RSA-SHA256',
    Buffer.from(signed),
    publicKey,
    Buffer.from(header(delivery, 'transmission-sig'), 'base64'),
  );
}

async function made(signature: string): Promise<Received> {
  const before = paypal.receiver.received.length;
  await paypal.control('POST', 'events', { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: 'Ü' }, signature });
  const received = await paypal.receiver.until(before + 1);
  const last = received[before];
  if (!last) throw new Error('nothing arrived');
  return last;
}

describe('a delivery', () => {
  it('has the headers that PayPal sends', async () => {
    const { headers } = await made('good');

    expect(headers).toMatchObject({
      accept: '*/*',
      connection: 'close', // none is lost on a kept connection that the shop has just closed
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^PayPal\/AUHD-/),
      'correlation-id': expect.stringMatching(/^[0-9a-f]{13}$/),
      'x-b3-spanid': expect.stringMatching(/^[0-9a-f]{16}$/),
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-auth-version': 'v2',
      'paypal-cert-url': expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/v1\/notifications\/certs\/CERT-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/,
      ),
      'paypal-transmission-id': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'paypal-transmission-sig': expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      'paypal-transmission-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it.each([
    ['good', true],
    ['bad', false],
    ['wrong-cert', true],
    ['mock-id', false],
  ])('with a %s signature is signed for its webhook: %s', async (signature, expected) => {
    expect(await isSignedFor(await webhookId(), await made(signature))).toBe(expected);
  });

  it('with the mock id is signed for WEBHOOK_ID', async () => {
    expect(await isSignedFor('WEBHOOK_ID', await made('mock-id'))).toBe(true);
  });

  it('of another body than the signed one is found out', async () => {
    const delivery = await made('good');
    const other = { ...delivery, body: Buffer.from(String(delivery.body).replace('Ü', 'U')) };

    expect(await isSignedFor(await webhookId(), other)).toBe(false);
  });
});

describe('the certificate', () => {
  it("bears the sandbox's name and is another's work, good for about a year", async () => {
    const certificate = await certificateOf(await made('good'));

    expect(certificate.subject).toContain(`CN=${NAME}`);
    expect(certificate.subjectAltName).toBe(`DNS:${NAME}`);
    expect(certificate.issuer).not.toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(false);
    expect(certificate.ca).toBe(false);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * 24 * 60 * 60 * 1000);
  });

  it('is served as PayPal serves it: one PEM block, without a token, to be kept for a day', async () => {
    const response = await fetch(header(await made('good'), 'cert-url'));
    const pem = await response.text();

    expect(response.headers.get('content-type')).toBe('application/x-pem-file');
    expect(response.headers.get('cache-control')).toBe('public,max-age=86400');
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it('of a stranger has another name and another issuer', async () => {
    const [good, wrong] = [await made('good'), await made('wrong-cert')];
    const [genuine, stranger] = [await certificateOf(good), await certificateOf(wrong)];

    expect(header(wrong, 'cert-url')).not.toBe(header(good, 'cert-url'));
    expect(stranger.subject).not.toContain('paypal.com');
    expect(stranger.subjectAltName).not.toContain('paypal.com');
    expect(stranger.issuer).not.toBe(genuine.issuer);
  });

  it('that never was is not found', async () => {
    expect((await fetch(`${paypal.url}/v1/notifications/certs/CERT-1`)).status).toBe(404);
  });
});

describe('the check by postback', () => {
  const path = '/v1/notifications/verify-webhook-signature';

  /** The body spliced in as it came, as PayPal wants it. */
  function request(delivery: Received, id: string, more: object = {}, body = String(delivery.body)): string {
    const fields = {
      auth_algo: header(delivery, 'auth-algo'),
      cert_url: header(delivery, 'cert-url'),
      transmission_id: header(delivery, 'transmission-id'),
      transmission_sig: header(delivery, 'transmission-sig'),
      transmission_time: header(delivery, 'transmission-time'),
      webhook_id: id,
      ...more,
    };
    return `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${body}}`;
  }

  const check = async (text: string) => {
    const { status, body } = await paypal.api('POST', path, text, { wrong: true });
    expect(status).toBe(200);
    return body.verification_status;
  };

  it('believes a good signature', async () => {
    expect(await check(request(await made('good'), await webhookId()))).toBe('SUCCESS');
  });

  it.each(['bad', 'wrong-cert', 'mock-id'])('does not believe a %s signature', async (signature) => {
    expect(await check(request(await made(signature), await webhookId()))).toBe('FAILURE');
  });

  it('does not speak for mock events', async () => {
    expect(await check(request(await made('mock-id'), 'WEBHOOK_ID'))).toBe('FAILURE');
  });

  it.each([
    ['another webhook', { webhook_id: 'ANOTHER' }],
    ['another time', { transmission_time: '2020-01-01T00:00:00Z' }],
    ['another transmission', { transmission_id: 'b3d4c2de-0000-4000-8000-000000000000' }],
    ['another algorithm', { auth_algo: 'SHA1withRSA' }],
    ['a certificate from elsewhere', { cert_url: 'https://api.paypal.com/v1/notifications/certs/CERT-1' }],
  ])('does not believe a signature for %s', async (_, more) => {
    expect(await check(request(await made('good'), await webhookId(), more))).toBe('FAILURE');
  });

  it('does not believe a body that was written anew', async () => {
    const delivery = await made('good');

    expect(
      await check(request(delivery, await webhookId(), {}, JSON.stringify(JSON.parse(String(delivery.body)), null, 1))),
    ).toBe('FAILURE');
  });

  it('takes the request that PayPal describes', async () => {
    // PayPal's own pattern does not allow a signature to begin with + or /, though one in 32 does.
    let delivery = await made('good');
    while (!/^\w/.test(header(delivery, 'transmission-sig'))) delivery = await made('good');

    const { body } = await paypal.api('POST', path, JSON.parse(request(delivery, await webhookId())));

    expect(textAt(body, 'verification_status')).toBe('SUCCESS');
  });

  it('misses what is not there', async () => {
    expect(await paypal.api('POST', path, { auth_algo: 'SHA256withRSA' }, { wrong: true })).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR' },
    });
  });
});
