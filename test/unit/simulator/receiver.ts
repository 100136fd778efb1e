import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { vi } from 'vitest';

/** One delivery that arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What to answer to a delivery: a status, or nothing at all. */
type Answering = (
  received: Received,
  count: number,
) => { status: number; body?: string; location?: string } | 'silence';

/** A webhook's end, which keeps what arrives. */
export interface Receiver {
  /** Another one for each test, so that none gets what was sent to the one before. */
  url: string;
  /** In the order of arrival. */
  received: Received[];
  answering: Answering;
  /** The types of the events that arrived. */
  types(): string[];
  /** Waits until so many deliveries have arrived. */
  until(count: number): Promise<readonly Received[]>;
  /** Forgets everything, and moves to another URL. */
  startOver(): void;
  stop(): Promise<void>;
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  let round = 0;
  const receiver: Receiver = {
    url: '',
    received: [],
    answering: () => ({ status: 200 }),
    types: () => receiver.received.map((one) => String(eventIn(one).event_type)),
    async until(count) {
      const arrived = () => {
        const { length } = receiver.received;
        if (length < count) throw new Error(`${length} of ${count} deliveries arrived`);
      };
      await vi.waitFor(arrived, { timeout: 4000, interval: 5 });
      return receiver.received;
    },
    startOver() {
      receiver.url = `${origin}/webhooks/paypal/${++round}`;
      receiver.received = [];
      receiver.answering = () => ({ status: 200, body: '{"status":"accepted"}' });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined); // what is broken off did not arrive
    if (!body || !`${origin}${request.url}/`.startsWith(`${receiver.url}/`)) return response.end();
    const received = { headers: request.headers, body };
    receiver.received.push(received);
    const answer = receiver.answering(received, receiver.received.length);
    if (answer === 'silence') return undefined;
    const location = answer.location && { location: answer.location };
    return response
      .writeHead(answer.status, { 'content-type': 'application/json', ...location })
      .end(answer.body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver.startOver();
  return receiver;
}

/** The event that a delivery carries. */
export const eventIn = ({ body }: Received): Record<string, unknown> => JSON.parse(body.toString());
