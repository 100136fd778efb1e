import type { Mistake } from '../../lambdas/consistency/finding.ts';
import { mistakesOfPurchase } from '../../lambdas/consistency/mistakes-of-purchase.ts';
import { orderIdOf } from '../../lambdas/shared/ids.ts';
import type { Purchase } from './lives-of-purchases.ts';
import type { ShopInMemory } from './shop-in-memory.ts';

/** So late that nothing can be in flight any more. */
const AT_LAST = new Date('2036-01-01T00:00:00.000Z');

/** What the check of the books finds in a shop; nothing in any state that is legal, however odd. */
export const findingsOf = (shop: ShopInMemory, purchases: readonly Purchase[]): Mistake[] =>
  purchases.flatMap(({ paymentId, sessionId }) =>
    mistakesOfPurchase(
      {
        payment: shop.payments.rows.get(paymentId),
        session: shop.sessions.rows.get(sessionId),
        reservation: shop.stock.reservations.get(sessionId),
        order: shop.orders.rows.get(orderIdOf(paymentId)),
      },
      { now: AT_LAST, graceSeconds: 300 },
    ),
  );
