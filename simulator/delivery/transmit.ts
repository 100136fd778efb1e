import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { parseJson } from '../state/json.ts';

/** The response to one POST. */
export interface Reply {
  /** Null without a response: connection refused or reset, or timed out. */
  readonly httpStatus: number | null;
  /** The JSON body of the response; null when it is not JSON. */
  readonly answer: unknown;
}

/** The simulator's own value: PayPal publishes none. */
const TIMEOUT_MS = 10_000;

/**
 * Posts deliveries, at most 50 at a time. Each uses a new connection: a kept-alive one may be closed by the receiver
 * just as a delivery is written to it. Redirects are not followed.
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
      const noResponse: Reply = { httpStatus: null, answer: null };
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length, connection: 'close' },
        agent,
        signal,
        timeout: TIMEOUT_MS,
      });
      request.on('error', () => resolve(noResponse));
      request.on('timeout', () => request.destroy(new Error(`no response within ${TIMEOUT_MS} ms`)));
      request.on('response', (response) => {
        text(response).then(
          (answer) => resolve({ httpStatus: response.statusCode ?? null, answer: parseJson(answer) ?? null }),
          () => resolve(noResponse),
        );
      });
      request.end(body);
    });
  }

  return { post };
}
