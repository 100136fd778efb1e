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

/** Verifies as PayPal's page documents it, without the simulator's code. */
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

async function deliver(signature: string): Promise<Received> {
  const before = paypal.receiver.received.length;
  await paypal.control('POST', 'events', { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: 'Ü' }, signature });
  const received = await paypal.receiver.until(before + 1);
  const last = received[before];
  if (!last) throw new Error('nothing arrived');
  return last;
}

describe('a delivery', () => {
  it('has PayPal’s headers', async () => {
    const { headers } = await deliver('good');

    expect(headers).toMatchObject({
      accept: '*/*',
      connection: 'close', // a kept-alive connection could be closed by the shop just as a delivery is sent
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
    expect(await isSignedFor(await webhookId(), await deliver(signature))).toBe(expected);
  });

  it('with mock-id is signed for WEBHOOK_ID', async () => {
    expect(await isSignedFor('WEBHOOK_ID', await deliver('mock-id'))).toBe(true);
  });

  it('has a signature that does not match another body', async () => {
    const delivery = await deliver('good');
    const other = { ...delivery, body: Buffer.from(String(delivery.body).replace('Ü', 'U')) };

    expect(await isSignedFor(await webhookId(), other)).toBe(false);
  });
});

describe('GET /v1/notifications/certs/{id}', () => {
  it('returns a CA-issued certificate with the sandbox’s name, valid for about a year', async () => {
    const certificate = await certificateOf(await deliver('good'));

    expect(certificate.subject).toContain(`CN=${NAME}`);
    expect(certificate.subjectAltName).toBe(`DNS:${NAME}`);
    expect(certificate.issuer).not.toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(false);
    expect(certificate.ca).toBe(false);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * 24 * 60 * 60 * 1000);
  });

  it('returns one PEM block without authentication, cacheable for a day', async () => {
    const response = await fetch(header(await deliver('good'), 'cert-url'));
    const pem = await response.text();

    expect(response.headers.get('content-type')).toBe('application/x-pem-file');
    expect(response.headers.get('cache-control')).toBe('public,max-age=86400');
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it('returns an untrusted certificate with another name and issuer', async () => {
    const [good, wrong] = [await deliver('good'), await deliver('wrong-cert')];
    const [genuine, untrusted] = [await certificateOf(good), await certificateOf(wrong)];

    expect(header(wrong, 'cert-url')).not.toBe(header(good, 'cert-url'));
    expect(untrusted.subject).not.toContain('paypal.com');
    expect(untrusted.subjectAltName).not.toContain('paypal.com');
    expect(untrusted.issuer).not.toBe(genuine.issuer);
  });

  it('responds with 404 to an unknown id', async () => {
    expect((await fetch(`${paypal.url}/v1/notifications/certs/CERT-1`)).status).toBe(404);
  });
});

describe('POST /v1/notifications/verify-webhook-signature', () => {
  const path = '/v1/notifications/verify-webhook-signature';

  /** Inserts the received body verbatim, as PayPal requires. */
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
    const { status, body } = await paypal.api('POST', path, text, { invalid: true });
    expect(status).toBe(200);
    return body.verification_status;
  };

  it('returns SUCCESS for a good signature', async () => {
    expect(await check(request(await deliver('good'), await webhookId()))).toBe('SUCCESS');
  });

  it.each(['bad', 'wrong-cert', 'mock-id'])('returns FAILURE for a %s signature', async (signature) => {
    expect(await check(request(await deliver(signature), await webhookId()))).toBe('FAILURE');
  });

  it('returns FAILURE for mock events', async () => {
    expect(await check(request(await deliver('mock-id'), 'WEBHOOK_ID'))).toBe('FAILURE');
  });

  it.each([
    ['another webhook', { webhook_id: 'ANOTHER' }],
    ['another time', { transmission_time: '2020-01-01T00:00:00Z' }],
    ['another transmission', { transmission_id: 'b3d4c2de-0000-4000-8000-000000000000' }],
    ['another algorithm', { auth_algo: 'SHA1withRSA' }],
    ['a certificate from elsewhere', { cert_url: 'https://api.paypal.com/v1/notifications/certs/CERT-1' }],
  ])('returns FAILURE for %s', async (_, more) => {
    expect(await check(request(await deliver('good'), await webhookId(), more))).toBe('FAILURE');
  });

  it('returns FAILURE for a reserialised body', async () => {
    const delivery = await deliver('good');

    expect(
      await check(request(delivery, await webhookId(), {}, JSON.stringify(JSON.parse(String(delivery.body)), null, 1))),
    ).toBe('FAILURE');
  });

  it('accepts the request of PayPal’s OpenAPI file', async () => {
    // PayPal's own pattern rejects signatures that begin with + or /, as one in 32 does.
    let delivery = await deliver('good');
    while (!/^\w/.test(header(delivery, 'transmission-sig'))) delivery = await deliver('good');

    const { body } = await paypal.api('POST', path, JSON.parse(request(delivery, await webhookId())));

    expect(textAt(body, 'verification_status')).toBe('SUCCESS');
  });

  it('rejects missing fields', async () => {
    expect(await paypal.api('POST', path, { auth_algo: 'SHA256withRSA' }, { invalid: true })).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR' },
    });
  });
});
