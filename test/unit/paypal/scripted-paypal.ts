import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { payPalClient } from '../../../src/paypal/client.ts';
import { payPalNotifications } from '../../../src/paypal/notifications.ts';
import { type PayPalCall, type PayPalOptions, transport } from '../../../src/paypal/transport.ts';

/** How the server answers one request. */
export type Reply = (response: ServerResponse) => void;

/** A request as it came in. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer with a body; a text is sent as it is. */
export const reply =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
/** No answer, ever. */
export const silence: Reply = () => {};
/** The beginning of an answer, and no end. */
export const halfAnAnswer: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};
/** The connection is reset. */
export const reset: Reply = (response) => void response.socket?.resetAndDestroy();
/** The connection is reset in the middle of an answer. */
export const resetInTheMiddle: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":', () => response.socket?.resetAndDestroy());
};

/** An answer that PayPal once gave. */
export const recorded = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/api/${name}.json`, import.meta.url), 'utf8'));

/** The event that PayPal once sent, of those with a signature. */
export const recordedEvent = (name: string): { resource: unknown } =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/signed/bodies/${name}.body.json`, import.meta.url), 'utf8'));

/** An error in PayPal's words. */
export const problem = (name: string, issue?: string) => ({
  name,
  message: 'a sentence that may change',
  debug_id: 'from-the-body',
  details: issue ? [{ issue, field: '/amount/value', value: 'secret', description: 'another sentence' }] : [],
});

/** A server that answers as it is told, in that order. Tokens are `token-1`, `token-2` and so on, unless it is told else. */
export async function scriptedPayPal() {
  const replies: Reply[] = [];
  const tokenReplies: Reply[] = [];
  const requests: Seen[] = [];
  const tokenRequests: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const isToken = path === '/v1/oauth2/token';
    (isToken ? tokenRequests : requests).push({ method, path, headers, body });
    const next = isToken
      ? (tokenReplies.shift() ?? reply(200, { access_token: `token-${tokenRequests.length}`, expires_in: 32_400 }))
      : (replies.shift() ?? reply(404, 'nobody said what to answer'));
    next(response);
    server.emit('answered');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    tokenRequests,
    /** Says how the next requests but those for tokens are answered. */
    answers: (...more: Reply[]) => void replies.push(...more),
    answersTokens: (...more: Reply[]) => void tokenReplies.push(...more),
    /** Waits for the next request, of either kind. */
    nextRequest: () => once(server, 'answered'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type ScriptedPayPal = Awaited<ReturnType<typeof scriptedPayPal>>;

/** A client with a clock that stands still but for its own pauses, and dice that always show one half. */
export function clientOf(origin: string, options: Partial<PayPalOptions> = {}) {
  const clock = { now: Date.parse('2026-01-02T03:04:05Z') };
  const pauses: number[] = [];
  const calls: PayPalCall[] = [];
  const call = transport({
    baseUrl: origin,
    credentials: async () => ({ clientId: 'id', clientSecret: 'sëcret' }),
    now: () => clock.now,
    random: () => 0.5,
    sleep: async (ms) => {
      pauses.push(ms);
      clock.now += ms;
    },
    onCall: (call) => calls.push(call),
    ...options,
  });
  return { client: payPalClient(call), notifications: payPalNotifications(call), clock, pauses, calls };
}

/** What a call that must fail throws. */
export async function troubleOf<E extends Error>(
  promise: Promise<unknown>,
  type: abstract new (...args: never[]) => E,
): Promise<E> {
  const error = await promise.then(
    (value) => new Error(`it succeeded with ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof type) return error;
  throw error;
}
