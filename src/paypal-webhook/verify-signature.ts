import { verify, type X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { CertificateSource } from './certificates.ts';

/** https://developer.paypal.com/api/rest/webhooks/rest/ */
export const SIGNATURE_HEADERS = [
  'paypal-auth-algo',
  'paypal-cert-url',
  'paypal-transmission-id',
  'paypal-transmission-sig',
  'paypal-transmission-time',
] as const;
export type SignatureHeader = (typeof SIGNATURE_HEADERS)[number];

/** By lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface Delivery {
  readonly headers: Headers;
  /** Raw bytes: JSON that is parsed and serialised again is not what PayPal signed. */
  readonly body: Buffer;
}

/** Why a delivery is rejected. */
type Rejection =
  /** Not the algorithm that PayPal signs with. */
  | 'algorithm'
  /** Not a URL of PayPal's certificates. */
  | 'certificate-url'
  /** No certificate at the URL. */
  | 'certificate-unknown'
  /** Not a certificate for signing webhooks. */
  | 'certificate-name'
  /** Expired, or not valid yet. */
  | 'certificate-validity'
  /** Not RSA, or a short key. */
  | 'certificate-key'
  /** Malformed, or for another body, id, time or webhook. */
  | 'signature'
  /** Signed by PayPal, but longer ago than PayPal redelivers. */
  | 'too-old';

/** Genuine: signed by PayPal for our webhook. */
export type VerificationResult = { readonly genuine: true } | { readonly genuine: false; readonly reason: Rejection };

export interface Trust {
  /** PayPal's id of our webhook. Not part of the delivery, but of what is signed. */
  readonly webhookId: string;
  /** Such as `https://api.paypal.com`: without path, in normal form. */
  readonly certificateOrigins: readonly string[];
  /** DNS names, one of which a certificate must have, such as `messageverificationcerts.paypal.com`. */
  readonly certificateNames: readonly string[];
  readonly certificateOf: CertificateSource;
  readonly now: () => Date;
}

export const missingSignatureHeaders = (headers: Headers): SignatureHeader[] =>
  SIGNATURE_HEADERS.filter((name) => !headers[name]);

/** PayPal's schema: https://developer.paypal.com/api/webhooks/v1/definitions/verify_webhook_signature */
const ID_PATTERN = /^[a-zA-Z0-9]{1,50}$/;

/**
 * Rejects the webhook id `WEBHOOK_ID`: PayPal's webhooks simulator signs mock events for it at any developer's request.
 * https://developer.paypal.com/api/rest/webhooks/simulator/
 * @returns a function that throws what `certificateOf` throws.
 * @throws RangeError for an id that no webhook can have, or an origin that is not in normal form and never matches.
 */
export function signatureVerifier(trust: Trust): (delivery: Delivery) => Promise<VerificationResult> {
  const { webhookId, certificateOrigins } = trust;
  // Not quoted: it is stored beside the client secret, and the two may have been swapped.
  if (!ID_PATTERN.test(webhookId)) throw new RangeError('invalid webhook id: expected 1 to 50 letters and digits');
  const invalid = certificateOrigins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (invalid !== undefined) throw new RangeError(`invalid origin ${invalid}: expected its normal form`);
  return (delivery) => verifySignature(delivery, trust);
}

/**
 * Accepts any webhook id. Only for recorded deliveries, which PayPal signed for `WEBHOOK_ID`; otherwise use
 * `signatureVerifier`.
 */
export async function verifySignature({ headers, body }: Delivery, trust: Trust): Promise<VerificationResult> {
  // A missing header is rejected like a wrong one.
  const header = (name: SignatureHeader): string => headers[name] ?? '';

  // PayPal's old SDKs also accepted SHA1withRSA, at the sender's choice.
  if (header('paypal-auth-algo') !== 'SHA256withRSA') return rejected('algorithm');
  const signature = signatureFrom(header('paypal-transmission-sig'));
  if (!signature) return rejected('signature');
  const url = header('paypal-cert-url');
  if (!isCertificateUrl(url, trust.certificateOrigins)) return rejected('certificate-url');

  const certificate = await trust.certificateOf(url);
  if (!certificate) return rejected('certificate-unknown');
  const rejection = certificateRejection(certificate, trust);
  if (rejection) return rejected(rejection);

  const signed = [header('paypal-transmission-id'), header('paypal-transmission-time'), trust.webhookId, crc32(body)];
  const genuine = verify('RSA-SHA256', Buffer.from(signed.join('|')), certificate.publicKey, signature);
  if (!genuine) return rejected('signature');
  return isRecent(header('paypal-transmission-time'), trust.now()) ? { genuine } : rejected('too-old');
}

/**
 * PayPal redelivers for three days, possibly with the time of the first delivery; the rest is margin. PayPal signs a
 * CRC-32 of the body, so anyone who has overheard a delivery can replace its body, for as long as its time is
 * accepted. The time itself is signed: one in the future is PayPal's, and no reason to lose an event.
 * https://developer.paypal.com/api/rest/webhooks/rest/
 */
const MAX_AGE_MS = 4 * 24 * 60 * 60 * 1000;

const isRecent = (time: string, now: Date): boolean => now.getTime() - Date.parse(time) <= MAX_AGE_MS;

const rejected = (reason: Rejection): VerificationResult => ({ genuine: false, reason });

/** Canonical base64, of a size from RSA-2048 (PayPal's) to RSA-4096. */
function signatureFrom(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const canonical = bytes.toString('base64') === text;
  return canonical && bytes.length >= 256 && bytes.length <= 512 ? bytes : undefined;
}

const CERTIFICATE_PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

/**
 * The sender chooses the certificate, so trust depends on its URL alone. Requiring the text to equal its parsed origin
 * and path excludes user info, ports, queries and spellings that another parser reads differently.
 */
function isCertificateUrl(text: string, origins: readonly string[]): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    text === url.origin + url.pathname &&
    origins.includes(url.origin) &&
    CERTIFICATE_PATH.test(url.pathname)
  );
}

/**
 * Checks a certificate that came from PayPal's host over TLS. The issuer is not checked: PayPal serves the certificate
 * without its chain and does not announce changes, so pinning the issuer would reject all deliveries after a change.
 */
function certificateRejection(certificate: X509Certificate, { certificateNames, now }: Trust): Rejection | undefined {
  if (!certificateNames.some((name) => isFor(name, certificate))) return 'certificate-name';

  const time = now();
  if (!(certificate.validFromDate <= time && time <= certificate.validToDate)) return 'certificate-validity';

  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const isStrong = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  return isStrong ? undefined : 'certificate-key';
}

/** Whether this is the only name in the subject and the subject alternative name, as in all of PayPal's. */
function isFor(name: string, { subject, subjectAltName }: X509Certificate): boolean {
  // Node writes a line per relative name, and ` + ` between the attributes of one; a plus in a value is escaped.
  // Without a subject this is undefined, although the type excludes it.
  const commonNames = (subject ?? '').split(/\n| \+ /).filter((attribute) => attribute.startsWith('CN='));
  return commonNames.join() === `CN=${name}` && subjectAltName === `DNS:${name}`;
}
