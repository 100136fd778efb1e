import { X509Certificate } from 'node:crypto';

/**
 * Gives the certificate at a URL, or undefined when its host says that there is none.
 * The URL comes from whoever sent the delivery: check it first.
 */
export type CertificateSource = (url: string) => Promise<X509Certificate | undefined>;

/** Passing trouble: a later try may get the certificate. The cause tells what it was. */
export class CertificateUnavailable extends Error {
  override readonly name = 'CertificateUnavailable';

  constructor(url: string, cause: unknown) {
    super(`no certificate from ${url}`, { cause });
  }
}

/** What the source is made of. */
export interface CertificateSourceDeps {
  readonly fetch: typeof globalThis.fetch;
  /** For the whole of one download, its body included. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** PayPal's are 2.6 kB: one certificate, without its issuers. */
const MAX_BYTES = 16 * 1024;
/** PayPal serves them with `cache-control: public,max-age=86400`. */
const LIFE_MS = 24 * 60 * 60 * 1000;
/** Around a change PayPal signs with the old and with the new certificate; the rest is margin. */
const MAX_ENTRIES = 8;
/**
 * The host has looked and has no such certificate. Whoever invents certificates is thus refused and raises no alarm about
 * passing trouble; PayPal itself repeats a refused delivery just as it repeats one that met trouble.
 */
const NOT_THERE: ReadonlySet<number> = new Set([400, 404, 410]);

/**
 * Downloads PayPal's signing certificates, and keeps them: PayPal changes the URL with the certificate. Those who want the
 * same one at the same time wait for the same download, and what failed is not kept.
 * https://developer.paypal.com/api/rest/webhooks/rest/
 * @returns a function that throws CertificateUnavailable, whatever came instead of a certificate: an error or a page of
 * a proxy in front of PayPal, too much, nothing in time. A redirect is not followed, as it may lead to any host.
 */
export function certificateSource({ fetch, timeoutMs, now }: CertificateSourceDeps): CertificateSource {
  const kept = new Map<string, { readonly certificate: ReturnType<CertificateSource>; readonly until: number }>();

  async function download(url: string): Promise<X509Certificate | undefined> {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 200) return new X509Certificate(await bodyOf(response));
      await response.body?.cancel();
      if (NOT_THERE.has(response.status)) return undefined;
      throw new Error(`status ${response.status}`);
    } catch (cause) {
      throw new CertificateUnavailable(url, cause);
    }
  }

  return (url) => {
    const time = now().getTime();
    const found = kept.get(url);
    if (found && time < found.until) return found.certificate;

    const entry = { certificate: download(url), until: time + LIFE_MS };
    const forget = () => kept.delete(url);
    entry.certificate.then((certificate) => certificate ?? forget(), forget);

    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MAX_ENTRIES) kept.delete(oldest);
    kept.set(url, entry);
    return entry.certificate;
  };
}

/** Reads a body to its end, but not beyond what is sane. */
async function bodyOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
