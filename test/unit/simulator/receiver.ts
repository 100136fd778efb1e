import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { vi } from 'vitest';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The response to a delivery: a status, or `silence` for no response. */
type Respond = (received: Received, count: number) => { status: number; body?: string; location?: string } | 'silence';

/** A webhook endpoint that records deliveries. */
export interface Receiver {
  /** Changes with each reset, so that no test receives deliveries of an earlier one. */
  url: string;
  /** In arrival sequence. */
  received: Received[];
  respond: Respond;
  /** The event types of the received deliveries. */
  types(): string[];
  /** Waits for a total number of deliveries. */
  until(count: number): Promise<readonly Received[]>;
  /** Clears the deliveries and moves to another URL. */
  reset(): void;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  let round = 0;
  const receiver: Receiver = {
    url: '',
    received: [],
    respond: () => ({ status: 200 }),
    types: () => receiver.received.map((one) => String(eventIn(one).event_type)),
    async until(count) {
      const arrived = () => {
        const { length } = receiver.received;
        if (length < count) throw new Error(`${length} of ${count} deliveries arrived`);
      };
      await vi.waitFor(arrived, { timeout: 4000, interval: 5 });
      return receiver.received;
    },
    reset() {
      receiver.url = `${origin}/webhooks/paypal/${++round}`;
      receiver.received = [];
      receiver.respond = () => ({ status: 200, body: '{"status":"accepted"}' });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined); // ignores aborted requests
    if (!body || !`${origin}${request.url}/`.startsWith(`${receiver.url}/`)) return response.end();
    const received = { headers: request.headers, body };
    receiver.received.push(received);
    const scripted = receiver.respond(received, receiver.received.length);
    if (scripted === 'silence') return undefined;
    const location = scripted.location && { location: scripted.location };
    return response
      .writeHead(scripted.status, { 'content-type': 'application/json', ...location })
      .end(scripted.body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.reset();
  return receiver;
}

export const eventIn = ({ body }: Received): Record<string, unknown> => JSON.parse(body.toString());
