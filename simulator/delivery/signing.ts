import { randomBytes, randomUUID, sign, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newDebugId } from '../state/ids.ts';
import { formatTime } from '../state/times.ts';
import type { Certificates } from './certificates.ts';

/** How a delivery is signed: as PayPal would, with one bit wrong, with a stranger's certificate, or as PayPal's webhooks simulator does. */
export type SignatureKind = 'good' | 'bad' | 'wrong-cert' | 'mock-id';

/** PayPal signs the events of its webhooks simulator for this id, whoever gets them. */
export const MOCK_WEBHOOK_ID = 'WEBHOOK_ID';

/** What the signature of one delivery covers; https://developer.paypal.com/api/rest/webhooks/rest/ */
interface SignedContent {
  readonly transmissionId: string;
  /** As in the header. */
  readonly time: string;
  readonly webhookId: string;
  /** The raw bytes. */
  readonly body: Uint8Array;
}

const signedText = ({ transmissionId, time, webhookId, body }: SignedContent): Buffer =>
  Buffer.from(`${transmissionId}|${time}|${webhookId}|${crc32(body)}`);

/** Writes and checks the headers of deliveries. */
export interface Signer {
  /** All headers of one transmission, under a new transmission id. */
  headers(kind: SignatureKind, webhookId: string, body: Uint8Array, time: Date): Record<string, string>;
  /** Whether a signature was made by the simulator with the certificate of that URL, the stranger's excepted. */
  isValid(signed: SignedContent, signature: string, certificateUrl: string): boolean;
}

/** Makes the signer for a simulator's certificates. */
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
