import { type Money, moneyText, sameMoney, sumOf, times } from '../shared/money.ts';

/** What a buyer is to be asked for. */
export interface CreateOrder {
  /** Travels as `custom_id`, which PayPal copies onto the capture. */
  readonly payment_id: string;
  readonly items: readonly {
    readonly name: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unit_price: Money;
  }[];
  /** The sum of the items. */
  readonly amount: Money;
  /** Where PayPal sends the buyer after approval; it adds `token` and `PayerID`. */
  readonly return_url: string;
  /** Where PayPal sends a buyer who gave up; it adds `token`. */
  readonly cancel_url: string;
}

/** Names, SKUs and ids at PayPal: https://developer.paypal.com/docs/api/orders/v2/#orders_create */
const MAX_TEXT = 127;

/**
 * PayPal's wording of an order: https://developer.paypal.com/docs/api/orders/v2/#orders_create
 * There is no `invoice_id`: PayPal refuses one that it has seen, so a second try of a buyer would fail.
 * @throws RangeError when the sums do not add up, or a number is none that PayPal takes.
 */
export function orderBody(order: CreateOrder) {
  const { items, amount } = order;
  for (const { quantity, unit_price } of items) {
    // PayPal's pattern for a quantity is ^[1-9][0-9]{0,9}$; a unit price may be zero, but not negative.
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 9_999_999_999) {
      throw new RangeError(`not a quantity: ${quantity}, allowed are whole numbers from 1 to 9999999999`);
    }
    if (!Number.isSafeInteger(unit_price.minor) || unit_price.minor < 0) {
      throw new RangeError(`not a unit price: ${unit_price.minor} ${unit_price.currency} in minor units`);
    }
  }
  const total = sumOf(items.map(({ unit_price, quantity }) => times(unit_price, quantity)));
  if (!sameMoney(total, amount) || !Number.isSafeInteger(total.minor) || total.minor < 1) {
    throw new RangeError(
      `the amount of ${order.payment_id} must be positive and the sum of its items: ` +
        `${amount.minor} ${amount.currency} against ${total.minor} ${total.currency} in minor units`,
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
          name: cut(name, MAX_TEXT),
          sku: cut(sku, MAX_TEXT),
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

/** The longest beginning of a text that PayPal takes: on one line, and with no character cut in half. */
export const cut = (text: string, length: number): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '');
