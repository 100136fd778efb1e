import { createServer, request } from 'node:http';

/** One call to AWS: what it was, and when (milliseconds) it began and ended. */
export interface AwsCall {
  readonly operation: string;
  readonly began: number;
  readonly ended: number;
}

/** A proxy before AWS that notes every call. */
export interface AwsProxy {
  readonly url: string;
  readonly calls: AwsCall[];
  stop(): Promise<void>;
}

/** Starts a proxy before an AWS endpoint on a free loopback port. */
export async function startAwsProxy(endpoint: string): Promise<AwsProxy> {
  const calls: AwsCall[] = [];
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    const began = performance.now();
    const operation = String(incoming.headers['x-amz-target'] ?? incoming.url);
    const upstream = request(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
        reply.on('end', () => calls.push({ operation, began, ended: performance.now() }));
      },
    );
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** How many of the calls had to wait for one another: the longest chain in which each began after the one before had ended. */
export function longestChain(calls: readonly AwsCall[]): number {
  const inOrder = calls.toSorted((a, b) => a.began - b.began);
  const chains: number[] = [];
  for (const [i, call] of inOrder.entries()) {
    const before = inOrder.slice(0, i).map((other, j) => (other.ended <= call.began ? (chains[j] ?? 0) : 0));
    chains.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...chains);
}
