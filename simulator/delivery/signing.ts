import { randomBytes, randomUUID, sign, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newDebugId } from '../state/ids.ts';
import { formatTime } from '../state/times.ts';
import type { Certificates } from './certificates.ts';

/**
 * A valid signature, one flipped bit, an untrusted certificate, or the constant webhook id of PayPal's webhooks
 * simulator.
 */
export type SignatureKind = 'good' | 'bad' | 'wrong-cert' | 'mock-id';

/** PayPal signs the events of its webhooks simulator for this id, whatever the receiver's own. */
export const MOCK_WEBHOOK_ID = 'WEBHOOK_ID';

/** The content that a delivery's signature covers: https://developer.paypal.com/api/rest/webhooks/rest/ */
interface SignedContent {
  readonly transmissionId: string;
  /** As in the `paypal-transmission-time` header. */
  readonly time: string;
  readonly webhookId: string;
  /** The raw bytes. */
  readonly body: Uint8Array;
}

const signedText = ({ transmissionId, time, webhookId, body }: SignedContent): Buffer =>
  Buffer.from(`${transmissionId}|${time}|${webhookId}|${crc32(body)}`);

/** Signs deliveries and verifies signatures. */
export interface Signer {
  /** The headers of one transmission, with a new transmission id. */
  headers(kind: SignatureKind, webhookId: string, body: Uint8Array, time: Date): Record<string, string>;
  /** Whether the signature belongs to the genuine certificate at that URL. */
  isValid(signed: SignedContent, signature: string, certificateUrl: string): boolean;
}

export function createSigner(origin: string, { genuine, untrusted }: Certificates): Signer {
  const urlOf = (id: string) => `${origin}/v1/notifications/certs/${id}`;
  const publicKey = new X509Certificate(genuine.pem).publicKey;

  return {
    headers(kind, webhookId, body, time) {
      const certificate = kind === 'wrong-cert' ? untrusted : genuine;
      const signed: SignedContent = {
        transmissionId: randomUUID(),
        time: formatTime(time),
        webhookId: kind === 'mock-id' ? MOCK_WEBHOOK_ID : webhookId,
        body,
      };
      const signature = sign('RSA-SHA256', signedText(signed), certificate.privateKey);
      if (kind === 'bad') signature.writeUInt8(signature.readUInt8(100) ^ 1, 100);
      return {
        accept: '*/*',
        'content-type': 'application/json',
        'user-agent': 'PayPal/AUHD-214.0-58391792',
        'correlation-id': newDebugId(),
        'x-b3-spanid': randomBytes(8).toString('hex'),
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-auth-version': 'v2',
        'paypal-cert-url': urlOf(certificate.id),
        'paypal-transmission-id': signed.transmissionId,
        'paypal-transmission-sig': signature.toString('base64'),
        'paypal-transmission-time': signed.time,
      };
    },

    isValid: (signed, signature, certificateUrl) =>
      certificateUrl === urlOf(genuine.id) &&
      verify('RSA-SHA256', signedText(signed), publicKey, Buffer.from(signature, 'base64')),
  };
}
