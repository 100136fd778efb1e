import { orderIdOf } from '../../../src/shared/ids.ts';
import { crashingProcess } from './crashing-process.ts';
import type { Funding } from './paypal-state.ts';
import { product, shopInMemory } from './shop.ts';

/**
 * A shop with one purchase, whose buyer is at PayPal. No event is delivered and no settlement runs unless the test does
 * it.
 */
export async function onePurchase({ quantity = 10 } = {}) {
  const process = crashingProcess();
  const shop = shopInMemory({ products: [product(quantity)], gate: process.gate });
  const purchase = await shop.begin();
  if (!purchase) throw new Error('no stock for the purchase');
  const { paymentId, sessionId, orderId } = purchase;
  let delivered = 0;

  /** Delivers the events that were not delivered before. */
  const deliverPending = async () => {
    for (const { event } of shop.paypal.events.slice(delivered)) await shop.deliver(event);
    delivered = shop.paypal.events.length;
  };
  return {
    ...purchase,
    shop,
    process,
    deliverPending,
    approve: (funding?: Funding) => shop.paypal.approve(orderId, funding),
    capture: () => shop.capture(paymentId, 'return'),
    cancel: (token = orderId) => shop.cancel(paymentId, token),
    /** Delivers events and runs settlements until none is left. @returns the errors of tasks that keep failing */
    async drain(): Promise<string[]> {
      let errors: string[] = [];
      do {
        await deliverPending();
        errors = await shop.finish();
      } while (delivered < shop.paypal.events.length);
      return errors;
    },
    payment: () => shop.payments.rows.get(paymentId),
    session: () => shop.sessions.rows.get(sessionId),
    reservation: () => shop.stock.reservations.get(sessionId),
    order: () => shop.orders.rows.get(orderIdOf(paymentId)),
    stock: () => shop.stock.products.get('MUG'),
    atPayPal: () => shop.paypal.orders.get(orderId),
  };
}
export type OnePurchase = Awaited<ReturnType<typeof onePurchase>>;
