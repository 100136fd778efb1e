import { type Money, moneyText } from '../shared/money.ts';
import type { PayPalRefused } from './errors.ts';
import { type CreateOrder, orderBody } from './order-body.ts';
import { PAYPAL_ID } from './paypal-id.ts';
import {
  type CreatedOrder,
  captureFrom,
  createdOrderFrom,
  orderFrom,
  type PayPalCapture,
  type PayPalOrder,
  type PayPalRefund,
  refundFrom,
} from './schema.ts';
import type { CallPayPal, PayPalResponse } from './transport.ts';

/** PayPal would not do it, for a business reason such as `INSTRUMENT_DECLINED`; there may be newer ones than we know. */
export interface Refused {
  readonly outcome: 'refused';
  readonly issue: string;
}

/** What became of an attempt to capture. Whether there is money, the capture in the order says, not this. */
export type CaptureResult =
  | { readonly outcome: 'order'; readonly order: PayPalOrder }
  | Refused
  /** PayPal knows no such order: it never existed, or its hours are over. */
  | { readonly outcome: 'gone' };

/** What became of an attempt to refund. */
export type RefundResult = { readonly outcome: 'refunded'; readonly refund: PayPalRefund } | Refused;

/**
 * PayPal's Orders and Payments APIs, as far as this shop needs them.
 *
 * Each function throws `PayPalUnavailable` for trouble that may pass, `PayPalRefused` for what PayPal will never do,
 * `PayPalUnauthorized` when the credentials are wrong, and a RangeError for arguments that must not be sent. A call takes
 * 8 seconds at most. Those with a `requestId` may be repeated with the same one and the same arguments as often as needed:
 * PayPal does the thing once and remembers it, for orders 6 hours, for refunds 45 days.
 * https://developer.paypal.com/api/rest/reference/idempotency/
 */
export interface PayPal {
  /** Makes an order and tells where to send the buyer. https://developer.paypal.com/docs/api/orders/v2/#orders_create */
  createOrder(order: CreateOrder, requestId: string): Promise<CreatedOrder>;
  /** Undefined when PayPal knows no such order: it never existed, or its hours are over. */
  getOrder(id: string): Promise<PayPalOrder | undefined>;
  /** Takes the money of an approved order. https://developer.paypal.com/docs/api/orders/v2/#orders_capture */
  captureOrder(id: string, requestId: string): Promise<CaptureResult>;
  /** Undefined when PayPal knows no such capture. */
  getCapture(id: string): Promise<PayPalCapture | undefined>;
  /** Gives money back: all that is left, unless an amount is given. https://developer.paypal.com/docs/api/payments/v2/#captures_refund */
  refundCapture(id: string, requestId: string, amount?: Money): Promise<RefundResult>;
}

/** Makes the client. The transport keeps a token for as long as it lives, so make one per process. */
export function payPalClient(call: CallPayPal): PayPal {
  const get = async <T>(operation: string, path: string, read: (wire: unknown) => T) =>
    agreedOrGone(await call({ operation, path, read }));

  return {
    async createOrder(order, requestId) {
      const request = { post: orderBody(order), requestId, prefer: 'minimal' } as const;
      const path = '/v2/checkout/orders';
      return agreed(await call({ operation: 'createOrder', path, read: createdOrderFrom, ...request }));
    },

    async captureOrder(id, requestId) {
      const request = { post: {}, requestId, prefer: 'representation' } as const;
      const path = `/v2/checkout/orders/${segment(id)}/capture`;
      const answer = await call({ operation: 'captureOrder', path, read: orderFrom, ...request });
      if ('refusal' in answer && isGone(answer.refusal)) return { outcome: 'gone' };
      return refusedOf(answer) ?? { outcome: 'order', order: agreed(answer) };
    },

    async refundCapture(id, requestId, amount) {
      const post = { ...(amount && { amount: moneyText(amount) }) };
      const path = `/v2/payments/captures/${segment(id)}/refund`;
      const request = { post, requestId, prefer: 'representation' } as const;
      const answer = await call({ operation: 'refundCapture', path, read: refundFrom, ...request });
      return refusedOf(answer) ?? { outcome: 'refunded', refund: agreed(answer) };
    },

    getOrder: async (id) => get('getOrder', `/v2/checkout/orders/${segment(id)}`, orderFrom),
    getCapture: async (id) => get('getCapture', `/v2/payments/captures/${segment(id)}`, captureFrom),
  };
}

/** An id as a part of a path. Ids come from outside: one with a slash or a dot in it would address something else. */
export function segment(id: string): string {
  if (PAYPAL_ID.test(id)) return id;
  throw new RangeError(
    `not an id of PayPal: ${JSON.stringify(id.slice(0, 80))}, allowed are 1 to 64 letters, digits and hyphens`,
  );
}

/** What PayPal answered. @throws PayPalRefused when it said no. */
export function agreed<T>(answer: PayPalResponse<T>): T {
  if ('refusal' in answer) throw answer.refusal;
  return answer.value;
}

/** What PayPal answered; undefined when it does not know what it was asked about. @throws PayPalRefused when it said no. */
export const agreedOrGone = <T>(answer: PayPalResponse<T>): T | undefined =>
  'refusal' in answer && isGone(answer.refusal) ? undefined : agreed(answer);

/** 422 is PayPal's answer to a well-formed request that it will not fulfil: https://developer.paypal.com/api/rest/responses/ */
const refusedOf = (answer: PayPalResponse<unknown>): Refused | undefined =>
  'refusal' in answer && answer.refusal.status === 422
    ? { outcome: 'refused', issue: answer.refusal.issue }
    : undefined;

const isGone = ({ status, error, issue }: PayPalRefused): boolean =>
  status === 404 && (error === 'RESOURCE_NOT_FOUND' || issue === 'INVALID_RESOURCE_ID');
