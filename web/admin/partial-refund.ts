import { type Money, type MoneyText, moneyText, parseMoney } from '../../src/shared/money.ts';

/** What can still be given back of what was captured; undefined when that is nothing. */
export function leftToRefund(captured: MoneyText | null, refunded: MoneyText): MoneyText | undefined {
  if (!captured) return undefined;
  const { currency, minor } = parseMoney(captured);
  const left = minor - parseMoney(refunded).minor;
  return left > 0 ? moneyText({ currency, minor: left }) : undefined;
}

/** The part of `left` that somebody has typed, or what is wrong with it. */
export function parsePartialRefund(left: MoneyText, typed: string): { amount: MoneyText } | { complaint: string } {
  const text = typed.trim().replace(',', '.');
  const most = parseMoney(left);
  let part: Money | undefined;
  try {
    // Thousands are not told from decimals by everybody in the same way, so only plain digits are taken.
    if (/^\d+(\.\d{1,2})?$/.test(text)) part = parseMoney({ ...left, value: text });
  } catch {
    // Finer than the currency allows: no amount either.
  }
  if (!part) return { complaint: `Write an amount such as ${left.value}.` };
  if (part.minor === 0) return { complaint: 'Give back more than nothing.' };
  if (part.minor > most.minor) return { complaint: `No more than ${left.value} is left.` };
  return { amount: moneyText(part) };
}
