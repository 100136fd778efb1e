import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { SECURITY_HEADERS } from '../lib/security-headers.ts';
import { cacheControlOf, contentTypeOf, fileFor, NOT_FOUND_PAGE } from '../lib/web-serving.ts';
import { ROOT } from './paths.ts';

/** Where the built pages lie. */
const WEB = join(ROOT, 'web/dist');

/** They speak of one connection, not of the message: https://www.rfc-editor.org/rfc/rfc9110#name-connection */
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

/** Where the HTTP API is to be found. */
export interface Origin {
  readonly port: number;

  /** MiniStack tells APIs apart by it. */
  readonly host: string;
}

/** What CloudFront is on AWS: one origin for pages and API. */
export interface FrontDoor {
  readonly url: string;

  /** From now on, API calls and webhooks go there; until then they are answered with 503. */
  openTo(api: Origin): void;

  stop(): Promise<void>;
}

/**
 * Opens the front door on a loopback port; 0 takes any. It serves the pages of a folder, usually the built ones.
 * @throws Error EADDRINUSE when the port is taken.
 */
export async function openFrontDoor(port: number, pages: string = WEB): Promise<FrontDoor> {
  let api: Origin | undefined;
  // MiniStack closes connections that are idle for 75 s; not to meet that moment, this side does it sooner.
  // MiniStack starts a process for every request that comes while another is under way: a rush waits here for its turn instead.
  const agent = new Agent({ keepAlive: true, timeout: 30_000, maxSockets: 32 });

  const server = createServer((incoming, outgoing) => {
    if (/^\/(api|webhooks)\//.test(incoming.url ?? '')) {
      if (api) forward(incoming, outgoing, api, agent);
      else answer(outgoing, 503, 'the shop is not open yet');
    } else {
      servePage(pages, incoming, outgoing).catch((error) => answer(outgoing, 500, String(error)));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the front door has no address');

  return {
    url: `http://127.0.0.1:${address.port}`,
    openTo: (origin) => {
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

/** Hands a request on and its answer back, byte for byte. */
function forward(incoming: IncomingMessage, outgoing: ServerResponse, api: Origin, agent: Agent): void {
  const upstream = request(
    {
      host: '127.0.0.1',
      port: api.port,
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: ['host', api.host, ...endToEnd(incoming.rawHeaders)],
      setHost: false,
      agent,
    },
    (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, endToEnd(reply.rawHeaders));
      reply.pipe(outgoing);
    },
  );
  upstream.on('error', (error) => answer(outgoing, 502, error.message));
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

/** Names and values in turn, as Node takes and gives them. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''];
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

async function servePage(pages: string, { method, url }: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return answer(outgoing, 405, 'only GET and HEAD', { allow: 'GET, HEAD' });
  const path = pathOf(url ?? '/');
  const wanted = path && fileFor(path);
  const found = wanted && (await isFile(join(pages, wanted))) ? wanted : undefined;
  const file = found ?? NOT_FOUND_PAGE;
  if (!found && !(await isFile(join(pages, file)))) return answer(outgoing, 404, 'no such page');
  outgoing.writeHead(found ? 200 : 404, {
    ...SECURITY_HEADERS,
    'content-type': contentTypeOf(file),
    'cache-control': cacheControlOf(file),
  });
  if (method === 'HEAD') outgoing.end();
  else createReadStream(join(pages, file)).pipe(outgoing);
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() ?? false;

/** The path of a URL, without ways out of the folder; undefined when it is no path. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://front-door').pathname);
    return path.includes('\0') ? undefined : normalize(path);
  } catch {
    return undefined;
  }
}

function answer(outgoing: ServerResponse, status: number, detail: string, headers: Record<string, string> = {}): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, { ...headers, 'content-type': 'application/problem+json', 'retry-after': '1' });
  outgoing.end(JSON.stringify({ type: 'about:blank', title: 'front door', status, detail }));
}
