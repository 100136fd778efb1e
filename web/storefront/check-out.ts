import { ApiProblem, serverNow } from '../api/call.ts';
import type { CheckoutSession, NotPayable, OutOfStock } from '../api/schema.ts';
import { getSession, openSession } from './api.ts';
import { changeBasket } from './use-basket.ts';

const checkoutPage = (sessionId: string): string => `/checkout?checkout_session_id=${sessionId}`;

/**
 * Reserves the basket's items and opens the checkout page. A basket whose session can still be paid is not reserved
 * again; nor is one whose session was paid while no page was open, which the checkout page then shows.
 * @throws ApiProblem `out-of-stock` when stock is insufficient and `not-payable` when PayPal does not take the items,
 * with nothing reserved. Otherwise as `call` does.
 */
export async function checkOut(items: readonly { sku: string; quantity: number }[]): Promise<void> {
  const { sessionId } = changeBasket((basket) => basket);
  if (sessionId) {
    const session = await getSession(sessionId, {});
    if (isPayable(session) || session.status === 'payment_completed') return location.assign(checkoutPage(sessionId));
    startOver();
  }
  const { attempt } = changeBasket((basket) => (basket.attempt ? basket : { ...basket, attempt: crypto.randomUUID() }));
  const session = await openSession(
    items.map(({ sku, quantity }) => ({ sku, quantity })),
    attempt ?? '',
  );
  changeBasket((basket) =>
    basket.attempt === attempt ? { ...basket, sessionId: session.checkout_session_id } : basket,
  );
  location.assign(checkoutPage(session.checkout_session_id));
}

/** Detaches the basket from its session; the items stay. */
export const startOver = () => changeBasket((basket) => ({ ...basket, attempt: null, sessionId: null }));

export const isPayable = ({ status, expires_at }: CheckoutSession): boolean =>
  status === 'payment_pending' || (status === 'open' && Date.parse(expires_at) > serverNow());

/** The items with insufficient stock, if that is the error. */
export const shortages = (error: unknown): OutOfStock['items'] | undefined =>
  error instanceof ApiProblem ? error.as<OutOfStock>('/problems/out-of-stock')?.items : undefined;

/** The items that PayPal does not take, if that is the error. */
export const notPayable = (error: unknown): NotPayable['items'] | undefined =>
  error instanceof ApiProblem ? error.as<NotPayable>('/problems/not-payable')?.items : undefined;
