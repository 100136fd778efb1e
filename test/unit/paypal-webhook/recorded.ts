import { readFileSync } from 'node:fs';
import { certificateSource } from '../../../src/paypal-webhook/certificates.ts';
import type { Delivery, Trust } from '../../../src/paypal-webhook/verify-signature.ts';

interface Vector {
  readonly name: string;
  readonly body_file: string;
  readonly webhook_id: string;
  readonly cert_file: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A delivery that PayPal signed, with the time of signing. */
export interface Recorded extends Delivery {
  readonly name: string;
  readonly sentAt: Date;
}

export const recordedFile = (path: string): Buffer =>
  readFileSync(new URL(`../../fixtures/paypal/signed/${path}`, import.meta.url));

/** Sent by PayPal's webhooks simulator. */
export const recorded: readonly Recorded[] = JSON.parse(recordedFile('vectors.json').toString('utf8')).map(
  ({ name, body_file, headers }: Vector) => ({
    name,
    headers,
    body: recordedFile(body_file),
    sentAt: new Date(headers['paypal-transmission-time'] ?? ''),
  }),
);

export const [aDelivery] = recorded as [Recorded];

/** Time and certificates as of a delivery, without the network. */
export const trustAt = (sentAt: Date): Trust => ({
  webhookId: 'WEBHOOK_ID',
  certificateOrigins: ['https://api.paypal.com'],
  certificateNames: ['messageverificationcerts.paypal.com'],
  certificateOf: certificateSource({
    fetch: async (url) => new Response(recordedFile(`certs/${new URL(String(url)).pathname.split('/').at(-1)}.pem`)),
    timeoutMs: 1000,
    now: () => sentAt,
  }),
  now: () => sentAt,
});

export const withHeaders = <T extends Delivery>(delivery: T, headers: Delivery['headers']): T => ({
  ...delivery,
  headers: { ...delivery.headers, ...headers },
});

export function withBitChanged(bytes: Buffer, position: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
  return changed;
}
