import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../../../lib/security-headers.ts';
import { type LocalCloudFront, startCloudFront } from '../../../local/cloudfront.ts';

interface ReceivedRequest {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const pages = mkdtempSync(join(tmpdir(), 'settle-once-pages-'));
for (const file of ['storefront/index.html', 'admin/index.html', 'assets/shop-1a2b.js', 'not-found.html', 'icon.svg']) {
  mkdirSync(join(pages, file, '..'), { recursive: true });
  writeFileSync(join(pages, file), `this is ${file}`);
}

/** The response body of the API: not valid UTF-8. */
const API_BODY = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
const received: ReceivedRequest[] = [];
let api: Server;
let cloudFront: LocalCloudFront;

beforeAll(async () => {
  api = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    received.push({ url: incoming.url, headers: incoming.headers, body });
    outgoing.writeHead(302, { location: '/elsewhere', 'x-answer': 'yes' }).end(API_BODY);
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  cloudFront = await startCloudFront(0, pages);
});
afterAll(async () => {
  await cloudFront.stop();
  api.close();
  rmSync(pages, { recursive: true });
});

const connectApi = () =>
  cloudFront.setApiOrigin({ port: (api.address() as AddressInfo).port, host: 'abcd1234.execute-api.localhost' });

describe('local CloudFront', () => {
  it('forwards webhooks and their responses byte for byte', async () => {
    connectApi();
    const body = Buffer.from('{"name":"J\u00f6rg \ud83d\ude00",  "odd" :1}\r\n');

    const response = await fetch(`${cloudFront.url}/webhooks/paypal?a=%2F&a=2`, {
      method: 'POST',
      body,
      headers: { 'paypal-transmission-id': 'T-1', 'content-type': 'application/json' },
      redirect: 'manual',
    });

    expect(response.status).toBe(302);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(API_BODY);
    expect(received.at(-1)).toMatchObject({
      url: '/webhooks/paypal?a=%2F&a=2',
      headers: { host: 'abcd1234.execute-api.localhost', 'paypal-transmission-id': 'T-1' },
      body,
    });
  });

  it('sends the security headers with every response of API and webhooks', async () => {
    connectApi();
    for (const path of ['/api/v1/products', '/webhooks/paypal']) {
      const response = await fetch(cloudFront.url + path, { redirect: 'manual' });

      expect(Object.fromEntries(response.headers)).toMatchObject(API_SECURITY_HEADERS);
    }
  });

  it('sends the origin secret in place of one that the viewer made up', async () => {
    cloudFront.setApiOrigin({ port: (api.address() as AddressInfo).port, host: 'abcd1234', secret: 'the secret' });

    await fetch(`${cloudFront.url}/api/v1/products`, { headers: { 'X-Origin-Secret': 'guessed' }, redirect: 'manual' });

    expect(received.at(-1)?.headers['x-origin-secret']).toBe('the secret');
    connectApi();
  });

  it('sends the security headers with every page', async () => {
    for (const path of ['/', '/checkout/success?token=1', '/admin', '/assets/shop-1a2b.js', '/no/such/page']) {
      expect(Object.fromEntries((await fetch(cloudFront.url + path)).headers)).toMatchObject(SECURITY_HEADERS);
    }
  });

  it.each([
    ['/', 'storefront/index.html'],
    ['/checkout?checkout_session_id=1', 'storefront/index.html'],
    ['/checkout/success?token=1', 'storefront/index.html'],
    ['/checkout/failure/', 'storefront/index.html'],
    ['/admin', 'admin/index.html'],
    ['/admin/payments/pay_1.2', 'admin/index.html'],
    ['/icon.svg', 'icon.svg'],
  ])('serves %s from %s with revalidation', async (path, file) => {
    const response = await fetch(cloudFront.url + path);

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`this is ${file}`);
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('serves assets with a content hash as immutable', async () => {
    const response = await fetch(`${cloudFront.url}/assets/shop-1a2b.js`);

    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    '/no/such/page',
    '/checkout/other',
    '/administration',
    '/assets/gone.js',
    '/storefront/index.html',
    '/assets',
  ])('returns 404 with the not-found page for %s', async (path) => {
    const response = await fetch(cloudFront.url + path);

    expect(response.status).toBe(404);
    expect(await response.text()).toBe('this is not-found.html');
  });

  it('returns 404 as problem+json when the pages are not built', async () => {
    const unbuilt = await startCloudFront(0, join(pages, 'nothing'));
    const response = await fetch(unbuilt.url);
    await unbuilt.stop();

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  // fetch would normalise the path.
  it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '//../package.json', '/%00.html', '/%'])(
    'does not leave the folder of pages for %s',
    async (path) => {
      const { hostname, port } = new URL(cloudFront.url);
      const call = request({ hostname, port, path }).end();
      const [response] = await once(call, 'response');
      response.resume();

      expect(response.statusCode).toBe(404);
    },
  );

  it('rejects POST to a page', async () => {
    const response = await fetch(`${cloudFront.url}/`, { method: 'POST' });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('returns 503 with Retry-After before the API origin is set', async () => {
    const starting = await startCloudFront(0);
    const response = await fetch(`${starting.url}/api/v1/products`);
    await starting.stop();

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(Object.fromEntries(response.headers)).toMatchObject(API_SECURITY_HEADERS);
  });

  it('returns 502 when the API is unreachable', async () => {
    const orphaned = await startCloudFront(0);
    orphaned.setApiOrigin({ port: 1, host: 'gone' });
    const response = await fetch(`${orphaned.url}/api/v1/products`);
    await orphaned.stop();

    expect(response.status).toBe(502);
  });
});
