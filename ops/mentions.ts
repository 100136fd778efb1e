/** Fields about the shop, which events of all buyers have: PayPal's payee, and the seller of a dispute. */
const SELLER: ReadonlySet<string> = new Set(['payee', 'seller']);

/**
 * Finds email addresses and ids as whole words, in any case: not `ann@a.example` in `joann@a.example`, but a payment's
 * ULID in all ids that contain it. Addresses in links are percent-encoded.
 */
export function wordsPattern({ emails, ids }: { readonly emails: readonly string[]; readonly ids: readonly string[] }) {
  const patterns = [
    ...emails
      .flatMap((email) => [email, encodeURIComponent(email)])
      .map((email) => `(?<![\\w.%+-])${escaped(email)}(?![\\w-]|\\.\\w)`),
    ...ids.map((id) => `(?<![a-z0-9])${escaped(id)}(?![a-z0-9])`),
  ];
  // Nothing is sought: matches nothing.
  return new RegExp(patterns.join('|') || '(?!)', 'i');
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Whether a stored body matches, in any field but the seller's. JSON may escape any character of a text. */
export function mentions(body: string, pattern: RegExp): boolean {
  try {
    return textsOf(JSON.parse(body)).some((text) => pattern.test(text));
  } catch {
    // Not JSON, or nested too deeply.
    return pattern.test(body);
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (SELLER.has(key) ? [] : [key, ...textsOf(inner)]));
}
