import { type CallOptions, call } from '../api/call.ts';
import type { CheckoutSession, Payment, Product } from '../api/schema.ts';

/*
 * The calls of docs/openapi.yaml that a storefront makes. Each throws as `call` does.
 */

/** What the shop sells, and how much of it is left. */
export const listProducts = ({ signal }: CallOptions) =>
  call<{ products: Product[] }>('GET', '/products', { signal }).then(({ products }) => products);

/** Freezes prices and holds the stock. The same key again gives the same session. */
export const openSession = (items: readonly { sku: string; quantity: number }[], key: string) =>
  call<CheckoutSession>('POST', '/checkout-sessions', { body: { items }, headers: { 'idempotency-key': key } });

/** The checkout session as it is now. */
export const getSession = (id: string, { signal }: CallOptions) =>
  call<CheckoutSession>('GET', `/checkout-sessions/${encodeURIComponent(id)}`, { signal });

/** Begins the session's one payment, or finds it begun. */
export const beginPayment = (checkout_session_id: string) =>
  call<Payment>('POST', '/payments', { body: { checkout_session_id } });

/** The payment as it is now. */
export const getPayment = (id: string, options: CallOptions = {}) =>
  call<Payment>('GET', `/payments/${encodeURIComponent(id)}`, options);

/** Takes the money of an approved payment, or finds it taken. */
export const capturePayment = (id: string) => call<Payment>('POST', `/payments/${encodeURIComponent(id)}/capture`);

/** Gives a payment up; the token shows that the caller comes from PayPal. */
export const cancelPayment = (id: string, token: string) =>
  call<Payment>('POST', `/payments/${encodeURIComponent(id)}/cancel`, { body: { token } });

/** What a link from PayPal back to the shop says. */
export interface ReturnAddress {
  readonly checkout_session_id: string | null;
  /** PayPal's id of the order. */
  readonly token: string | null;
}

/** The payment that a return link speaks of; either of its two names is enough. */
export function findPayment({ checkout_session_id, token }: ReturnAddress, options: CallOptions): Promise<Payment> {
  const query = new URLSearchParams({
    ...(checkout_session_id && { checkout_session_id }),
    ...(token && { token }),
  });
  return call<Payment>('GET', `/payments?${query}`, options);
}
