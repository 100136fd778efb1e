import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { parseJson } from '../state/json.ts';

/** What came back for one POST. */
export interface Reply {
  /** Null when there was no answer: no connection, a reset, or 10 s of silence. */
  readonly httpStatus: number | null;
  /** The JSON that was answered; null when it was none. */
  readonly answer: unknown;
}

/** PayPal publishes no time-out; this is the simulator's. */
const TIMEOUT_MS = 10_000;

/**
 * Posts deliveries: at most 50 at a time, each on a connection of its own, so that a connection which the receiver has just closed
 * cannot lose one. Redirects are not followed.
 */
export function createTransmitter() {
  const agents = {
    'http:': new http.Agent({ keepAlive: false, maxSockets: 50 }),
    'https:': new https.Agent({ keepAlive: false, maxSockets: 50 }),
  };

  function post(url: string, headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<Reply> {
    const secure = url.startsWith('https:');
    const agent = agents[secure ? 'https:' : 'http:'];
    return new Promise((resolve) => {
      const silence: Reply = { httpStatus: null, answer: null };
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length, connection: 'close' },
        agent,
        signal,
        timeout: TIMEOUT_MS,
      });
      request.on('error', () => resolve(silence));
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('response', (response) => {
        text(response).then(
          (answer) => resolve({ httpStatus: response.statusCode ?? null, answer: parseJson(answer) ?? null }),
          () => resolve(silence),
        );
      });
      request.end(body);
    });
  }

  return { post };
}
