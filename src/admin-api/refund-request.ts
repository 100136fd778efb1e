import { createHash } from 'node:crypto';
import type { Payment } from '../payments/payment.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { type Money, type MoneyText, parseMoney } from '../shared/money.ts';

/**
 * The amount to refund; undefined for the full amount.
 * @throws Problem `invalid-request` when the amount is zero or in another currency; PayPal rejects one that is too
 * high. `nothing-to-refund` before the capture: if it arrived meanwhile, a partial refund would become a full one.
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
    throw invalidRequest([{ field: 'amount.value', detail: 'invalid amount for this currency' }], { cause });
  }
  if (amount.minor <= 0) throw invalidRequest([{ field: 'amount.value', detail: 'must be greater than 0' }]);
  return amount;
}

/**
 * The idempotency key of a refund: a repeated request with the same amount and reason is the same refund. Another
 * refund of that amount needs another reason.
 */
export const refundKey = (amount: Money | undefined, reason: string): string =>
  createHash('sha256')
    .update(JSON.stringify([amount ?? 'all', reason]))
    .digest('hex')
    .slice(0, 32);
