import { setTimeout as sleep } from 'node:timers/promises';

/** Tries so often what could not be done at that moment, as a shopper would. */
const TRIES = 10;
const PAUSE_MS = 1000;

/** Calls something by HTTP. @throws Error for every answer but 2xx; what is answered 5xx is tried again first. */
export async function callJson(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ReturnType<typeof JSON.parse>> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(origin + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text && JSON.parse(text);
    if (response.status < 500 || tries === TRIES) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    await sleep(PAUSE_MS);
  }
}
