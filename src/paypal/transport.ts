import { setTimeout as pause } from 'node:timers/promises';
import {
  MalformedPayPalBody,
  PayPalRefused,
  PayPalUnauthorized,
  PayPalUnavailable,
  type UnavailableReason,
} from './errors.ts';
import { bodyOf, jsonFrom, problemFrom, retryAfter, tokenFrom, unavailableReasonOf } from './response.ts';

/** What a REST app at PayPal is known by. */
export interface PayPalCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One HTTP request to PayPal, for metrics. A repetition is a second one, and so is fetching a token. */
export interface PayPalCall {
  /** The name of the client's function, or `token`. */
  readonly operation: string;
  /** HTTP status, if there was an answer. */
  readonly status?: number | undefined;
  readonly durationMs: number;
  readonly debugId?: string | undefined;
  /** What kept the answer from us; absent when PayPal answered, be it to refuse. */
  readonly error?: UnavailableReason | undefined;
}

/** What the client is made of; all but the first two have PayPal's and the platform's own as default. */
export interface PayPalOptions {
  /** Origin of PayPal's REST API, such as https://api-m.paypal.com. */
  readonly baseUrl: string;
  /** Asked for each new token, so that a changed secret is taken up; it should cache. What it throws is passed on. */
  readonly credentials: () => Promise<PayPalCredentials>;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970. The wall clock, because a monotonic one stands still while Lambda keeps a function frozen. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly onCall?: (call: PayPalCall) => void;
}

/**
 * A request, and how to read what comes back. Each of them may be repeated: a POST about money has a request id, and a `change` is as
 * good when it is made twice.
 */
export type PayPalRequest<T> = {
  readonly operation: string;
  readonly path: string;
  /** @throws MalformedPayPalBody */
  readonly read: (wire: unknown) => T;
} & (
  | { readonly post?: never; readonly change?: never }
  | {
      readonly post: object;
      readonly requestId: string;
      readonly prefer: 'minimal' | 'representation';
      readonly change?: never;
    }
  | { readonly post?: never; readonly change: object; readonly method: 'POST' | 'PATCH' }
);

/** Brings a request to PayPal and an answer back. */
export type CallPayPal = <T>(request: PayPalRequest<T>) => Promise<PayPalResponse<T>>;

/** What PayPal said: yes, with what was read, or no. */
export type PayPalResponse<T> = { readonly value: T } | { readonly refusal: PayPalRefused };

/**
 * For one call, its token, repetition and pauses included. Node's fetch takes no time limit for the connection alone
 * without the undici package beside it; this one covers it.
 */
const BUDGET_MS = 8_000;
/** Longer pauses than this are for the caller, who may have something better to do. */
const MAX_RETRY_AFTER_SECONDS = 2;
/** Spreads repetitions, so that those who failed together do not come back together. */
const JITTER_MS = 400;
/** So that a token does not run out on its way. */
const TOKEN_MARGIN_SECONDS = 60;
/** What PayPal's Orders API takes: https://developer.paypal.com/docs/api/orders/v2/#orders_create */
const REQUEST_ID = /^[\x21-\x7e]{1,108}$/;
/** Refusals that ask to be tried again. Only orders that PayPal captures on its own give it, and it costs nothing to know it. */
const TRY_AGAIN = 'ORDER_COMPLETION_IN_PROGRESS';

/**
 * Brings requests to PayPal and answers back.
 * @returns a function that throws PayPalUnavailable, PayPalUnauthorized, or RangeError for a request id that PayPal does not take.
 */
