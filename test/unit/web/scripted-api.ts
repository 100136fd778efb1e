import { afterEach, beforeEach, vi } from 'vitest';
import type { Payment } from '../../../web/api/schema.ts';

/** A body with status 200, a problem document with its own status, or no response. */
export type ScriptedResponse = object | 'unreachable' | 'silent';

/** Stubs `fetch` for one test file, with fake timers. */
export function scriptedApi() {
  /** The calls so far, such as `GET /payments/pay_1`, each with its second. */
  const requests: { call: string; at: number; body?: unknown }[] = [];
  let script: (call: string) => ScriptedResponse | Promise<ScriptedResponse> = () => 'unreachable';
  let start = 0;
  /** Since the start of the test. */
  const seconds = (): number => (Date.now() - start) / 1000;

  beforeEach(() => {
    vi.useFakeTimers();
    start = Date.now();
    requests.length = 0;
    // The native one ignores fake timers.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), milliseconds);
      return controller.signal;
    });
    vi.stubGlobal('fetch', async (url: string, { method, body, signal }: RequestInit) => {
      const call = `${method} ${url.replace('/api/v1', '')}`;
      requests.push({ call, at: seconds(), ...(typeof body === 'string' && { body: JSON.parse(body) }) });
      const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      const response = await Promise.race([script(call), aborted]);
      if (response === 'unreachable') throw new TypeError('fetch failed');
      if (response === 'silent') return aborted;
      // Only a problem document has a type.
      const status = 'type' in response && 'status' in response ? Number(response.status) : 200;
      return Response.json(response, { status });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  return {
    requests,
    seconds,
    /** Sets the response to each further call. */
    respond: (next: typeof script) => {
      script = next;
    },
  };
}

export const problem = (status: number, type: string, fields: object = {}) => ({
  type: `/problems/${type}`,
  title: type,
  status,
  detail: 'scripted',
  ...fields,
});

const amount = { currency_code: 'EUR', value: '19.99' };
const items = [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: amount }];
const ORDER: Payment['order'] = { order_id: 'ord_1', status: 'confirmed', items, amount };

/** A payment response; a captured one has an order. */
export const payment = (status: Payment['status'], more: Partial<Payment> = {}): Payment => ({
  payment_id: 'pay_1',
  checkout_session_id: 'cs_1',
  status,
  amount,
  paypal_order_id: 'TOKEN-1',
  approve_url: 'https://paypal.example/checkoutnow?token=TOKEN-1',
  order: status === 'captured' ? ORDER : null,
  settled: !['created', 'approved', 'capture_pending', 'review'].includes(status),
  updated_at: '2026-03-01T12:00:00.000Z',
  ...more,
});

/** A captured payment whose order does not exist yet. */
export const withoutOrder = payment('captured', { order: null, settled: false });
