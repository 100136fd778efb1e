import * as z from 'zod/mini';

/** An amount of money in the currency's minor units: EUR 19.99 is `{ currency: 'EUR', minor: 1999 }`, JPY 500 is `{ currency: 'JPY', minor: 500 }`. */
export interface Money {
  /** ISO 4217 code, upper case. */
  readonly currency: string;
  /** A safe integer; never a fraction. */
  readonly minor: number;
}

/** How money lies in a table and in a workflow's input. */
export const moneySchema = z.object({ currency: z.string(), minor: z.int() });

/** An amount as PayPal and this project's HTTP API write it. */
export interface MoneyText {
  readonly currency_code: string;
  /** Decimal string: as many decimals as the currency has at PayPal. */
  readonly value: string;
}

/** PayPal takes no decimals for these: https://developer.paypal.com/reference/currency-codes/ */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);

const decimalsOf = (currency: string): number => (WITHOUT_DECIMALS.has(currency) ? 0 : 2);

/** Writes an amount as PayPal wants it: `{ currency_code: 'EUR', value: '19.99' }`. */
export function moneyText({ currency, minor }: Money): MoneyText {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return { currency_code: currency, value: String(minor) };
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const value = `${minor < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return { currency_code: currency, value };
}

/** An amount in a sentence: `EUR 19.99`. */
export function plainMoney(money: Money): string {
  const { currency_code, value } = moneyText(money);
  return `${currency_code} ${value}`;
}

/**
 * Reads an amount as PayPal writes it. PayPal's answers may carry `.00` even where a currency has no decimals, or fewer decimals than usual.
 * @throws RangeError when the text is no amount, is finer than the currency's minor unit, or is too large to be exact.
 */
export function parseMoney({ currency_code, value }: MoneyText): Money {
  const match = /^(-?)(\d*)(?:\.(\d+))?$/.exec(value);
  if (!match || value === '' || value === '-') throw new RangeError(`not an amount: ${value}`);
  const [, sign, whole = '', fraction = ''] = match;
  const decimals = decimalsOf(currency_code);
  if (/[^0]/.test(fraction.slice(decimals))) throw new RangeError(`${value} is finer than ${currency_code} allows`);
  const minor = Number(`${sign}${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new RangeError(`too large an amount: ${value}`);
  return { currency: currency_code, minor: minor === 0 ? 0 : minor };
}

/** Whether two amounts are the same, currency included. */
export const sameMoney = (a: Money, b: Money): boolean => a.currency === b.currency && a.minor === b.minor;

/** A unit price times a quantity. */
export const times = ({ currency, minor }: Money, quantity: number): Money => ({ currency, minor: minor * quantity });

/**
 * The sum of amounts of one currency.
 * @throws RangeError when there is none, or the currencies differ.
 */
export function sumOf(amounts: readonly Money[]): Money {
  const [first] = amounts;
  if (!first) throw new RangeError('no amounts to add');
  const stranger = amounts.find(({ currency }) => currency !== first.currency);
  if (stranger) throw new RangeError(`cannot add ${stranger.currency} to ${first.currency}`);
  return { currency: first.currency, minor: amounts.reduce((sum, { minor }) => sum + minor, 0) };
}
