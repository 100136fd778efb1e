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
export type Answering = (
  received: Received,
  count: number,
) => { status: number; body?: string; location?: string } | 'silence';

/** A webhook's end, which keeps what arrives. */
export interface Receiver {
  readonly url: string;
  /** In the order of arrival. */
  readonly received: Received[];
  /** The types of the events that arrived. */
  types(): string[];
  answering: Answering;
  /** Waits until so many deliveries have arrived. */
  until(count: number): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

const ACCEPTED: Answering = () => ({ status: 200, body: '{"status":"accepted"}' });

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const receiver: Omit<Receiver, 'url'> = {
    received: [],
    answering: ACCEPTED,
    types: () => receiver.received.map((one) => String(eventIn(one).event_type)),
    async until(count) {
      await vi.waitFor(
        () => {
          if (receiver.received.length < count)
            throw new Error(`${receiver.received.length} of ${count} deliveries arrived`);
        },
        { timeout: 4000, interval: 5 },
      );
      return receiver.received;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer(async (request, response) => {
    const received = { headers: request.headers, body: await buffer(request) };
    receiver.received.push(received);
    const answer = receiver.answering(received, receiver.received.length);
    if (answer === 'silence') return;
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.location && { location: answer.location }),
    });
    response.end(answer.body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/paypal`;
  return Object.assign(receiver, { url });
}

/** The event that a delivery carries. */
export const eventIn = ({ body }: Received): Record<string, unknown> => JSON.parse(body.toString());
