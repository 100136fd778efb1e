import { type Money, moneyText, sameMoney } from '../shared/money.ts';
import { amountOf, type OrderItem, wireText } from './order-items.ts';

export interface CreateOrder {
  /** Sent as `custom_id`, which PayPal copies to the capture. */
  readonly payment_id: string;
  readonly items: readonly OrderItem[];
  /** The sum of the items. */
  readonly amount: Money;
  /** PayPal adds `token` and `PayerID`. */
  readonly return_url: string;
  /** PayPal adds `token`. */
  readonly cancel_url: string;
}

/**
 * The request body of an order: https://developer.paypal.com/docs/api/orders/v2/#orders_create
 * Without `invoice_id`: PayPal rejects one that it has seen before, which could fail a repeated order.
 * @throws RangeError when PayPal would reject the items, or they do not add up to the amount.
 */
export function orderBody(order: CreateOrder) {
  const { items, amount } = order;
  const checked = amountOf(items);
  if ('problems' in checked) {
    const [problem] = checked.problems;
    throw new RangeError(`invalid ${problem?.field} of ${problem?.sku ?? order.payment_id}: ${problem?.detail}`);
  }
  if (!sameMoney(checked.amount, amount)) {
    throw new RangeError(
      `invalid amount of ${order.payment_id}: expected the sum of its items: ${amount.minor} ${amount.currency}, ` +
        `items ${checked.amount.minor} ${checked.amount.currency} in minor units`,
    );
  }
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        reference_id: 'default',
        custom_id: order.payment_id,
        amount: { ...moneyText(amount), breakdown: { item_total: moneyText(amount) } },
        items: items.map(({ name, sku, quantity, unit_price }) => ({
          name: wireText(name),
          sku: wireText(sku),
          quantity: String(quantity),
          unit_amount: moneyText(unit_price),
          category: 'PHYSICAL_GOODS',
        })),
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url: order.return_url,
          cancel_url: order.cancel_url,
          user_action: 'PAY_NOW',
          shipping_preference: 'GET_FROM_FILE',
        },
      },
    },
  };
}
