import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signatureVerifier, verifySignature } from '../../../src/paypal-webhook/verify-signature.ts';
import { recorded, trustAt, withBitChanged, withHeaders } from './recorded.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const GENUINE = { genuine: true };
const rejected = (reason: string) => ({ genuine: false, reason });

/** First, last and some positions in between. */
const sampleOf = (length: number): number[] => [
  ...new Set(Array.from({ length: 16 }, (_, part) => Math.floor(((length - 1) * part) / 15))),
];

it('vectors.json has all recorded deliveries', () => {
  expect(recorded).toHaveLength(21);
});

describe.each(recorded)('verifySignature with the recorded delivery $name', (delivery) => {
  const { headers, body, sentAt } = delivery;
  const trust = trustAt(sentAt);
  const header = (name: string) => headers[name] ?? '';
  const verdictOnHeader = (name: string, value: string) =>
    verifySignature(withHeaders(delivery, { [name]: value }), trust);

  it('accepts it', async () => {
    expect(await verifySignature(delivery, trust)).toEqual(GENUINE);
  });

  it('rejects it when one bit of the body is changed', async () => {
    for (const position of sampleOf(body.length)) {
      const changed = { headers, body: withBitChanged(body, position) };
      expect(await verifySignature(changed, trust), `byte ${position}`).toEqual(rejected('signature'));
    }
  });

  it.each([
    ['an extra byte', Buffer.concat([body, Buffer.from('\n')])],
    ['a missing byte', body.subarray(0, -1)],
    ['no bytes', Buffer.alloc(0)],
    ['the same JSON serialised again', Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8')), null, 1))],
  ])('rejects a body with %s', async (_, changed) => {
    expect(await verifySignature({ headers, body: changed }, trust)).toEqual(rejected('signature'));
  });

  it('rejects it when one bit of the signature is changed', async () => {
    const signature = Buffer.from(header('paypal-transmission-sig'), 'base64');
    for (const position of sampleOf(signature.length)) {
      const changed = withBitChanged(signature, position).toString('base64');
      expect(await verdictOnHeader('paypal-transmission-sig', changed), `byte ${position}`).toEqual(
        rejected('signature'),
      );
    }
  });

  it.each(['paypal-transmission-time', 'paypal-transmission-id'])(
    'rejects it when one bit of %s is changed',
    async (name) => {
      const value = Buffer.from(header(name));
      for (const position of value.keys()) {
        const changed = withBitChanged(value, position).toString('latin1');
        expect(await verdictOnHeader(name, changed), changed).toEqual(rejected('signature'));
      }
    },
  );

  it('rejects it for a webhook id with one bit changed, and for the id of a real webhook', async () => {
    for (const webhookId of ['VEBHOOK_ID', 'WEBHOOK_IE', 'WEBHOOK_ID ', '', '1JE4291016473214C']) {
      expect(await verifySignature(delivery, { ...trust, webhookId }), webhookId).toEqual(rejected('signature'));
    }
  });

  it('is rejected by signatureVerifier, as it was signed for WEBHOOK_ID', async () => {
    const verdictOf = signatureVerifier({ ...trust, webhookId: '1JE4291016473214C' });
    expect(await verdictOf(delivery)).toEqual(rejected('signature'));
    expect(() => signatureVerifier({ ...trust, webhookId: 'WEBHOOK_ID' })).toThrow(RangeError);
  });

  it('rejects it when one bit of the certificate’s key or names is changed', async () => {
    const certificate = await trust.certificateOf(header('paypal-cert-url'));
    if (!certificate) throw new Error('no recorded certificate');
    const { raw, publicKey } = certificate;
    const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
    const name = 'messageverificationcerts.paypal.com';
    const places = [
      ...sampleOf(modulus.length).map((offset) => [raw.indexOf(modulus) + offset, 'signature'] as const),
      ...sampleOf(name.length).map((offset) => [raw.indexOf(name) + offset, 'certificate-name'] as const),
      ...sampleOf(name.length).map((offset) => [raw.lastIndexOf(name) + offset, 'certificate-name'] as const),
    ];
    expect(raw.indexOf(name)).not.toBe(raw.lastIndexOf(name));

    for (const [position, reason] of places) {
      const certificateOf = async () => new X509Certificate(withBitChanged(raw, position));
      expect(await verifySignature(delivery, { ...trust, certificateOf }), `byte ${position}`).toEqual(
        rejected(reason),
      );
    }
  });

  it('rejects it outside of the certificate’s validity', async () => {
    const certificate = await trust.certificateOf(header('paypal-cert-url'));
    const [from, to] = [certificate?.validFromDate.getTime() ?? NaN, certificate?.validToDate.getTime() ?? NaN];
    const at = (time: number) => verifySignature(delivery, { ...trust, now: () => new Date(time) });

    expect(await at(from - 1000)).toEqual(rejected('certificate-validity'));
    expect(await at(from)).toEqual(GENUINE);
    expect(await at(to)).toEqual(rejected('too-old'));
    expect(await at(to + 1000)).toEqual(rejected('certificate-validity'));
  });

  it('accepts it for four days, and when the shop’s clock is behind', async () => {
    const received = (ms: number) =>
      verifySignature(delivery, { ...trust, now: () => new Date(sentAt.getTime() + ms) });

    expect(await received(4 * DAY_MS)).toEqual(GENUINE);
    expect(await received(4 * DAY_MS + 1)).toEqual(rejected('too-old'));
    expect(await received(-60_000)).toEqual(GENUINE);
  });

  it('is rejected today', async () => {
    expect(await verifySignature(delivery, { ...trust, now: () => new Date() })).toMatchObject({ genuine: false });
  });

  it.each([
    'SHA1withRSA',
    'SHA512withRSA',
    'MD5withRSA',
    'sha256withrsa',
    'SHA256withRSA ',
    'SHA256withRSA,SHA256withRSA',
    '',
  ])('rejects the algorithm "%s"', async (algorithm) => {
    expect(await verdictOnHeader('paypal-auth-algo', algorithm)).toEqual(rejected('algorithm'));
  });

  it('rejects any other certificate URL', async () => {
    const id = header('paypal-cert-url').split('/').at(-1);
    const path = '/v1/notifications/certs';
    for (const url of [
      `https://api.paypal.com.evil.example${path}/${id}`,
      `https://api.sandbox.paypal.com${path}/${id}`,
      `http://api.paypal.com${path}/${id}`,
      `https://api.paypal.com:443${path}/${id}`,
      `https://api.paypal.com:8443${path}/${id}`,
      `https://paypal@api.paypal.com${path}/${id}`,
      `https://api.paypal.com@evil.example${path}/${id}`,
      `https://api.paypal.com/v1/notifications/certs%2f${id}`,
      `https://api.paypal.com/v1/notifications/%63erts/${id}`,
    ]) {
      expect(await verdictOnHeader('paypal-cert-url', url), url).toEqual(rejected('certificate-url'));
    }
  });
});
