// @peculiar/x509 resolves its parts by decorators, which need this import first.
import 'reflect-metadata';
import { KeyObject, randomBytes } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

interface Certificate {
  /** Last segment of its URL, in PayPal's format: `CERT-360caa42-fca2a594-b0d12406`. */
  readonly id: string;
  /** One PEM block. Like PayPal, the simulator serves the leaf alone. */
  readonly pem: string;
  readonly privateKey: KeyObject;
}

export interface Certificates {
  /** Named like the certificate of PayPal's sandbox. */
  readonly genuine: Certificate;
  /** From another CA and with another name: receivers must reject it. */
  readonly untrusted: Certificate;
}

/** Each certificate is issued by its own test CA, whose key is discarded. */
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
/** RSA keys are slow to generate; only the leaf's key must be RSA like PayPal's. */
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function issueCertificate(commonName: string, issuer: string): Promise<Certificate> {
  const [ca, leaf] = await Promise.all([
    crypto.subtle.generateKey(EC, false, ['sign', 'verify']),
    crypto.subtle.generateKey(RSA, true, ['sign', 'verify']),
  ]);
  // Real time, because verifiers do not use the simulated time. PayPal's certificates are valid for 13 months.
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
