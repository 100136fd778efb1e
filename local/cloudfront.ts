import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../lib/security-headers.ts';
import { cacheControlOf, contentTypeOf, fileFor, NOT_FOUND_PAGE } from '../lib/web-serving.ts';
import { ORIGIN_SECRET_HEADER } from '../src/shared/http/front-door.ts';
import { ROOT } from './paths.ts';

const WEB = join(ROOT, 'web/dist');

/** Not forwarded: https://www.rfc-editor.org/rfc/rfc9110#name-connection */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The HTTP API on MiniStack. */
export interface Origin {
  readonly port: number;

  /** Selects the API in MiniStack. */
  readonly host: string;

  /**
   * Sent with each request, as CloudFront does.
   * @default - the API accepts any origin
   */
  readonly secret?: string | undefined;
}

/** Stands in for CloudFront: one origin for pages, API and webhooks. */
export interface LocalCloudFront {
  readonly url: string;

  /** Until this is called, API requests and webhooks get 503. */
  setApiOrigin(api: Origin): void;

  stop(): Promise<void>;
}

/**
 * Listens on a loopback port, 0 for any free one, and serves the pages of a folder.
 * @throws Error EADDRINUSE when the port is in use.
 */
export async function startCloudFront(port: number, pages: string = WEB): Promise<LocalCloudFront> {
  let api: Origin | undefined;
  // MiniStack closes idle connections after 75 s: closing them earlier here avoids a race.
  // MiniStack starts a process for every concurrent request: bursts queue here instead.
  const agent = new Agent({ keepAlive: true, timeout: 30_000, maxSockets: 32 });

  const server = createServer((incoming, outgoing) => {
    if (/^\/(api|webhooks)\//.test(incoming.url ?? '')) {
      if (api) forward(incoming, outgoing, api, agent);
      else respond(outgoing, 503, 'the shop is still starting');
    } else {
      servePage(pages, incoming, outgoing).catch((error) => respond(outgoing, 500, String(error)));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the local CloudFront has no address');

  return {
    url: `http://127.0.0.1:${address.port}`,
    setApiOrigin: (origin) => {
      api = origin;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

/** Proxies a request and its response byte for byte, and adds the security headers. */
function forward(incoming: IncomingMessage, outgoing: ServerResponse, api: Origin, agent: Agent): void {
  const upstream = request(
    {
      host: '127.0.0.1',
      port: api.port,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: ['host', api.host, ...withSecret(endToEnd(incoming.rawHeaders), api.secret)],
      setHost: false,
      agent,
    },
    (response) => {
      const security = Object.entries(API_SECURITY_HEADERS).flat();
      outgoing.writeHead(response.statusCode ?? 502, [...endToEnd(response.rawHeaders), ...security]);
      response.pipe(outgoing);
    },
  );
  upstream.on('error', (error) => respond(outgoing, 502, error.message));
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

/** Raw headers as Node has them: names and values alternate. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''];
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}

/** Replaces a secret that the viewer made up. */
function withSecret(headers: readonly string[], secret: string | undefined): readonly string[] {
  if (secret === undefined) return headers;
  const others = headers.filter((_, i) => headers[i - (i % 2)]?.toLowerCase() !== ORIGIN_SECRET_HEADER);
  return [...others, ORIGIN_SECRET_HEADER, secret];
}

async function servePage(pages: string, { method, url }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD')
    return respond(outgoing, 405, 'expected GET or HEAD', { allow: 'GET, HEAD' });
  const path = pathOf(url ?? '/');
  const expected = path && fileFor(path);
  const found = expected && (await isFile(join(pages, expected))) ? expected : undefined;
  const file = found ?? NOT_FOUND_PAGE;
  if (!found && !(await isFile(join(pages, file)))) return respond(outgoing, 404, 'page not found');
  outgoing.writeHead(found ? 200 : 404, {
    ...SECURITY_HEADERS,
    'content-type': contentTypeOf(file),
    'cache-control': cacheControlOf(file),
  });
  if (method === 'HEAD') outgoing.end();
  else createReadStream(join(pages, file)).pipe(outgoing);
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() ?? false;

/** The normalised path of a URL, which cannot leave the folder; undefined when it is invalid. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://local').pathname);
    return path.includes('\0') ? undefined : normalize(path);
  } catch {
    return undefined;
  }
}

function respond(outgoing: ServerResponse, status: number, detail: string, headers: Record<string, string> = {}): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, {
    ...API_SECURITY_HEADERS,
    ...headers,
    'content-type': 'application/problem+json',
    'retry-after': '1',
  });
  outgoing.end(JSON.stringify({ type: 'about:blank', title: 'local CloudFront', status, detail }));
}
