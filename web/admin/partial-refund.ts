import { type Money, type MoneyText, moneyText, parseMoney } from '../../src/shared/money.ts';
import type { OperatorPayment } from '../api/schema.ts';

/** The captured amount less refunds, pending ones included; undefined when nothing is left. */
export function leftToRefund({
  captured,
  refunded,
  refunds,
}: Pick<OperatorPayment, 'captured' | 'refunded' | 'refunds'>): MoneyText | undefined {
  if (!captured) return undefined;
  const { currency, minor } = parseMoney(captured);
  const gone = [refunded, ...pendingRefunds(refunds).flatMap(({ amount }) => amount ?? [])];
  const left = minor - gone.reduce((sum, amount) => sum + parseMoney(amount).minor, 0);
  return left > 0 ? moneyText({ currency, minor: left }) : undefined;
}

export const pendingRefunds = (refunds: OperatorPayment['refunds']) =>
  refunds.filter(({ status }) => status === 'PENDING');

/** Whether a refund request, with the payment before and after it, left its refund pending at PayPal. */
export const leftPending = (
  before: Pick<OperatorPayment, 'refunded'>,
  after: Pick<OperatorPayment, 'refunded' | 'refunds'>,
): boolean => before.refunded.value === after.refunded.value && pendingRefunds(after.refunds).length > 0;

/** Parses the amount that an operator has typed; the error is for display. */
export function parsePartialRefund(left: MoneyText, typed: string): { amount: MoneyText } | { error: string } {
  const text = typed.trim().replace(',', '.');
  const max = parseMoney(left);
  let amount: Money | undefined;
  try {
    // Separators for thousands and decimals differ by locale, so only plain digits are accepted.
    if (/^\d+(\.\d{1,2})?$/.test(text)) amount = parseMoney({ ...left, value: text });
  } catch {
    // More decimals than the currency has.
  }
  if (!amount) return { error: `Enter an amount such as ${left.value}.` };
  if (amount.minor === 0) return { error: 'Enter an amount greater than zero.' };
  if (amount.minor > max.minor) return { error: `Enter at most ${left.value}.` };
  return { amount: moneyText(amount) };
}
