import { extname } from 'node:path';

/*
 * How the files of web/dist are served: by CloudFront and S3 on AWS, by the front door on a laptop.
 */

/** The pages: which file answers which path. `*` stands for whatever is below; each path may end with a slash. */
export const PAGES = {
  '/': '/storefront/index.html',
  '/checkout': '/storefront/index.html',
  '/checkout/success': '/storefront/index.html',
  '/checkout/failure': '/storefront/index.html',
  '/admin': '/admin/index.html',
  '/admin/*': '/admin/index.html',
} as const satisfies Readonly<Record<string, `/${string}`>>;

/** What stands, with status 404, where there is no page. */
export const NOT_FOUND_PAGE = '/not-found.html';

/** The file that answers a path: a page, or the file of that very name; undefined when a page is asked for that does not exist. */
export function fileFor(path: string): string | undefined {
  const page = path.length > 1 ? path.replace(/\/$/, '') : path;
  const known = Object.entries(PAGES).find(
    ([one]) => one === page || (one.endsWith('/*') && page.startsWith(one.slice(0, -1))),
  );
  if (known) return known[1];
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

/** The type of a file of web/dist, by its name. */
export const contentTypeOf = (file: string): string => CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';

/** For how long a file of web/dist may be kept: for ever where its name says what is in it, otherwise not without asking. */
export const cacheControlOf = (file: string): string =>
  /(^|\/)assets\//.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
