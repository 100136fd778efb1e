import { extname } from 'node:path';

/*
 * How the files of web/dist are served: by CloudFront and S3 on AWS, by local/cloudfront.ts on a laptop.
 */

/** Page paths and their files. `*` matches everything below; each path may end with a slash. */
export const PAGES = {
  '/': '/storefront/index.html',
  '/checkout': '/storefront/index.html',
  '/checkout/success': '/storefront/index.html',
  '/checkout/failure': '/storefront/index.html',
  '/admin': '/admin/index.html',
  '/admin/*': '/admin/index.html',
} as const satisfies Readonly<Record<string, `/${string}`>>;

/** Served with status 404. */
export const NOT_FOUND_PAGE = '/not-found.html';

/** The file for a path: a page, or an asset of that name; undefined for an unknown page. */
export function fileFor(path: string): string | undefined {
  const page = path.length > 1 ? path.replace(/\/$/, '') : path;
  const match = Object.entries(PAGES).find(
    ([pattern]) => pattern === page || (pattern.endsWith('/*') && page.startsWith(pattern.slice(0, -1))),
  );
  if (match) return match[1];
  return /\.\w+$/.test(page) && !page.endsWith('.html') ? page : undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

export const contentTypeOf = (file: string): string => CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';

/** Files with a content hash in their name are immutable; browsers revalidate all others. */
export const cacheControlOf = (file: string): string =>
  /(^|\/)assets\//.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
