import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { isDescribed, requestErrors, responseErrors } from '../../support/openapi.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Skips the validation of the request against PayPal's OpenAPI files. */
  readonly invalid?: boolean;
  /** The status under which PayPal's OpenAPI files describe the response. @default - the response's own */
  readonly describedAs?: number;
}

/** The default amount of an order. */
export const AMOUNT = { currency_code: 'EUR', value: '19.99' } as const;
export const RETURN_URL = 'http://127.0.0.1:9/checkout/success?checkout_session_id=cs_1';
export const CANCEL_URL = 'http://127.0.0.1:9/checkout/failure?checkout_session_id=cs_1';

/** The request for an order with an experience context. */
export const orderRequest = (unit: object = {}, experience: object = {}) => ({
  intent: 'CAPTURE',
  purchase_units: [{ amount: AMOUNT, custom_id: 'pay_1', ...unit }],
  payment_source: {
    paypal: { experience_context: { return_url: RETURN_URL, cancel_url: CANCEL_URL, ...experience } },
  },
});

/** The value at a path in a JSON value, as text; fails the test when it is missing. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = path.reduce<unknown>(
    (part, key) => (part as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
  expect(found, `nothing at ${path.join('.')}`).toBeDefined();
  return String(found);
}

/**
 * Starts a simulator for the tests of one file: empty before each test, with one webhook for all events. Every request
 * and response of PayPal's API is validated against PayPal's OpenAPI files.
 */
export function useSimulator() {
  let simulator: Simulator;
  let receiver: Receiver;
  let token = '';
  let requests = 0;
  const clock = { offsetMs: 0 };

  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiResponse> {
    const response = await fetch(new URL(path, simulator.url), {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  const paypal = {
    /** Advances the simulated time. */
    passTime: (ms: number) => {
      clock.offsetMs += ms;
    },
    now: () => new Date(Date.now() + clock.offsetMs),
    get url() {
      return simulator.url;
    },
    get receiver() {
      return receiver;
    },
    get authorization() {
      return { authorization: `Bearer ${token}` };
    },
    send,

    /** Gets an access token for later calls. */
    async signIn(): Promise<ApiResponse> {
      const response = await send('POST', '/v1/oauth2/token', 'grant_type=client_credentials', {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}`,
      });
      token = String(response.body.access_token);
      return response;
    },

    /** Calls PayPal's API. */
    async api(
      method: string,
      path: string,
      body?: unknown,
      { headers = {}, invalid = false, describedAs }: CallOptions = {},
    ): Promise<ApiResponse> {
      if (body !== undefined && !invalid) expect(requestErrors(method, path, body)).toEqual([]);
      const response = await send(method, path, body, { ...paypal.authorization, ...headers });
      if (isDescribed(method, path))
        expect(responseErrors(method, path, describedAs ?? response.status, response.body)).toEqual([]);
      return response;
    },

    /** Calls the control API; fails the test unless it returns 200. */
    async control(method: string, path: string, body?: unknown): Promise<Json> {
      const response = await send(method, `/_sim/${path}`, body);
      expect(response.status, JSON.stringify(response.body)).toBe(200);
      return response.body;
    },

    /** The ids of the registered webhooks; one at the start of a test. */
    async webhookIds(): Promise<string[]> {
      const { body } = await send('GET', '/v1/notifications/webhooks', undefined, paypal.authorization);
      return (body.webhooks as { id: string }[]).map(({ id }) => id);
    },

    /** Creates an order. @returns its id */
    async order(request: object = orderRequest()): Promise<string> {
      const { status, body } = await paypal.api('POST', '/v2/checkout/orders', request, {
        headers: { 'PayPal-Request-Id': `order-${++requests}` },
      });
      expect(status).toBe(201);
      return String(body.id);
    },

    /** Creates and approves an order. @returns its id */
    async approvedOrder(approval: object = {}, request?: object): Promise<string> {
      const id = await paypal.order(request);
      await paypal.control('POST', `orders/${id}/approve`, approval);
      return id;
    },

    /** Creates, approves and captures an order. */
    async captured(approval: object = {}, request?: object): Promise<{ orderId: string; captureId: string }> {
      const orderId = await paypal.approvedOrder(approval, request);
      const { status, body } = await paypal.api('POST', `/v2/checkout/orders/${orderId}/capture`, {});
      expect(status).toBe(201);
      return { orderId, captureId: textAt(body, 'purchase_units', 0, 'payments', 'captures', 0, 'id') };
    },
  };

  beforeAll(async () => {
    [simulator, receiver] = await Promise.all([
      startSimulator({ retryDelayMs: () => 5, now: paypal.now }),
      startReceiver(),
    ]);
    await paypal.signIn();
  });
  beforeEach(async () => {
    receiver.reset();
    await paypal.api('POST', '/v1/notifications/webhooks', { url: receiver.url, event_types: [{ name: '*' }] });
  });
  afterEach(async () => {
    if (clock.offsetMs !== 0) {
      clock.offsetMs = 0;
      await paypal.control('POST', 'tokens/revoke');
    }
    await paypal.signIn();
    await Promise.all(
      (await paypal.webhookIds()).map((id) => paypal.api('DELETE', `/v1/notifications/webhooks/${id}`)),
    );
    await paypal.control('POST', 'reset');
  });
  afterAll(() => Promise.all([simulator.stop(), receiver.stop()]));

  return paypal;
}
