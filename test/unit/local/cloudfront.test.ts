import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../../../lib/security-headers.ts';
import { type FrontDoor, openFrontDoor } from '../../../local/cloudfront.ts';

interface Seen {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const pages = mkdtempSync(join(tmpdir(), 'settle-once-pages-'));
for (const file of ['storefront/index.html', 'admin/index.html', 'assets/shop-1a2b.js', 'not-found.html', 'icon.svg']) {
  mkdirSync(join(pages, file, '..'), { recursive: true });
  writeFileSync(join(pages, file), `this is ${file}`);
}

/** An HTTP API that answers with bytes which are no text. */
const ANSWER = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
const seen: Seen[] = [];
let api: Server;
let door: FrontDoor;

beforeAll(async () => {
  api = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    seen.push({ url: incoming.url, headers: incoming.headers, body });
    outgoing.writeHead(302, { location: '/elsewhere', 'x-answer': 'yes' }).end(ANSWER);
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  door = await openFrontDoor(0, pages);
});
afterAll(async () => {
  await door.stop();
  api.close();
  rmSync(pages, { recursive: true });
});

const open = () => door.openTo({ port: (api.address() as AddressInfo).port, host: 'abcd1234.execute-api.localhost' });

describe('the front door', () => {
  it('hands webhooks on byte for byte, and brings the answer back', async () => {
    open();
    const body = Buffer.from('{"name":"J\u00f6rg \ud83d\ude00",  "odd" :1}\r\n');

    const answer = await fetch(`${door.url}/webhooks/paypal?a=%2F&a=2`, {
      method: 'POST',
      body,
      headers: { 'paypal-transmission-id': 'T-1', 'content-type': 'application/json' },
      redirect: 'manual',
    });

    expect(answer.status).toBe(302);
    expect(answer.headers.get('x-answer')).toBe('yes');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(ANSWER);
    expect(seen.at(-1)).toMatchObject({
      url: '/webhooks/paypal?a=%2F&a=2',
      headers: { host: 'abcd1234.execute-api.localhost', 'paypal-transmission-id': 'T-1' },
      body,
    });
  });

  it('sends every page with the security headers', async () => {
    for (const path of ['/', '/checkout/success?token=1', '/admin', '/assets/shop-1a2b.js', '/no/such/page']) {
      expect(Object.fromEntries((await fetch(door.url + path)).headers)).toMatchObject(SECURITY_HEADERS);
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
  ])('serves %s from %s, to be asked for again each time', async (path, file) => {
    const answer = await fetch(door.url + path);

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`this is ${file}`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('lets a browser keep for ever what is named by its content', async () => {
    const answer = await fetch(`${door.url}/assets/shop-1a2b.js`);

    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    '/no/such/page',
    '/checkout/other',
    '/administration',
    '/assets/gone.js',
    '/storefront/index.html',
    '/assets',
  ])('says that a page is not there: %s', async (path) => {
    const answer = await fetch(door.url + path);

    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('this is not-found.html');
  });

  it('says so where not even that page is built', async () => {
    const bare = await openFrontDoor(0, join(pages, 'nothing'));
    const answer = await fetch(bare.url);
    await bare.stop();

    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  // fetch would tidy the path up before it is sent.
  it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '//../package.json', '/%00.html', '/%'])(
    'leads nowhere but to the pages: %s',
    async (path) => {
      const { hostname, port } = new URL(door.url);
      const call = request({ hostname, port, path }).end();
      const [answer] = await once(call, 'response');
      answer.resume();

      expect(answer.statusCode).toBe(404);
    },
  );

  it('has no page that takes a form', async () => {
    const answer = await fetch(`${door.url}/`, { method: 'POST' });

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('asks callers to wait while the shop is not open', async () => {
    const closed = await openFrontDoor(0);
    const answer = await fetch(`${closed.url}/api/v1/products`);
    await closed.stop();

    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('says so when the API is gone', async () => {
    const lonely = await openFrontDoor(0);
    lonely.openTo({ port: 1, host: 'gone' });
    const answer = await fetch(`${lonely.url}/api/v1/products`);
    await lonely.stop();

    expect(answer.status).toBe(502);
  });
});
