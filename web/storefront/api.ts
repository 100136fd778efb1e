import { type CallOptions, call } from '../api/call.ts';
import type { CheckoutSession, Payment, Product } from '../api/schema.ts';

/*
 * The calls of docs/openapi.yaml that a storefront makes. Each throws as `call` does.
 */

export const listProducts = ({ signal }: CallOptions) =>
  call<{ products: Product[] }>('GET', '/products', { signal }).then(({ products }) => products);

/** Freezes prices and reserves stock, also that of the session it replaces. Idempotent by `key`. */
export const openSession = (
  items: readonly { sku: string; quantity: number }[],
  key: string,
  replaces: string | null = null,
) =>
  call<CheckoutSession>('POST', '/checkout-sessions', {
    body: { items, ...(replaces && { replaces }) },
    headers: { 'idempotency-key': key },
  });

export const getSession = (id: string, { signal }: CallOptions) =>
  call<CheckoutSession>('GET', `/checkout-sessions/${encodeURIComponent(id)}`, { signal });

/** Begins the session's payment. A session has one payment: a second call returns it. */
export const beginPayment = (checkout_session_id: string) =>
  call<Payment>('POST', '/payments', { body: { checkout_session_id } });

export const getPayment = (id: string, options: CallOptions = {}) =>
  call<Payment>('GET', `/payments/${encodeURIComponent(id)}`, options);

/** Captures an approved payment. Idempotent. */
export const capturePayment = (id: string) => call<Payment>('POST', `/payments/${encodeURIComponent(id)}/capture`);

/** Cancels a payment. The token proves that the caller was redirected from PayPal. */
export const cancelPayment = (id: string, token: string) =>
  call<Payment>('POST', `/payments/${encodeURIComponent(id)}/cancel`, { body: { token } });

/** The query parameters of PayPal's return and cancel URLs. */
export interface ReturnAddress {
  readonly checkout_session_id: string | null;
  /** PayPal's order id. */
  readonly token: string | null;
}

/** Finds the payment of a return URL; either parameter is enough. */
export function findPayment({ checkout_session_id, token }: ReturnAddress, options: CallOptions): Promise<Payment> {
  const query = new URLSearchParams({
    ...(checkout_session_id && { checkout_session_id }),
    ...(token && { token }),
  });
  return call<Payment>('GET', `/payments?${query}`, options);
}
