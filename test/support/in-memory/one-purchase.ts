import { orderIdOf } from '../../../src/shared/ids.ts';
import { crashingProcess } from './crashing-process.ts';
import type { Funding } from './paypal-state.ts';
import { product, shopInMemory } from './shop.ts';

/** A shop with one purchase, whose buyer is at PayPal. Nothing is heard or worked on before the test says so. */
export async function onePurchase({ quantity = 10 } = {}) {
  const process = crashingProcess();
  const shop = shopInMemory({ products: [product(quantity)], gate: process.gate });
  const begun = await shop.begin();
  if (!begun) throw new Error('nothing begun');
  const { paymentId, sessionId, orderId } = begun;
  let heard = 0;

  /** PayPal's events that were not delivered yet are. */
  const deliverPending = async () => {
    for (const { event } of shop.paypal.events.slice(heard)) await shop.deliver(event);
    heard = shop.paypal.events.length;
  };
  return {
    ...begun,
    shop,
    process,
    deliverPending,
    approve: (funding?: Funding) => shop.paypal.approve(orderId, funding),
    capture: () => shop.capture(paymentId, 'return'),
    cancel: (token = orderId) => shop.cancel(paymentId, token),
    /** Everything is heard and worked on, until nothing is left. @returns what cannot be done. */
    async drain(): Promise<string[]> {
      let troubles: string[] = [];
      do {
        await deliverPending();
        troubles = await shop.finish();
      } while (heard < shop.paypal.events.length);
      return troubles;
    },
    payment: () => shop.payments.rows.get(paymentId),
    session: () => shop.sessions.rows.get(sessionId),
    reservation: () => shop.stock.reservations.get(sessionId),
    order: () => shop.orders.rows.get(orderIdOf(paymentId)),
    stock: () => shop.stock.products.get('MUG'),
    atPayPal: () => shop.paypal.orders.get(orderId),
  };
}
