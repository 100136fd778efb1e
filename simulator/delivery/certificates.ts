// @peculiar/x509 finds its parts by decorators, for which this must be there first.
import 'reflect-metadata';
import { KeyObject, randomBytes } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

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
  readonly untrusted: Certificate;
}

/** Makes both certificates, each issued by a test CA of its own whose key is forgotten. */
export async function createCertificates(): Promise<Certificates> {
  const [genuine, untrusted] = await Promise.all([
    issueCertificate('messageverificationcerts.sandbox.paypal.com', 'settle-once simulator test CA'),
    issueCertificate('messageverificationcerts.example.com', 'another test CA'),
  ]);
  return { genuine, untrusted };
}

const DAY = 24 * 60 * 60 * 1000;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
/** Only the leaf's key must be PayPal's kind, and RSA takes time. */
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function issueCertificate(commonName: string, issuer: string): Promise<Certificate> {
  const [ca, leaf] = await Promise.all([
    crypto.subtle.generateKey(EC, false, ['sign', 'verify']),
    crypto.subtle.generateKey(RSA, true, ['sign', 'verify']),
  ]);
  // The verifier's clock counts here, which need not be the simulator's; 13 months is what PayPal's last.
  const notBefore = new Date(Date.now() - DAY);
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${commonName}, O="PayPal, Inc."`,
    issuer: `CN=${issuer}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + 395 * DAY),
    publicKey: leaf.publicKey,
    signingKey: ca.privateKey,
    signingAlgorithm: EC,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }])],
  });
  const [a, b, c] = randomBytes(12).toString('hex').match(/.{8}/g) ?? [];
  return {
    id: `CERT-${a}-${b}-${c}`,
    pem: `${certificate.toString('pem')}\n`,
    privateKey: KeyObject.from(leaf.privateKey),
  };
}
