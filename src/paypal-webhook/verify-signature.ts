import { verify, type X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { CertificateSource } from './certificates.ts';

/** The headers that PayPal's signature comes in: https://developer.paypal.com/api/rest/webhooks/rest/ */
export const SIGNATURE_HEADERS = [
  'paypal-auth-algo',
  'paypal-cert-url',
  'paypal-transmission-id',
  'paypal-transmission-sig',
  'paypal-transmission-time',
] as const;
/** The name of one of them. */
export type SignatureHeader = (typeof SIGNATURE_HEADERS)[number];

/** Headers by lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** One request as it came in. */
export interface Delivery {
  readonly headers: Headers;
  /** The raw bytes: JSON that was parsed and written again is not what PayPal signed. */
  readonly body: Buffer;
}

/** Why a delivery is not believed to be PayPal's. */
type Doubt =
  /** The algorithm is not the one that PayPal signs with. */
  | 'algorithm'
  /** The certificate does not come from PayPal's place for certificates. */
  | 'certificate-url'
  /** There is no certificate at its URL. */
  | 'certificate-unknown'
  /** The certificate is not one for signing webhooks. */
  | 'certificate-name'
  /** The certificate is not valid yet, or not any more. */
  | 'certificate-validity'
  /** The certificate's key is of another kind, or too short. */
  | 'certificate-key'
  /** The signature is malformed or of something else: another body, id or time, or another webhook. */
  | 'signature';

/** Whether a delivery is PayPal's, sent to our webhook. */
export type Verdict = { readonly genuine: true } | { readonly genuine: false; readonly reason: Doubt };

/** What is believed. */
export interface Trust {
  /** PayPal's id of our webhook. It does not travel with the delivery, but is signed with it. */
  readonly webhookId: string;
  /** Where certificates may come from, such as `https://api.paypal.com`: without path, in normal form. */
  readonly certificateOrigins: readonly string[];
  /** DNS names, one of which a certificate must carry, such as `messageverificationcerts.paypal.com`. */
  readonly certificateNames: readonly string[];
  readonly certificateOf: CertificateSource;
  readonly now: () => Date;
}

/** Tells which of the signature's headers a request lacks: without them it cannot be PayPal's. */
export const missingSignatureHeaders = (headers: Headers): SignatureHeader[] =>
  SIGNATURE_HEADERS.filter((name) => !headers[name]);

/** PayPal's schema for it: https://developer.paypal.com/api/webhooks/v1/definitions/verify_webhook_signature */
const WEBHOOK_ID = /^[a-zA-Z0-9]{1,50}$/;

/**
 * Makes the function that tells PayPal's deliveries from others.
 *
 * It cannot be made for the id `WEBHOOK_ID`, which no webhook has: PayPal signs for it whatever anybody with a developer
 * login has its webhooks simulator send to us, a payment that never was included.
 * https://developer.paypal.com/api/rest/webhooks/simulator/
 * @returns a function that passes on what `certificateOf` throws.
 * @throws RangeError when no registered webhook can have the id, or an origin is not in normal form and so would never match.
 */
export function signatureVerifier(trust: Trust): (delivery: Delivery) => Promise<Verdict> {
  const { webhookId, certificateOrigins } = trust;
  // It lies beside the client secret; should somebody have mixed them up, the message must not show it.
  if (!WEBHOOK_ID.test(webhookId))
    throw new RangeError('not the id of a registered webhook: letters and digits, up to 50');
  const odd = certificateOrigins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (odd !== undefined) throw new RangeError(`not an origin in normal form: ${odd}`);
  return (delivery) => verifySignature(delivery, trust);
}

/**
 * Verifies one delivery for any webhook id. For recorded deliveries, all of which PayPal signed for `WEBHOOK_ID`;
 * elsewhere `signatureVerifier` is the way in.
 *
 * The time of the transmission is signed, but its age is not judged: PayPal repeats for three days, perhaps under the
 * first time, and an event seen before changes nothing, however late it comes again.
 */
export async function verifySignature({ headers, body }: Delivery, trust: Trust): Promise<Verdict> {
  // A header that is missing is refused like one that is wrong.
  const header = (name: SignatureHeader): string => headers[name] ?? '';

  // PayPal's old SDKs took SHA1withRSA too, and let the sender choose.
  if (header('paypal-auth-algo') !== 'SHA256withRSA') return refused('algorithm');
  const signature = signatureFrom(header('paypal-transmission-sig'));
  if (!signature) return refused('signature');
  const url = header('paypal-cert-url');
  if (!isCertificateUrl(url, trust.certificateOrigins)) return refused('certificate-url');

  const certificate = await trust.certificateOf(url);
  if (!certificate) return refused('certificate-unknown');
  const doubt = doubtAbout(certificate, trust);
  if (doubt) return refused(doubt);

  const signed = [header('paypal-transmission-id'), header('paypal-transmission-time'), trust.webhookId, crc32(body)];
  const genuine = verify('RSA-SHA256', Buffer.from(signed.join('|')), certificate.publicKey, signature);
  return genuine ? { genuine } : refused('signature');
}

const refused = (reason: Doubt): Verdict => ({ genuine: false, reason });

/** Reads base64 that has one way to be written, for keys from RSA-2048 (PayPal's) to RSA-4096. */
function signatureFrom(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const canonical = bytes.toString('base64') === text;
  return canonical && bytes.length >= 256 && bytes.length <= 512 ? bytes : undefined;
}

const CERTIFICATE_PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

/**
 * The sender names the certificate, so all depends on where it is got from. A text that is its own origin and path, once
 * parsed, leaves no room for user-info, ports, queries or other spellings that others might read differently.
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
 * Looks at a certificate that TLS has brought from PayPal's host. Who issued it is not looked at: PayPal serves it without
 * its issuers and announces no change of them, so a pinned one would some day stop all deliveries.
 */
function doubtAbout(certificate: X509Certificate, { certificateNames, now }: Trust): Doubt | undefined {
  if (!certificateNames.some((name) => isFor(name, certificate))) return 'certificate-name';

  const time = now();
  if (!(certificate.validFromDate <= time && time <= certificate.validToDate)) return 'certificate-validity';

  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const isStrong = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  return isStrong ? undefined : 'certificate-key';
}

/** Whether a certificate names this and nothing else, in its subject and beside it, as all of PayPal's do. */
function isFor(name: string, { subject, subjectAltName }: X509Certificate): boolean {
  // Node writes a line for each relative name, and ` + ` between the attributes of one; in a value the plus is escaped.
  // A certificate without a subject has undefined here, whatever the type says.
  const commonNames = (subject ?? '').split(/\n| \+ /).filter((attribute) => attribute.startsWith('CN='));
  return commonNames.join() === `CN=${name}` && subjectAltName === `DNS:${name}`;
}
