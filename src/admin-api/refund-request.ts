import { createHash } from 'node:crypto';
import type { Payment } from '../payments/payment.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { type Money, type MoneyText, parseMoney } from '../shared/money.ts';

/**
 * How much an operator wants to give back; undefined for all of it.
 * @throws Problem `invalid-request` when it is nothing, or of another currency; what is too much, PayPal refuses. `nothing-to-refund`
 * when no money has come yet: if it came this very moment, some of it must not become all.
 */
export function refundAmount({ captured, status }: Payment, requested: MoneyText | undefined): Money | undefined {
  if (!requested) return undefined;
  if (!captured) throw new Problem('nothing-to-refund', `the payment is ${status}`);
  if (requested.currency_code !== captured.currency)
    throw invalidRequest([{ field: 'amount.currency_code', detail: `must be ${captured.currency}` }]);
  let amount: Money;
  try {
    amount = parseMoney(requested);
  } catch (cause) {
    throw invalidRequest([{ field: 'amount.value', detail: 'not an amount of this currency' }], { cause });
  }
  if (amount.minor <= 0) throw invalidRequest([{ field: 'amount.value', detail: 'must be more than 0' }]);
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
