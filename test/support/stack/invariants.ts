import { orderSchema } from '../../../src/fulfillment/order.ts';
import { productSchema } from '../../../src/inventory/product.ts';
import { reservationSchema } from '../../../src/inventory/reservation.ts';
import { paymentSchema } from '../../../src/payments/payment.ts';
import { everythingIn } from './aws.ts';

export async function stockOf(sku: string) {
  const product = (await everythingIn('products')).find((item) => item.sku === sku);
  const { available, reserved, sold } = productSchema.parse(product);
  return { available, reserved, sold };
}

/**
 * Checks money and stock over the data of all tests so far, independently of the shop's own check.
 * @returns a sentence per violation.
 */
export async function violationsInTables(): Promise<string[]> {
  const [payments, orders, products, reservations] = await Promise.all([
    everythingIn('payments').then((items) => items.map((item) => paymentSchema.parse(item))),
    everythingIn('orders').then((items) =>
      items.filter(({ part }) => part === 'order').map((item) => orderSchema.parse(item)),
    ),
    everythingIn('products').then((items) => items.map((item) => productSchema.parse(item))),
    everythingIn('reservations').then((items) => items.map((item) => reservationSchema.parse(item))),
  ]);
  const violations: string[] = [];

  // A payment under review or with an open settlement has no order yet.
  const atRest = payments.filter(({ status, open }) => status !== 'review' && Object.keys(open).length === 0);
  const restingIds = new Set(atRest.map(({ payment_id }) => payment_id));
  const kept = sum(atRest.map(({ captured, refunded_minor }) => (captured?.minor ?? 0) - refunded_minor));
  const owed = sum(
    orders
      .filter(({ payment_id }) => restingIds.has(payment_id))
      .map(({ amount, refunded_minor }) => amount.minor - refunded_minor),
  );
  if (kept !== owed) violations.push(`payments hold ${kept}, orders are worth ${owed}`);

  for (const { payment_id, status } of orders.filter(({ status }) => status !== 'void')) {
    const payment = payments.find((one) => one.payment_id === payment_id);
    if (!payment?.captured) violations.push(`a ${status} order has no captured payment ${payment_id}`);
  }

  for (const { sku, available, reserved, sold, stocked } of products) {
    const quantityOf = (status: string) =>
      sum(
        reservations
          .filter((one) => one.status === status)
          .flatMap(({ items }) => items.filter((item) => item.sku === sku).map(({ quantity }) => quantity)),
      );
    if (Math.min(available, reserved, sold) < 0)
      violations.push(`${sku} has negative stock: ${available}, ${reserved}, ${sold}`);
    if (available + reserved + sold !== stocked)
      violations.push(`${sku}: ${available} + ${reserved} + ${sold} is not ${stocked}`);
    if (quantityOf('held') !== reserved) violations.push(`${sku}: ${reserved} reserved, ${quantityOf('held')} held`);
    if (quantityOf('committed') !== sold) violations.push(`${sku}: ${sold} sold, ${quantityOf('committed')} committed`);
  }
  return violations;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
