import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Delivery, signatureVerifier, type Trust } from '../../../src/paypal-webhook/verify-signature.ts';
import { type CertificateOverrides, defaultKeys, forgeCertificate, type Keys } from './forge-certificate.ts';
import { recordedFile } from './recorded.ts';

const NAME = 'messageverificationcerts.paypal.com';
const OTHER = 'messageverificationcerts.evil.example';
const NOW = new Date('2026-06-01T12:00:00Z');
const WEBHOOK_ID = '1JE4291016473214C';
const BODY = Buffer.from('{"id":"WH-1","amount":"1 €"}');

const rejected = (reason: string) => ({ genuine: false, reason });

/** A delivery that is valid in everything but possibly its certificate. */
function deliverySignedBy({ privateKey }: Keys): Delivery {
  const [id, time] = ['3ed00ad0-5106-11ef-811d-8beb274ff66b', '2026-06-01T11:59:58Z'];
  return {
    headers: {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-1',
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign(
        'RSA-SHA256',
        Buffer.from(`${id}|${time}|${WEBHOOK_ID}|${crc32(BODY)}`),
        privateKey,
      ).toString('base64'),
    },
    body: BODY,
  };
}

const trustIn = (certificate: X509Certificate | undefined): Trust => ({
  webhookId: WEBHOOK_ID,
  certificateOrigins: ['https://api.paypal.com'],
  certificateNames: ['messageverificationcerts.sandbox.paypal.com', NAME],
  certificateOf: async () => certificate,
  now: () => NOW,
});

const verdictOn = (overrides: CertificateOverrides, delivery = deliverySignedBy(defaultKeys)) =>
  signatureVerifier(trustIn(forgeCertificate(NAME, NOW, overrides)))(delivery);

it('signatureVerifier accepts a delivery with non-ASCII text', async () => {
  expect(await verdictOn({})).toEqual({ genuine: true });
});

it('signatureVerifier accepts each of the allowed certificate names', async () => {
  const certificate = forgeCertificate('messageverificationcerts.sandbox.paypal.com', NOW);
  expect(await signatureVerifier(trustIn(certificate))(deliverySignedBy(defaultKeys))).toEqual({ genuine: true });
});

it('signatureVerifier rejects a delivery without a certificate at its URL', async () => {
  const verdict = await signatureVerifier(trustIn(undefined))(deliverySignedBy(defaultKeys));
  expect(verdict).toEqual(rejected('certificate-unknown'));
});

describe('signatureVerifier: certificate', () => {
  it.each<[string, CertificateOverrides]>([
    ['has no subject', { subject: [] }],
    ['has no common name', { subject: [[['O', 'PayPal, Inc.']]] }],
    ['has another common name', { subject: [[['CN', OTHER]]] }],
    ['has a second common name', { subject: [[['CN', NAME]], [['CN', OTHER]]] }],
    ['has another common name first', { subject: [[['CN', OTHER]], [['CN', NAME]]] }],
    [
      'has a second common name within the first',
      {
        subject: [
          [
            ['CN', NAME],
            ['CN', OTHER],
          ],
        ],
      },
    ],
    [
      'hides a common name behind an organisation',
      {
        subject: [
          [
            ['O', 'x'],
            ['CN', OTHER],
          ],
          [['CN', NAME]],
        ],
      },
    ],
    ['writes a common name into its organisation', { subject: [[['O', `x\nCN=${NAME}`]]] }],
    ['writes a plus and a common name into its organisation', { subject: [[['O', `x + CN=${NAME}`]]] }],
    ['has a common name with a line feed', { subject: [[['CN', `${NAME}\n`]]] }],
    ['has a common name with a zero', { subject: [[['CN', `${NAME}\0.evil.example`]]] }],
    ['has a common name that begins like PayPal’s', { subject: [[['CN', `${NAME}.evil.example`]]] }],
    ['has a common name that ends like PayPal’s', { subject: [[['CN', `evil.${NAME}`]]] }],
    ['has a common name in upper case', { subject: [[['CN', NAME.toUpperCase()]]] }],
    ['has a wildcard as common name', { subject: [[['CN', '*.paypal.com']]] }],
    ['has no alternative name', { alternativeNames: [] }],
    ['has another alternative name', { alternativeNames: [OTHER] }],
    ['has a second alternative name', { alternativeNames: [NAME, OTHER] }],
    ['has another alternative name first', { alternativeNames: [OTHER, NAME] }],
    ['writes two alternative names into one', { alternativeNames: [`${NAME}, DNS:${NAME}`] }],
    ['has a wildcard as alternative name', { alternativeNames: ['*.paypal.com'] }],
    ['has wildcards only', { subject: [[['CN', '*.paypal.com']]], alternativeNames: ['*.paypal.com'] }],
    ['is for PayPal’s website', { subject: [[['CN', 'www.paypal.com']]], alternativeNames: ['www.paypal.com'] }],
    ['has two names, each of which is allowed', { alternativeNames: ['messageverificationcerts.sandbox.paypal.com'] }],
  ])('rejects a certificate that %s', async (_, overrides) => {
    expect(await verdictOn(overrides)).toEqual(rejected('certificate-name'));
  });

  it('rejects the certificate of PayPal’s certificate authority', async () => {
    const certificate = new X509Certificate(recordedFile('certs/DigiCertSHA2ExtendedValidationServerCA.pem'));
    const verdict = await signatureVerifier(trustIn(certificate))(deliverySignedBy(defaultKeys));
    expect(verdict).toEqual(rejected('certificate-name'));
  });

  it.each([
    ['is not valid yet', new Date(NOW.getTime() - 31 * 60 * 1000)],
    ['has expired', new Date(NOW.getTime() + 31 * 60 * 1000)],
    ['is checked at an invalid time', new Date(Number.NaN)],
  ])('rejects a certificate that %s', async (_, time) => {
    const verdictOf = signatureVerifier({ ...trustIn(forgeCertificate(NAME, NOW)), now: () => time });
    expect(await verdictOf(deliverySignedBy(defaultKeys))).toEqual(rejected('certificate-validity'));
  });

  it('rejects a certificate with an RSA-PSS key, which verifies another kind of signature', async () => {
    const keys = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(await verdictOn({ keys }, deliverySignedBy(keys))).toEqual(rejected('certificate-key'));
  });

  it('rejects a certificate whose key is one bit too short', async () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2047 });
    expect(await verdictOn({ keys }, deliverySignedBy(keys))).toEqual(rejected('certificate-key'));
  });

  it('rejects a certificate with an elliptic-curve key', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { headers } = deliverySignedBy(defaultKeys);
    expect(await verdictOn({ keys }, { headers, body: BODY })).toEqual(rejected('certificate-key'));
  });

  it('rejects a signature by another key for our webhook’s id', async () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await verdictOn({}, deliverySignedBy(keys))).toEqual(rejected('signature'));
  });
});

it('signatureVerifier accepts a longer key', async () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 3072 });
  expect(await verdictOn({ keys }, deliverySignedBy(keys))).toEqual({ genuine: true });
});

it('signatureVerifier rejects random bytes of the right length as signature', async () => {
  const { headers } = deliverySignedBy(defaultKeys);
  const noise = { ...headers, 'paypal-transmission-sig': randomBytes(256).toString('base64') };
  expect(await verdictOn({}, { headers: noise, body: BODY })).toEqual(rejected('signature'));
});
