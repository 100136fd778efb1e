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

/** PayPal rejected the request for a business reason. */
export interface Rejected {
  readonly outcome: 'rejected';
  /** Such as `INSTRUMENT_DECLINED`. PayPal may add issues at any time. */
  readonly issue: string;
}

/** Whether money was captured is in the order's captures, not in the outcome. */
export type CaptureResult =
  | { readonly outcome: 'order'; readonly order: PayPalOrder }
  | Rejected
  /** Not found at PayPal: it never existed, or has expired. */
  | { readonly outcome: 'gone' };

export type RefundResult = { readonly outcome: 'refunded'; readonly refund: PayPalRefund } | Rejected;

/**
 * The part of PayPal's Orders and Payments APIs that this shop uses.
 *
 * Each function throws `PayPalUnavailable` for transient errors, `PayPalRefused` for requests that PayPal rejects for
 * good, `PayPalUnauthorized` for wrong credentials, and a RangeError for invalid arguments. A call takes at most
 * 8 seconds. Calls with a `requestId` are idempotent: PayPal keeps the id of an order for 6 hours, of a refund for
 * 45 days. https://developer.paypal.com/api/rest/reference/idempotency/
 */
export interface PayPal {
  /** https://developer.paypal.com/docs/api/orders/v2/#orders_create */
  createOrder(order: CreateOrder, requestId: string): Promise<CreatedOrder>;
  /** @returns undefined when not found: the order never existed, or has expired. */
  getOrder(id: string): Promise<PayPalOrder | undefined>;
  /** https://developer.paypal.com/docs/api/orders/v2/#orders_capture */
  captureOrder(id: string, requestId: string): Promise<CaptureResult>;
  /** @returns undefined when not found. */
  getCapture(id: string): Promise<PayPalCapture | undefined>;
  /** @returns undefined when not found. */
  getRefund(id: string): Promise<PayPalRefund | undefined>;
  /**
   * Refunds the remaining amount, unless `amount` is given.
   * https://developer.paypal.com/docs/api/payments/v2/#captures_refund
   */
  refundCapture(id: string, requestId: string, amount?: Money): Promise<RefundResult>;
}

/** The transport caches the access token, so use one client per process. */
export function payPalClient(call: CallPayPal): PayPal {
  const get = async <T>(operation: string, path: string, read: (wire: unknown) => T) =>
    valueOrUndefined(await call({ operation, path, read }));

  return {
    async createOrder(order, requestId) {
      const request = { post: orderBody(order), requestId, prefer: 'minimal' } as const;
      const path = '/v2/checkout/orders';
      return valueOrThrow(await call({ operation: 'createOrder', path, read: createdOrderFrom, ...request }));
    },

    async captureOrder(id, requestId) {
      const request = { post: {}, requestId, prefer: 'representation' } as const;
      const path = `/v2/checkout/orders/${segment(id)}/capture`;
      const response = await call({ operation: 'captureOrder', path, read: orderFrom, ...request });
      if ('rejection' in response && isNotFound(response.rejection)) return { outcome: 'gone' };
      return rejectionOf(response, CAPTURE_REFUSALS) ?? { outcome: 'order', order: valueOrThrow(response) };
    },

    async refundCapture(id, requestId, amount) {
      const post = { ...(amount && { amount: moneyText(amount) }) };
      const path = `/v2/payments/captures/${segment(id)}/refund`;
      const request = { post, requestId, prefer: 'representation' } as const;
      const response = await call({ operation: 'refundCapture', path, read: refundFrom, ...request });
      return rejectionOf(response, REFUND_REFUSALS) ?? { outcome: 'refunded', refund: valueOrThrow(response) };
    },

    getOrder: async (id) => get('getOrder', `/v2/checkout/orders/${segment(id)}`, orderFrom),
    getCapture: async (id) => get('getCapture', `/v2/payments/captures/${segment(id)}`, captureFrom),
    getRefund: async (id) => get('getRefund', `/v2/payments/refunds/${segment(id)}`, refundFrom),
  };
}

/**
 * An id as a path segment. Ids come from outside: one with a slash or dots would address another resource.
 * @throws RangeError
 */
export function segment(id: string): string {
  if (PAYPAL_ID.test(id)) return id;
  throw new RangeError(
    `invalid PayPal id ${JSON.stringify(id.slice(0, 80))}: expected 1 to 64 letters, digits and hyphens`,
  );
}

/** The value of a response. @throws PayPalRefused when PayPal rejected the request. */
export function valueOrThrow<T>(response: PayPalResponse<T>): T {
  if ('rejection' in response) throw response.rejection;
  return response.value;
}

/** The same; undefined when PayPal does not find the resource. */
export const valueOrUndefined = <T>(response: PayPalResponse<T>): T | undefined =>
  'rejection' in response && isNotFound(response.rejection) ? undefined : valueOrThrow(response);

/** PayPal returns 422 for a well-formed request that it rejects: https://developer.paypal.com/api/rest/responses/ */
const REFUND_REFUSALS: readonly number[] = [422];
/** A permission that the merchant lacks (403) must not look like a bug of the shop, and has its owner as well. */
const CAPTURE_REFUSALS: readonly number[] = [400, 403, 422];

const rejectionOf = (response: PayPalResponse<unknown>, statuses: readonly number[]): Rejected | undefined =>
  'rejection' in response && statuses.includes(response.rejection.status)
    ? { outcome: 'rejected', issue: response.rejection.issue }
    : undefined;

const isNotFound = ({ status, error, issue }: PayPalRefused): boolean =>
  status === 404 && (error === 'RESOURCE_NOT_FOUND' || issue === 'INVALID_RESOURCE_ID');
