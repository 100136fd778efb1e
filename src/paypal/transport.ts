import { setTimeout as delay } from 'node:timers/promises';
import {
  MalformedPayPalBody,
  PayPalRefused,
  PayPalUnauthorized,
  PayPalUnavailable,
  type UnavailableReason,
} from './errors.ts';
import { bodyOf, jsonFrom, problemFrom, retryAfter, tokenFrom, unavailableReasonOf } from './response.ts';

/** Of a REST app at PayPal. */
export interface PayPalCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One HTTP request, for metrics. A retry is another one, and so is a token request. */
export interface PayPalCall {
  /** The name of the client's function, or `token`. */
  readonly operation: string;
  /** HTTP status, if there was a response. */
  readonly status?: number | undefined;
  readonly durationMs: number;
  readonly debugId?: string | undefined;
  /** Absent when PayPal responded, even if it rejected the request. */
  readonly error?: UnavailableReason | undefined;
}

export interface PayPalOptions {
  /** Origin of PayPal's REST API, such as https://api-m.paypal.com. */
  readonly baseUrl: string;
  /** Called for each new token, so that a rotated secret is picked up; it should cache. Its errors are passed on. */
  readonly credentials: () => Promise<PayPalCredentials>;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970: a monotonic clock would stop while Lambda keeps the function frozen. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly onCall?: (call: PayPalCall) => void;
}

/**
 * A request and the reader of its response. All can be retried: a POST about money (`post`) has a request id, and a
 * `change` is idempotent.
 */
export type PayPalRequest<T> = {
  readonly operation: string;
  readonly path: string;
  /** @throws MalformedPayPalBody */
  readonly read: (wire: unknown) => T;
  /**
   * Time limit of the call in milliseconds.
   * @default 8000
   */
  readonly budgetMs?: number;
} & (
  | { readonly post?: never; readonly change?: never; readonly method?: never }
  | {
      readonly post: object;
      readonly requestId: string;
      readonly prefer: 'minimal' | 'representation';
      readonly change?: never;
      readonly method?: never;
    }
  | { readonly post?: never; readonly change: object; readonly method: 'POST' | 'PATCH' }
  | { readonly post?: never; readonly change?: never; readonly method: 'DELETE' }
);

export type CallPayPal = <T>(request: PayPalRequest<T>) => Promise<PayPalResponse<T>>;

export type PayPalResponse<T> = { readonly value: T } | { readonly rejection: PayPalRefused };

/**
 * Default time limit of one call, with token, retry and delays. It covers the connection too: Node's fetch has no
 * connect timeout without the undici package.
 */
const BUDGET_MS = 8_000;
/** A longer `Retry-After` is left to the caller. */
const MAX_RETRY_AFTER_SECONDS = 2;
/** Spreads the retries of calls that failed at the same time. */
const JITTER_MS = 400;
/** A token is renewed this long before it expires, so that it does not expire in transit. */
const TOKEN_MARGIN_SECONDS = 60;
/** The limit of PayPal's Orders API: https://developer.paypal.com/docs/api/orders/v2/#orders_create */
const REQUEST_ID = /^[\x21-\x7e]{1,108}$/;
/** A rejection that is transient. PayPal documents it for orders that it captures automatically. */
const TRANSIENT_ISSUE = 'ORDER_COMPLETION_IN_PROGRESS';

/**
 * Authenticates, retries once where it is safe, and classifies errors. Caches the access token.
 * @returns a function that throws PayPalUnavailable, PayPalUnauthorized, or RangeError for an invalid request id.
 */
