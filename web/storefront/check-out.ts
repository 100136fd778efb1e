import { ApiProblem, serverNow } from '../api/call.ts';
import type { CheckoutSession, OutOfStock } from '../api/schema.ts';
import { getSession, openSession } from './api.ts';
import { changeBasket } from './use-basket.ts';

/** The address of a session's summary. */
const summaryOf = (sessionId: string): string => `/checkout?checkout_session_id=${sessionId}`;

/**
 * Reserves what is in the basket, and goes on to the summary. A basket that has been reserved is not reserved again, as long as that lasts;
 * nor is one that was paid while no page looked: its summary says so.
 * @throws ApiProblem `out-of-stock` when there is too little; then nothing is reserved. Otherwise as `call` does.
 */
export async function checkOut(items: readonly { sku: string; quantity: number }[]): Promise<void> {
  const { sessionId } = changeBasket((basket) => basket);
  if (sessionId) {
    const session = await getSession(sessionId, {});
    if (isUsable(session) || session.status === 'payment_completed') return location.assign(summaryOf(sessionId));
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
  location.assign(summaryOf(session.checkout_session_id));
}

/** Forgets the reservation, not what was to be reserved. */
export const startOver = () => changeBasket((basket) => ({ ...basket, attempt: null, sessionId: null }));

/** Whether a session can still be paid. */
export const isUsable = ({ status, expires_at }: CheckoutSession): boolean =>
  status === 'payment_pending' || (status === 'open' && Date.parse(expires_at) > serverNow());

/** The products of which there is too little, if that is what went wrong. */
export const shortages = (error: unknown): OutOfStock['items'] | undefined =>
  error instanceof ApiProblem ? error.as<OutOfStock>('/problems/out-of-stock')?.items : undefined;
