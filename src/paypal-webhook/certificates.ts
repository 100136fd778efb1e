import { X509Certificate } from 'node:crypto';
import { readBytes } from '../paypal/response.ts';

/**
 * @returns undefined when the host has no certificate at that URL, or was not asked. The sender chooses the URL: validate
 * it first.
 */
export type CertificateSource = (url: string) => Promise<X509Certificate | undefined>;

/** A transient error: PayPal should deliver again. */
export class CertificateUnavailable extends Error {
  override readonly name = 'CertificateUnavailable';

  constructor(url: string, cause: unknown) {
    super(`cannot download certificate ${url}`, { cause });
  }
}

export interface CertificateSourceDeps {
  readonly fetch: typeof globalThis.fetch;
  /** For one download, its body included. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** PayPal's responses have 2.6 kB: one certificate, without its issuers. */
const MAX_BYTES = 16 * 1024;
/** PayPal serves them with `cache-control: public,max-age=86400`. */
const CACHE_MS = 24 * 60 * 60 * 1000;
/** During a rotation PayPal signs with the old and the new certificate; the rest is margin. */
const MAX_ENTRIES = 8;
/**
 * Forged deliveries may name any number of URLs, and PayPal's host could throttle the shop for asking. PayPal redelivers
 * a genuine delivery that is rejected meanwhile.
 */
const MAX_DOWNLOADS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/**
 * The host has no such certificate: the delivery is rejected, and does not count as a transient error. PayPal
 * redelivers after either.
 */
const NOT_FOUND: ReadonlySet<number> = new Set([400, 404, 410]);

/**
 * Downloads and caches PayPal's signing certificates; a new certificate has a new URL. Concurrent calls share one
 * download, and failures are not cached. Beyond ten downloads a minute, the host is not asked.
 * https://developer.paypal.com/api/rest/webhooks/rest/
 * @returns a function that throws CertificateUnavailable for an error, a timeout, or a body that is not a certificate
 * or too large. Redirects are not followed: they may lead to any host.
 */
export function certificateSource({ fetch, timeoutMs, now }: CertificateSourceDeps): CertificateSource {
  /** The most recently used last: made-up URLs cannot displace a certificate in use. */
  const cache = new Map<string, { readonly certificate: X509Certificate; readonly expiresAt: number }>();
  const running = new Map<string, ReturnType<CertificateSource>>();
  let startTimes: readonly number[] = [];

  async function download(url: string): Promise<X509Certificate | undefined> {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 200) {
        const bytes = await readBytes(response, MAX_BYTES);
        if (!bytes) throw new Error(`exceeds ${MAX_BYTES} bytes`);
        return new X509Certificate(bytes);
      }
      await response.body?.cancel();
      if (NOT_FOUND.has(response.status)) return undefined;
      throw new Error(`status ${response.status}`);
    } catch (cause) {
      throw new CertificateUnavailable(url, cause);
    }
  }

  async function downloadAndCache(url: string, time: number): Promise<X509Certificate | undefined> {
    try {
      const certificate = await download(url);
      if (certificate) {
        cache.set(url, { certificate, expiresAt: time + CACHE_MS });
        const [oldest] = cache.keys();
        if (oldest !== undefined && cache.size > MAX_ENTRIES) cache.delete(oldest);
      }
      return certificate;
    } finally {
      running.delete(url);
    }
  }

  return async (url) => {
    const time = now().getTime();
    const cached = cache.get(url);
    cache.delete(url);
    if (cached && time < cached.expiresAt) {
      cache.set(url, cached);
      return cached.certificate;
    }

    const sameDownload = running.get(url);
    if (sameDownload) return sameDownload;
    startTimes = startTimes.filter((start) => time - start < MINUTE_MS);
    if (startTimes.length >= MAX_DOWNLOADS_PER_MINUTE) return undefined;
    startTimes = [...startTimes, time];
    const started = downloadAndCache(url, time);
    running.set(url, started);
    return started;
  };
}
