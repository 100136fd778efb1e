import { afterEach, beforeEach, vi } from 'vitest';
import type { Payment } from '../../../web/api/schema.ts';

/** What the API answers: a body with 200, a problem document with its own status, or nothing at all. */
export type Answer = object | 'unreachable' | 'silent';

/** An API that does as the tests of one file say, by a clock that they set. */
export function scriptedApi() {
  /** The calls that were made, each as `GET /payments/pay_1`, and when. */
  const asked: { call: string; at: number; body?: unknown }[] = [];
  let script: (call: string) => Answer | Promise<Answer> = () => 'unreachable';
  let began = 0;
  /** Since the test began. */
  const seconds = (): number => (Date.now() - began) / 1000;

  beforeEach(() => {
    vi.useFakeTimers();
    began = Date.now();
    asked.length = 0;
    // The platform's own would go by the real clock.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), milliseconds);
      return controller.signal;
    });
    vi.stubGlobal('fetch', async (url: string, { method, body, signal }: RequestInit) => {
      const call = `${method} ${url.replace('/api/v1', '')}`;
      asked.push({ call, at: seconds(), ...(typeof body === 'string' && { body: JSON.parse(body) }) });
      const ended = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      const answer = await Promise.race([script(call), ended]);
      if (answer === 'unreachable') throw new TypeError('fetch failed');
      if (answer === 'silent') return ended;
      // A problem document has a type, and its status is the answer's.
      const status = 'type' in answer && 'status' in answer ? Number(answer.status) : 200;
      return Response.json(answer, { status });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  return {
    asked,
    seconds,
    /** From now on the API answers so. */
    answers: (answer: typeof script) => {
      script = answer;
    },
  };
}

/** A problem document of that type. */
export const problem = (status: number, type: string, fields: object = {}) => ({
  type: `/problems/${type}`,
  title: type,
  status,
  detail: 'as the test wants it',
  ...fields,
});

const amount = { currency_code: 'EUR', value: '19.99' };
const items = [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: amount }];
const ORDER: Payment['order'] = { order_id: 'ord_1', status: 'confirmed', items, amount };

/** A payment as the API answers it: a captured one has its order. */
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

/** A captured payment whose order is still being made. */
export const withoutOrder = payment('captured', { order: null, settled: false });
