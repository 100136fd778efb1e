/**
 * Text as one segment of a path; most ids stay as they are. Gateways decode a path before they route it, so reserved
 * characters, such as a slash, are escaped with `~`.
 */
export const pathSegmentOf = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('~', '%7E')
    .replaceAll('%', '~')
    // Browsers would resolve these.
    .replace(/^\.{1,2}$/, (dots) => '~2E'.repeat(dots.length));

/** The text of a segment; undefined when `pathSegmentOf` does not return such a segment. */
export function textOfSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment.replaceAll('~', '%'));
  } catch {
    return undefined;
  }
}
