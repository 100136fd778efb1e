import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { payPalClient } from '../../../src/paypal/client.ts';
import { payPalNotifications } from '../../../src/paypal/notifications.ts';
import { payPalTransactions } from '../../../src/paypal/transactions.ts';
import { type PayPalCall, type PayPalOptions, transport } from '../../../src/paypal/transport.ts';

export type Reply = (response: ServerResponse) => void;

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A string body is sent verbatim. */
export const reply =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
/** Never responds. */
export const silence: Reply = () => {};
/** Starts a response and never ends it. */
export const partialReply: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};
export const reset: Reply = (response) => void response.socket?.resetAndDestroy();
export const resetMidway: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":', () => response.socket?.resetAndDestroy());
};

/** A recorded response of PayPal's. */
export const recorded = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/api/${name}.json`, import.meta.url), 'utf8'));

/** The body of a recorded, signed delivery. */
export const recordedEvent = (name: string): { resource: unknown } =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/signed/bodies/${name}.body.json`, import.meta.url), 'utf8'));

/** An error body as PayPal writes it. */
export const problem = (name: string, issue?: string) => ({
  name,
  message: 'a sentence that may change',
  debug_id: 'from-the-body',
  details: issue ? [{ issue, field: '/amount/value', value: 'secret', description: 'another sentence' }] : [],
});

/** A server with scripted replies, in order. By default, tokens are `token-1`, `token-2` and so on. */
export async function scriptedPayPal() {
  const queue: Reply[] = [];
  const tokenQueue: Reply[] = [];
  const requests: ReceivedRequest[] = [];
  const tokenRequests: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const isToken = path === '/v1/oauth2/token';
    (isToken ? tokenRequests : requests).push({ method, path, headers, body });
    const next = isToken
      ? (tokenQueue.shift() ?? reply(200, { access_token: `token-${tokenRequests.length}`, expires_in: 32_400 }))
      : (queue.shift() ?? reply(404, 'no reply scripted'));
    next(response);
    server.emit('replied');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    tokenRequests,
    /** Appends replies to all requests but those for tokens. */
    replies: (...more: Reply[]) => void queue.push(...more),
    repliesToTokens: (...more: Reply[]) => void tokenQueue.push(...more),
    /** Waits for the next request, of either kind. */
    nextRequest: () => once(server, 'replied'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type ScriptedPayPal = Awaited<ReturnType<typeof scriptedPayPal>>;

/** A client whose time passes only by its own delays, and whose random number is always 0.5. */
export function clientOf(origin: string, options: Partial<PayPalOptions> = {}) {
  const clock = { now: Date.parse('2026-01-02T03:04:05Z') };
  const delays: number[] = [];
  const calls: PayPalCall[] = [];
  const call = transport({
    baseUrl: origin,
    credentials: async () => ({ clientId: 'id', clientSecret: 'sëcret' }),
    now: () => clock.now,
    random: () => 0.5,
    sleep: async (ms) => {
      delays.push(ms);
      clock.now += ms;
    },
    onCall: (call) => calls.push(call),
    ...options,
  });
  return {
    client: payPalClient(call),
    notifications: payPalNotifications(call),
    transactions: payPalTransactions(call),
    clock,
    delays,
    calls,
  };
}

/** The error of a promise that must reject. */
export async function rejectionOf<E extends Error>(
  promise: Promise<unknown>,
  type: abstract new (...args: never[]) => E,
): Promise<E> {
  const error = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof type) return error;
  throw error;
}
