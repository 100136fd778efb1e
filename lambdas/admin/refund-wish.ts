import { createHash } from 'node:crypto';
import type { Payment } from '../payments/payment.ts';
import { type Money, type MoneyText, parseMoney } from '../shared/money.ts';
import { Problem } from '../shared/problem.ts';

/**
 * How much an operator wants to give back.
 * @throws Problem `invalid-request` when it is nothing, or of another currency; what is too much, PayPal refuses.
 */
export function refundAmount(payment: Payment, wish: MoneyText | undefined): Money | undefined {
  if (!wish || !payment.captured) return undefined;
  const { captured } = payment;
  const refuse = (field: string, detail: string) =>
    new Problem('invalid-request', `${field}: ${detail}`, { errors: [{ field, detail }] });
  if (wish.currency_code !== captured.currency) throw refuse('amount.currency_code', `must be ${captured.currency}`);
  let amount: Money;
  try {
    amount = parseMoney(wish);
  } catch (cause) {
    throw new Problem(
      'invalid-request',
      'amount.value: not an amount of this currency',
      { errors: [{ field: 'amount.value', detail: 'not an amount of this currency' }] },
      { cause },
    );
  }
  if (amount.minor <= 0) throw refuse('amount.value', 'must be more than 0');
  return amount;
}

/**
 * Names a refund among those of its payment. The same amount for the same reason is the same refund, however often the button is
 * pressed; for one more, an operator gives another reason.
 */
export const refundKey = (amount: Money | undefined, reason: string): string =>
  createHash('sha256')
    .update(JSON.stringify([amount ?? 'all', reason]))
    .digest('hex')
    .slice(0, 32);