export function transport(options: PayPalOptions): CallPayPal {
  const { credentials, now = Date.now, sleep = pause, random = Math.random, onCall } = options;
  const { origin } = new URL(options.baseUrl);
  let token: { readonly text: string; readonly until: number } | undefined;
  let coming: Promise<string> | undefined;

  /** One request and its answer. */
  async function exchange<T>(
    { operation, path, read }: Pick<PayPalRequest<T>, 'operation' | 'path' | 'read'>,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<PayPalResponse<T>> {
    const started = now();
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
      if (response.ok) return { value: read(jsonFrom(body)) };

      const problem = problemFrom(body, response.status);
      debugId ??= problem.debugId;
      if (problem.issue === TRY_AGAIN) throw unavailable('in-progress');
      return { refusal: new PayPalRefused({ ...problem, operation, status: response.status, debugId }) };
    } catch (cause) {
      throw cause instanceof MalformedPayPalBody ? unavailable('unexpected-answer', { cause }) : cause;
    } finally {
      onCall?.({ operation, status, durationMs: now() - started, debugId, error });
    }
  }

  /** A token that still lives. Those who need one at the same time wait for the same request. */
  function bearer(): Promise<string> {
    if (token && now() < token.until) return Promise.resolve(token.text);
    coming ??= newToken().finally(() => {
      coming = undefined;
    });
    return coming;
  }

  async function newToken(): Promise<string> {
    let asked = now();
    const answer = await within('token', async (signal) => {
      const { clientId, clientSecret } = await credentials();
      const headers = {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      };
      const init = { method: 'POST', headers, body: 'grant_type=client_credentials' };
      asked = now();
      return exchange({ operation: 'token', path: '/v1/oauth2/token', read: tokenFrom }, init, signal);
    });
    // The request differs in nothing but the credentials, so a refusal is theirs.
    if ('refusal' in answer) throw new PayPalUnauthorized(answer.refusal);
    const { access_token: text, expires_in: life } = answer.value;
    token = { text, until: asked + (life - Math.min(TOKEN_MARGIN_SECONDS, life / 2)) * 1000 };
    return text;
  }

  /** One request with a token; if PayPal does not take the token, once more with a new one. */
  async function authorized<T>(
    request: PayPalRequest<T>,
    init: RequestInit,
    signal: AbortSignal,
  ): Promise<PayPalResponse<T>> {
    const send = (text: string) =>
      exchange(request, { ...init, headers: { ...init.headers, authorization: `Bearer ${text}` } }, signal);

    const text = await bearer();
    const answer = await send(text);
    if (!isUnauthorized(answer)) return answer;

    if (token?.text === text) token = undefined; // else another call has renewed it already
    const second = await send(await bearer());
    if (isUnauthorized(second)) throw new PayPalUnauthorized(second.refusal);
    return second;
  }

  /** Runs some work, for as long as a call may take. */
  async function within<T>(operation: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        controller.abort();
        reject(new PayPalUnavailable('timeout', { operation }));
      }, BUDGET_MS);
    });
    try {
      return await Promise.race([work(controller.signal), timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (request) => {
    const init = initOf(request);
    const until = now() + BUDGET_MS;
    return within(request.operation, async (signal) => {
      try {
        return await authorized(request, init, signal);
      } catch (error) {
        const pauseMs = pauseBeforeRepeating(error, random);
        if (pauseMs === undefined || now() + pauseMs >= until) throw error;
        await sleep(pauseMs);
        return authorized(request, init, signal);
      }
    });
  };
}

function initOf(request: PayPalRequest<unknown>): RequestInit {
  const accept = 'application/json';
  if (request.change) {
    const headers = { accept, 'content-type': 'application/json' };
    return { method: request.method, headers, body: JSON.stringify(request.change) };
  }
  if (!request.post) return { method: 'GET', headers: { accept } };
  const { post, requestId, prefer } = request;
  if (!REQUEST_ID.test(requestId)) {
    throw new RangeError(
      `not a request id: ${JSON.stringify(requestId)}, allowed are 1 to 108 visible ASCII characters`,
    );
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

const isUnauthorized = <T>(answer: PayPalResponse<T>): answer is { refusal: PayPalRefused } =>
  'refusal' in answer && answer.refusal.status === 401;

/**
 * How long to wait before the one repetition; undefined if the caller had better do it. A broken connection is mostly one
 * that went stale while Lambda kept the function frozen. PayPal's limits are not published, so a 429 without a time is not
 * tried again: https://developer.paypal.com/reference/guidelines/rate-limiting
 */
function pauseBeforeRepeating(error: unknown, random: () => number): number | undefined {
  if (!(error instanceof PayPalUnavailable)) return undefined;
  const { reason, retryAfterSeconds } = error;
  const mayPass =
    reason === 'connection' ||
    reason === 'server-error' ||
    (reason === 'rate-limited' && retryAfterSeconds !== undefined);
  const seconds = retryAfterSeconds ?? 0;
  return mayPass && seconds <= MAX_RETRY_AFTER_SECONDS ? seconds * 1000 + random() * JITTER_MS : undefined;
}
