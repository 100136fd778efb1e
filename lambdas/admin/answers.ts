import type { Order } from '../fulfillment/order.ts';
import type { Payment } from '../payments/payment.ts';
import { moneyText } from '../shared/money.ts';
import { orderAnswer, paymentAnswer } from '../storefront/answers.ts';

/** A payment as operators see it: its story, its money, its disputes. Nobody's name. */
export const paymentForOperators = (payment: Payment, order: Order | undefined) => ({
  ...paymentAnswer(payment, order),
  captured: payment.captured ? moneyText(payment.captured) : null,
  refunded: moneyText({ currency: (payment.captured ?? payment.amount).currency, minor: payment.refunded_minor }),
  capture_id: payment.capture_id ?? null,
  open_settlements: Object.keys(payment.open),
  disputes: Object.entries(payment.disputes).map(([dispute_id, dispute]) => ({ dispute_id, ...dispute })),
  history: payment.history,
});

/** An order as operators see it. */
export const orderForOperators = (order: Order) => ({ ...orderAnswer(order), shipped_at: order.shipped_at ?? null });
