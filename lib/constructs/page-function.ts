import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Function as CloudFrontFunction, FunctionCode, FunctionRuntime } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { SECURITY_HEADERS } from '../security-headers.ts';
import { cacheControlOf, contentTypeOf, NOT_FOUND_PAGE, PAGES } from '../web-serving.ts';

const notFoundPage = (): string => readFileSync(join(import.meta.dirname, '../../web/public', NOT_FOUND_PAGE), 'utf8');

/**
 * `fileFor` at the edge: rewrites a page's path to its file in the bucket, and returns 404 for an unknown page. Custom
 * error pages of the distribution would also replace the API's own error responses.
 *
 * CloudFront Functions run ECMAScript 5.1 plus parts of later versions, so this duplicates `fileFor`; a test holds it
 * to `fileFor`: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export const pageFunctionCode = (): string => `
const PAGES = ${JSON.stringify(PAGES)};
const NOT_FOUND = ${JSON.stringify(notFoundResponse())};

function handler(event) {
  const request = event.request;
  const page = request.uri.length > 1 ? request.uri.replace(/\\/$/, '') : request.uri;
  if (Object.prototype.hasOwnProperty.call(PAGES, page)) {
    request.uri = PAGES[page];
    return request;
  }
  for (const pattern in PAGES) {
    if (/\\/\\*$/.test(pattern) && page.indexOf(pattern.slice(0, -1)) === 0) {
      request.uri = PAGES[pattern];
      return request;
    }
  }
  if (!/\\.\\w+$/.test(page) || /\\.html$/.test(page)) return NOT_FOUND;
  request.uri = page;
  return request;
}
`;

/** Carries the security headers itself: response headers policies are not documented to apply to function responses. */
function notFoundResponse() {
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': contentTypeOf(NOT_FOUND_PAGE),
    'cache-control': cacheControlOf(NOT_FOUND_PAGE),
  };
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
    body: { encoding: 'text', data: notFoundPage() },
  };
}

/** The viewer-request function that rewrites each path to its file. */
export class PageFunction extends CloudFrontFunction {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      comment: 'Rewrites page paths to files of the bucket',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(pageFunctionCode()),
    });
  }
}
