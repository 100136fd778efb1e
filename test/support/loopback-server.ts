import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What somebody sent. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A door that stands open. */
export interface LoopbackServer {
  /** Its origin. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a door on a free loopback port: whatever is sent there is answered in JSON. An answer that throws is a 502. */
export async function startLoopbackServer(
  answer: (sent: ReceivedRequest) => Promise<{ readonly status: number; readonly body: string }>,
): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const answered = await answer({ method, path, headers, body }).catch(() => ({ status: 502, body: '{}' }));
      outgoing.writeHead(answered.status, { 'content-type': 'application/json' });
      outgoing.end(answered.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
