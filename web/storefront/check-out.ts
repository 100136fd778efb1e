import { ApiProblem, serverNow } from '../api/call.ts';
import type { CheckoutSession, InvalidRequest, NotPayable, OutOfStock, PaymentDecided } from '../api/schema.ts';
import { getSession, openSession } from './api.ts';
import { withoutReplaced } from './basket.ts';
import { changeBasket } from './use-basket.ts';

const checkoutPage = (sessionId: string): string => `/checkout?checkout_session_id=${sessionId}`;

/**
 * Reserves the basket's items and opens the checkout page. A basket whose session can still be paid is not reserved
 * again; nor is one whose session was paid while no page was open, which the checkout page then shows. A changed basket
 * takes the stock of its former session over.
 * @throws ApiProblem `out-of-stock` when stock is insufficient, `not-payable` when PayPal does not take the items, and
 * `payment-decided` when the former session was paid, with nothing reserved. Otherwise as `call` does.
 */
export async function checkOut(items: readonly { sku: string; quantity: number }[]): Promise<void> {
  const { sessionId } = changeBasket((basket) => basket);
  if (sessionId) {
    const session = await getSession(sessionId, {}).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return undefined;
      throw error;
    });
    if (session && (isPayable(session) || session.status === 'payment_completed'))
      return location.assign(checkoutPage(sessionId));
    startOver();
    // It may hold its stock for some minutes after its expiry.
    if (session && session.payment_id === null) changeBasket((basket) => ({ ...basket, replaces: sessionId }));
  }
  const { attempt, replaces } = changeBasket((basket) =>
    basket.attempt ? basket : { ...basket, attempt: crypto.randomUUID() },
  );
  const session = await openSession(
    items.map(({ sku, quantity }) => ({ sku, quantity })),
    attempt ?? '',
    replaces,
  ).catch((error: unknown) => {
    // The next attempt is a purchase of its own.
    if (replaces && (wasPaid(error) || isUnknownSession(error)))
      changeBasket((basket) => withoutReplaced(basket, replaces));
    throw error;
  });
  changeBasket((basket) =>
    basket.attempt === attempt
      ? { ...basket, sessionId: session.checkout_session_id, replaces: null }
      : // Changed meanwhile: the new session holds the stock now.
        { ...basket, ...(basket.replaces === replaces && { replaces: session.checkout_session_id }) },
  );
  location.assign(checkoutPage(session.checkout_session_id));
}

/** Detaches the basket from its session; the items stay. */
export const startOver = () =>
  changeBasket((basket) => ({ ...basket, attempt: null, sessionId: null, replaces: null }));

export const isPayable = ({ status, expires_at }: CheckoutSession): boolean =>
  status === 'payment_pending' || (status === 'open' && Date.parse(expires_at) > serverNow());

/** The items with insufficient stock, if that is the error. */
export const shortages = (error: unknown): OutOfStock['items'] | undefined =>
  error instanceof ApiProblem ? error.as<OutOfStock>('/problems/out-of-stock')?.items : undefined;

/** Whether the payment of the basket's former session has gone through or is pending, if that is the error. */
export const wasPaid = (error: unknown): boolean =>
  error instanceof ApiProblem && error.as<PaymentDecided>('/problems/payment-decided') !== undefined;

/** Sessions without payment are deleted after a month. */
const isUnknownSession = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  (error.as<InvalidRequest>('/problems/invalid-request')?.errors.some(({ field }) => field === 'replaces') ?? false);

/** The items that PayPal does not take, if that is the error. */
export const notPayable = (error: unknown): NotPayable['items'] | undefined =>
  error instanceof ApiProblem ? error.as<NotPayable>('/problems/not-payable')?.items : undefined;