export function transport(options: PayPalOptions): CallPayPal {
  const { credentials, now = Date.now, sleep = delay, random = Math.random, onCall } = options;
  const { origin } = new URL(options.baseUrl);
  let token: { readonly text: string; readonly expiresAt: number } | undefined;
  let pendingToken: Promise<string> | undefined;

  async function exchange<T>(
    { operation, path, read }: Pick<PayPalRequest<T>, 'operation' | 'path' | 'read'>,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<PayPalResponse<T>> {
    const startedAt = now();
    let status: number | undefined;
    let debugId: string | undefined;
    let error: UnavailableReason | undefined;
    const unavailable = (
      reason: UnavailableReason,
      more: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
    ) => {
      error = reason;
      return new PayPalUnavailable(reason, { operation, status, debugId, ...more });
    };
    const receive = async () => {
      const response = await (options.fetch ?? fetch)(origin + path, { ...init, redirect: 'manual', signal });
      status = response.status;
      debugId = response.headers.get('paypal-debug-id') ?? undefined;
      return { response, body: await bodyOf(response) };
    };
    try {
      const { response, body } = await receive().catch((cause) => {
        if (cause instanceof MalformedPayPalBody) throw cause;
        throw unavailable(signal.aborted ? 'timeout' : 'connection', { cause });
      });
      const reason = unavailableReasonOf(response.status);
      if (reason) throw unavailable(reason, { retryAfterSeconds: retryAfter(response, now()) });
      if (response.ok) return { value: read(init.method === 'DELETE' ? undefined : jsonFrom(body)) };

      const problem = problemFrom(body, response.status);
      debugId ??= problem.debugId;
      if (problem.issue === TRANSIENT_ISSUE) throw unavailable('in-progress');
      return { rejection: new PayPalRefused({ ...problem, operation, status: response.status, debugId }) };
    } catch (cause) {
      throw cause instanceof MalformedPayPalBody ? unavailable('unexpected-answer', { cause }) : cause;
    } finally {
      onCall?.({ operation, status, durationMs: now() - startedAt, debugId, error });
    }
  }

  /** Concurrent calls share one token request. */
  function bearer(): Promise<string> {
    if (token && now() < token.expiresAt) return Promise.resolve(token.text);
    pendingToken ??= newToken().finally(() => {
      pendingToken = undefined;
    });
    return pendingToken;
  }

  async function newToken(): Promise<string> {
    let requestedAt = now();
    const response = await within('token', async (signal) => {
      const { clientId, clientSecret } = await credentials();
      const headers = {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      };
      const init = { method: 'POST', headers, body: 'grant_type=client_credentials' };
      requestedAt = now();
      return exchange({ operation: 'token', path: '/v1/oauth2/token', read: tokenFrom }, init, signal);
    });
    // Only the credentials vary between token requests, so a rejection is about them.
    if ('rejection' in response) throw new PayPalUnauthorized(response.rejection);
    const { access_token: text, expires_in: life } = response.value;
    token = { text, expiresAt: requestedAt + (life - Math.min(TOKEN_MARGIN_SECONDS, life / 2)) * 1000 };
    return text;
  }

  /** Sends a request with the token; renews it once when PayPal rejects it. */
  async function authorized<T>(
    request: PayPalRequest<T>,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<PayPalResponse<T>> {
    const send = (text: string) =>
      exchange(request, { ...init, headers: { ...init.headers, authorization: `Bearer ${text}` } }, signal);

    const text = await bearer();
    const first = await send(text);
    if (!isUnauthorized(first)) return first;

    if (token?.text === text) token = undefined; // otherwise another call has renewed it already
    const second = await send(await bearer());
    if (isUnauthorized(second)) throw new PayPalUnauthorized(second.rejection);
    return second;
  }

  async function within<T>(
    operation: string,
    work: (signal: AbortSignal) => Promise<T>,
    budgetMs = BUDGET_MS,
  ): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        controller.abort();
        reject(new PayPalUnavailable('timeout', { operation }));
      }, budgetMs);
    });
    try {
      return await Promise.race([work(controller.signal), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (request) => {
    const init = initOf(request);
    const { operation, budgetMs = BUDGET_MS } = request;
    const deadline = now() + budgetMs;
    const attempt = async (signal: AbortSignal) => {
      try {
        return await authorized(request, init, signal);
      } catch (error) {
        const delayMs = retryDelay(error, random);
        if (delayMs === undefined || now() + delayMs >= deadline) throw error;
        await sleep(delayMs);
        return authorized(request, init, signal);
      }
    };
    return within(operation, attempt, budgetMs);
  };
}

function initOf(request: PayPalRequest<unknown>): RequestInit {
  const accept = 'application/json';
  if (request.change) {
    const headers = { accept, 'content-type': 'application/json' };
    return { method: request.method, headers, body: JSON.stringify(request.change) };
  }
  if (!request.post) return { method: request.method ?? 'GET', headers: { accept } };
  const { post, requestId, prefer } = request;
  if (!REQUEST_ID.test(requestId)) {
    throw new RangeError(`invalid request id ${JSON.stringify(requestId)}: expected 1 to 108 visible ASCII characters`);
  }
  return {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      prefer: `return=${prefer}`,
      'paypal-request-id': requestId,
    },
    body: JSON.stringify(post),
  };
}

const isUnauthorized = <T>(response: PayPalResponse<T>): response is { rejection: PayPalRefused } =>
  'rejection' in response && response.rejection.status === 401;

/**
 * Milliseconds before the one retry; undefined when the caller should retry. A broken connection is mostly one that
 * went stale while Lambda kept the function frozen. PayPal does not publish its limits, so a 429 without `Retry-After`
 * is not retried: https://developer.paypal.com/reference/guidelines/rate-limiting
 */
function retryDelay(error: unknown, random: () => number): number | undefined {
  if (!(error instanceof PayPalUnavailable)) return undefined;
  const { reason, retryAfterSeconds } = error;
  const isRetryable =
    reason === 'connection' ||
    reason === 'server-error' ||
    (reason === 'rate-limited' && retryAfterSeconds !== undefined);
  const seconds = retryAfterSeconds ?? 0;
  return isRetryable && seconds <= MAX_RETRY_AFTER_SECONDS ? seconds * 1000 + random() * JITTER_MS : undefined;
}
