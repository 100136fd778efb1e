import { generateKeyPair, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';

/*
 * X.509 (RFC 5280) written by hand: a leaf needs forty lines of DER, the libraries for it bring a dozen packages.
 */

/** A certificate that the simulator serves, with the key that signs for it. */
interface Certificate {
  /** The last part of its URL; PayPal's look like `CERT-360caa42-fca2a594-b0d12406`. */
  readonly id: string;
  /** One PEM block: as PayPal, the leaf alone. */
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** The one that PayPal's sandbox would use, and one that must not be believed. */
export interface Certificates {
  readonly genuine: Certificate;
  readonly stranger: Certificate;
}

/** Makes both certificates, each issued by a test CA of its own whose key is forgotten. */
export async function makeCertificates(): Promise<Certificates> {
  const [genuine, stranger] = await Promise.all([
    issue('messageverificationcerts.sandbox.paypal.com', 'settle-once simulator test CA'),
    issue('messageverificationcerts.example.com', 'another test CA'),
  ]);
  return { genuine, stranger };
}

const newKeys = promisify(generateKeyPair);
const DAY = 24 * 60 * 60 * 1000;

async function issue(commonName: string, issuer: string): Promise<Certificate> {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' }); // only the leaf's key must be PayPal's kind, and RSA takes time
  const leaf = await newKeys('rsa', { modulusLength: 2048 });
  // The verifier's clock counts here, which need not be the simulator's; 13 months is what PayPal's last.
  const notBefore = new Date(Date.now() - DAY);
  const body = sequence(
    explicit(0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number; the leading 1 keeps it positive
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(notBefore), timeOf(new Date(notBefore.getTime() + 395 * DAY))),
    nameOf(commonName),
    leaf.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(subjectAlternativeName(commonName))),
  );
  const signature = sign('SHA256', body, ca.privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  const [a, b, c] = randomBytes(12).toString('hex').match(/.{8}/g) ?? [];
  return { id: `CERT-${a}-${b}-${c}`, pem: new X509Certificate(certificate).toString(), privateKey: leaf.privateKey };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = Buffer.from([content.length >> 8, content.length & 0xff]);
  const length = content.length < 0x80 ? size.subarray(1) : Buffer.concat([Buffer.from([0x82]), size]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const explicit = (number: number, part: Uint8Array): Buffer => der(0xa0 + number, part);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));

function nameOf(commonName: string): Buffer {
  const attribute = (oid: string, text: string) => der(0x31, sequence(objectId(oid), der(0x0c, Buffer.from(text))));
  return sequence(attribute('55040a', 'PayPal, Inc.'), attribute('550403', commonName));
}

function timeOf(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, ''); // YYYYMMDDHHMMSSZ; UTCTime drops the century
  return der(0x17, Buffer.from(digits.slice(2)));
}

function subjectAlternativeName(dnsName: string): Buffer {
  return sequence(objectId('551d11'), der(0x04, sequence(der(0x82, Buffer.from(dnsName)))));
}
