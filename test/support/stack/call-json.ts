import { setTimeout as sleep } from 'node:timers/promises';

/** Attempts per call. */
const MAX_ATTEMPTS = 10;
const PAUSE_MS = 1000;

/** Makes an HTTP call, retried on 5xx. @throws Error for any response but 2xx. */
export async function callJson(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ReturnType<typeof JSON.parse>> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(origin + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return text && JSON.parse(text);
    if (response.status < 500 || attempt === MAX_ATTEMPTS)
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    await sleep(PAUSE_MS);
  }
}
