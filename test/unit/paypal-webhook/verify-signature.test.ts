import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { CertificateUnavailable } from '../../../src/paypal-webhook/certificates.ts';
import {
  missingSignatureHeaders,
  SIGNATURE_HEADERS,
  signatureVerifier,
  verifySignature,
} from '../../../src/paypal-webhook/verify-signature.ts';
import { aDelivery, trustAt, withHeaders } from './recorded.ts';

const trust = trustAt(aDelivery.sentAt);
const signature = aDelivery.headers['paypal-transmission-sig'] ?? '';

it('PayPal’s own deliveries have all headers of the signature', () => {
  expect(missingSignatureHeaders(aDelivery.headers)).toEqual([]);
});

it.each(SIGNATURE_HEADERS)('a request without %s, or with an empty one, lacks that header', (name) => {
  expect(missingSignatureHeaders({ ...aDelivery.headers, [name]: undefined })).toEqual([name]);
  expect(missingSignatureHeaders({ ...aDelivery.headers, [name]: '' })).toEqual([name]);
});

it('a request that is not PayPal’s lacks all headers', () => {
  expect(missingSignatureHeaders({ host: 'shop.example' })).toEqual(SIGNATURE_HEADERS);
});

it.each(SIGNATURE_HEADERS)('a delivery without %s is refused', async (name) => {
  const verdict = await verifySignature(withHeaders(aDelivery, { [name]: undefined }), trust);
  expect(verdict.genuine).toBe(false);
});

it.each(SIGNATURE_HEADERS)('a delivery with %s twice, joined or padded is refused', async (name) => {
  const value = aDelivery.headers[name];
  for (const odd of [`${value},${value}`, `${value}, ${value}`, ` ${value}`, `${value} `, `${value}\t`]) {
    const verdict = await verifySignature(withHeaders(aDelivery, { [name]: odd }), trust);
    expect(verdict.genuine, odd).toBe(false);
  }
});

describe('the same signature is refused when it is written', () => {
  const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = signature.at(-3) ?? '';

  it.each([
    ['without padding', signature.replaceAll('=', '')],
    ['with more padding', `${signature}==`],
    ['for URLs', signature.replaceAll('+', '-').replaceAll('/', '_')],
    ['in two lines', `${signature.slice(0, 76)}\n${signature.slice(76)}`],
    ['with a space', `${signature.slice(0, 76)} ${signature.slice(76)}`],
    ['with a sign that is no base64', `${signature.slice(0, 76)}!${signature.slice(76)}`],
    ['with something behind it', `${signature}AAAA`],
    [
      'with other bits in its last character',
      signature.slice(0, -3) + bits[bits.indexOf(last) + 1] + signature.slice(-2),
    ],
  ])('%s', async (_, odd) => {
    expect(odd).not.toBe(signature);
    expect(Buffer.from(odd, 'base64')).toEqual(Buffer.from(signature, 'base64'));
    const verdict = await verifySignature(withHeaders(aDelivery, { 'paypal-transmission-sig': odd }), trust);
    expect(verdict).toEqual({ genuine: false, reason: 'signature' });
  });
});

it.each([
  ['its signature is too short', { 'paypal-transmission-sig': randomBytes(255).toString('base64') }],
  ['its signature is too long', { 'paypal-transmission-sig': randomBytes(513).toString('base64') }],
  ['its signature is not base64', { 'paypal-transmission-sig': '*'.repeat(344) }],
  ['its algorithm is another', { 'paypal-auth-algo': 'SHA1withRSA' }],
])('no certificate is asked for when %s', async (_, headers) => {
  const certificateOf = vi.fn(trust.certificateOf);
  const verdict = await verifySignature(withHeaders(aDelivery, headers), { ...trust, certificateOf });
  expect(verdict.genuine).toBe(false);
  expect(certificateOf).not.toHaveBeenCalled();
});

it('a delivery is neither genuine nor refused when its certificate cannot be had', async () => {
  const trouble = new CertificateUnavailable('https://api.paypal.com', new Error('status 500'));
  const verdictOf = signatureVerifier({ ...trust, webhookId: 'A', certificateOf: () => Promise.reject(trouble) });
  await expect(verdictOf(aDelivery)).rejects.toBe(trouble);
});

describe('a shop cannot be set up', () => {
  it('for the webhook id that PayPal’s public simulator signs for', () => {
    expect(() => signatureVerifier({ ...trust, webhookId: 'WEBHOOK_ID' })).toThrow(RangeError);
  });

  it.each(['', ' ', 'A|B', 'A B', 'A\n', 'Ä', 'A'.repeat(51)])('for the webhook id "%s"', (webhookId) => {
    expect(() => signatureVerifier({ ...trust, webhookId })).toThrow(RangeError);
  });

  it('so that a secret that lies where the webhook id belongs shows in its logs', () => {
    const secret = 'EJ7-not-a-real-secret_';
    expect(() => signatureVerifier({ ...trust, webhookId: secret })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
  });

  it.each([
    'https://api.paypal.com/',
    'https://API.paypal.com',
    'https://api.paypal.com:443',
    'api.paypal.com',
    '*',
    '',
  ])('for certificates from "%s", which no URL would match', (origin) => {
    const certificateOrigins = ['https://api.paypal.com', origin];
    expect(() => signatureVerifier({ ...trust, webhookId: 'A', certificateOrigins })).toThrow(RangeError);
  });

  it('but for PayPal’s hosts and for one on a laptop', () => {
    const certificateOrigins = ['https://api.paypal.com', 'https://api.sandbox.paypal.com', 'http://127.0.0.1:4000'];
    expect(() => signatureVerifier({ ...trust, webhookId: '1JE4291016473214C', certificateOrigins })).not.toThrow();
  });
});
