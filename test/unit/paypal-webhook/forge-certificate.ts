import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';

/*
 * Certificates that no library would issue: X.509 (RFC 5280) by hand, self-signed, valid for one hour around a time.
 */

/** Defaults to a certificate like PayPal's. */
export interface CertificateOverrides {
  /** Relative names, each with one or more attributes. */
  readonly subject?: readonly (readonly (readonly ['CN' | 'O', string])[])[];
  readonly alternativeNames?: readonly string[];
  readonly keys?: Keys;
}

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Shared by tests, as generating a pair is slow. */
export const defaultKeys: Keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

const HOUR = 60 * 60 * 1000;

/** Valid from half an hour before the time until half an hour after it. */
export function forgeCertificate(name: string, time: Date, overrides: CertificateOverrides = {}): X509Certificate {
  const { subject = [[['CN', name]]], alternativeNames = [name], keys = defaultKeys } = overrides;
  const fullName = sequence(
    ...subject.map((attributes) =>
      der(0x31, ...attributes.map(([type, text]) => sequence(TYPES[type], der(0x0c, Buffer.from(text))))),
    ),
  );
  const names = alternativeNames.map((dnsName) => der(0x82, Buffer.from(dnsName)));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])), // serial number
    SHA256_WITH_RSA,
    fullName,
    sequence(utcTime(time.getTime() - HOUR / 2), utcTime(time.getTime() + HOUR / 2)),
    fullName,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(names.length > 0 ? [der(0xa3, sequence(sequence(ALTERNATIVE_NAMES, der(0x04, sequence(...names)))))] : []),
  );
  // The issuer is not checked, so any key will do.
  const signature = sign('RSA-SHA256', body, defaultKeys.privateKey);
  return new X509Certificate(sequence(body, SHA256_WITH_RSA, der(0x03, Buffer.from([0]), signature)));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = Buffer.from([content.length >> 8, content.length & 0xff]);
  const length = content.length < 0x80 ? size.subarray(1) : Buffer.concat([Buffer.from([0x82]), size]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (time: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      new Date(time)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  );

const SHA256_WITH_RSA = sequence(objectId('2a864886f70d01010b'), der(0x05));
const ALTERNATIVE_NAMES = objectId('551d11');
const TYPES = { CN: objectId('550403'), O: objectId('55040a') };
