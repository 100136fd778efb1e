import { orderNotFound } from '../paypal/errors.ts';
import type { Buyer, PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import { mayExist } from './apply-evidence.ts';
import type { PaymentRepository } from './payment-repository.ts';

export interface FetchBuyerDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly now: () => Date;
}

/**
 * The buyer that PayPal's order shows.
 * @throws PayPalUnavailable when PayPal does not find an order that it cannot have deleted yet: the parcel must not go
 * to the address of an earlier approval
 */
export const fetchBuyer =
  ({ payments, getOrder, now }: FetchBuyerDeps) =>
  async (id: PaymentId): Promise<Buyer | undefined> => {
    const payment = await payments.get(id);
    if (!payment?.paypal_order_id) return undefined;
    const order = await getOrder(payment.paypal_order_id);
    if (!order && mayExist(payment, now())) throw orderNotFound('getOrder');
    return order?.buyer;
  };
