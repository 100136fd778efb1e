import { type Money, moneyText, sameMoney, sumOf, times } from '../shared/money.ts';

export interface CreateOrder {
  /** Sent as `custom_id`, which PayPal copies to the capture. */
  readonly payment_id: string;
  readonly items: readonly {
    readonly name: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unit_price: Money;
  }[];
  /** The sum of the items. */
  readonly amount: Money;
  /** PayPal adds `token` and `PayerID`. */
  readonly return_url: string;
  /** PayPal adds `token`. */
  readonly cancel_url: string;
}

/** PayPal's limit for names, SKUs and ids: https://developer.paypal.com/docs/api/orders/v2/#orders_create */
const MAX_TEXT = 127;

/**
 * The request body of an order: https://developer.paypal.com/docs/api/orders/v2/#orders_create
 * Without `invoice_id`: PayPal rejects one that it has seen before, which could fail a repeated order.
 * @throws RangeError when the items do not add up to the amount, or a number is outside of PayPal's range.
 */
export function orderBody(order: CreateOrder) {
  const { items, amount } = order;
  for (const { quantity, unit_price } of items) {
    // PayPal's pattern for a quantity is ^[1-9][0-9]{0,9}$; a unit price may be zero, but not negative.
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 9_999_999_999) {
      throw new RangeError(`invalid quantity ${quantity}: expected an integer from 1 to 9999999999`);
    }
    if (!Number.isSafeInteger(unit_price.minor) || unit_price.minor < 0) {
      throw new RangeError(
        `invalid unit price ${unit_price.minor} ${unit_price.currency}: expected minor units of 0 or more`,
      );
    }
  }
  const total = sumOf(items.map(({ unit_price, quantity }) => times(unit_price, quantity)));
  if (!sameMoney(total, amount) || !Number.isSafeInteger(total.minor) || total.minor < 1) {
    throw new RangeError(
      `invalid amount of ${order.payment_id}: expected the sum of its items, greater than 0: ` +
        `${amount.minor} ${amount.currency}, items ${total.minor} ${total.currency} in minor units`,
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
          name: truncate(name, MAX_TEXT),
          sku: truncate(sku, MAX_TEXT),
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

/** Truncates to PayPal's limit: on one line, and without splitting a surrogate pair. */
export const truncate = (text: string, length: number): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '');
