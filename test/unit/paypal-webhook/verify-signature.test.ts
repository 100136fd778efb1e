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

it('missingSignatureHeaders is empty for a recorded delivery', () => {
  expect(missingSignatureHeaders(aDelivery.headers)).toEqual([]);
});

it.each(SIGNATURE_HEADERS)('missingSignatureHeaders lists a missing or empty %s', (name) => {
  expect(missingSignatureHeaders({ ...aDelivery.headers, [name]: undefined })).toEqual([name]);
  expect(missingSignatureHeaders({ ...aDelivery.headers, [name]: '' })).toEqual([name]);
});

it('missingSignatureHeaders lists all headers of a foreign request', () => {
  expect(missingSignatureHeaders({ host: 'shop.example' })).toEqual(SIGNATURE_HEADERS);
});

it.each(SIGNATURE_HEADERS)('verifySignature rejects a delivery without %s', async (name) => {
  const verdict = await verifySignature(withHeaders(aDelivery, { [name]: undefined }), trust);
  expect(verdict.genuine).toBe(false);
});

it.each(SIGNATURE_HEADERS)('verifySignature rejects a delivery with %s joined or padded', async (name) => {
  const value = aDelivery.headers[name];
  for (const odd of [`${value},${value}`, `${value}, ${value}`, ` ${value}`, `${value} `, `${value}\t`]) {
    const verdict = await verifySignature(withHeaders(aDelivery, { [name]: odd }), trust);
    expect(verdict.genuine, odd).toBe(false);
  }
});

describe('verifySignature: encoding of the signature', () => {
  const bits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = signature.at(-3) ?? '';

  it.each([
    ['without padding', signature.replaceAll('=', '')],
    ['with more padding', `${signature}==`],
    ['for URLs', signature.replaceAll('+', '-').replaceAll('/', '_')],
    ['in two lines', `${signature.slice(0, 76)}\n${signature.slice(76)}`],
    ['with a space', `${signature.slice(0, 76)} ${signature.slice(76)}`],
    ['with a character outside base64', `${signature.slice(0, 76)}!${signature.slice(76)}`],
    ['with trailing text', `${signature}AAAA`],
    [
      'with other unused bits in its last character',
      signature.slice(0, -3) + bits[bits.indexOf(last) + 1] + signature.slice(-2),
    ],
  ])('rejects a signature written %s', async (_, text) => {
    expect(text).not.toBe(signature);
    expect(Buffer.from(text, 'base64')).toEqual(Buffer.from(signature, 'base64'));
    const verdict = await verifySignature(withHeaders(aDelivery, { 'paypal-transmission-sig': text }), trust);
    expect(verdict).toEqual({ genuine: false, reason: 'signature' });
  });
});

it.each([
  ['the signature is too short', { 'paypal-transmission-sig': randomBytes(255).toString('base64') }],
  ['the signature is too long', { 'paypal-transmission-sig': randomBytes(513).toString('base64') }],
  ['the signature is not base64', { 'paypal-transmission-sig': '*'.repeat(344) }],
  ['the algorithm is wrong', { 'paypal-auth-algo': 'SHA1withRSA' }],
])('verifySignature downloads no certificate when %s', async (_, headers) => {
  const certificateOf = vi.fn(trust.certificateOf);
  const verdict = await verifySignature(withHeaders(aDelivery, headers), { ...trust, certificateOf });
  expect(verdict.genuine).toBe(false);
  expect(certificateOf).not.toHaveBeenCalled();
});

it('signatureVerifier throws when the certificate is unavailable', async () => {
  const error = new CertificateUnavailable('https://api.paypal.com', new Error('status 500'));
  const verdictOf = signatureVerifier({ ...trust, webhookId: 'A', certificateOf: () => Promise.reject(error) });
  await expect(verdictOf(aDelivery)).rejects.toBe(error);
});

describe('signatureVerifier: configuration', () => {
  it('throws for WEBHOOK_ID, which PayPal’s webhooks simulator signs for', () => {
    expect(() => signatureVerifier({ ...trust, webhookId: 'WEBHOOK_ID' })).toThrow(RangeError);
  });

  it.each(['', ' ', 'A|B', 'A B', 'A\n', 'Ä', 'A'.repeat(51)])('throws for the webhook id "%s"', (webhookId) => {
    expect(() => signatureVerifier({ ...trust, webhookId })).toThrow(RangeError);
  });

  it('does not quote a secret in place of the webhook id', () => {
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
  ])('throws for the certificate origin "%s", which matches no URL', (origin) => {
    const certificateOrigins = ['https://api.paypal.com', origin];
    expect(() => signatureVerifier({ ...trust, webhookId: 'A', certificateOrigins })).toThrow(RangeError);
  });

  it('accepts PayPal’s hosts and a local one', () => {
    const certificateOrigins = ['https://api.paypal.com', 'https://api.sandbox.paypal.com', 'http://127.0.0.1:4000'];
    expect(() => signatureVerifier({ ...trust, webhookId: '1JE4291016473214C', certificateOrigins })).not.toThrow();
  });
});
