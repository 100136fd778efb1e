import * as z from 'zod/mini';

/** In minor units: EUR 19.99 is `{ currency: 'EUR', minor: 1999 }`, JPY 500 is `{ currency: 'JPY', minor: 500 }`. */
export interface Money {
  /** ISO 4217 code, upper case. */
  readonly currency: string;
  /** A safe integer. */
  readonly minor: number;
}

/** As stored, and in the input of the workflow. */
export const moneySchema = z.object({ currency: z.string(), minor: z.int() });

/** As in PayPal's API and in the shop's. */
export interface MoneyText {
  readonly currency_code: string;
  /** Decimal string, with as many decimals as the currency has at PayPal. */
  readonly value: string;
}

/** PayPal accepts no decimals for these: https://developer.paypal.com/reference/currency-codes/ */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);

const decimalsOf = (currency: string): number => (WITHOUT_DECIMALS.has(currency) ? 0 : 2);

/** `{ currency_code: 'EUR', value: '19.99' }` */
export function moneyText({ currency, minor }: Money): MoneyText {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return { currency_code: currency, value: String(minor) };
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const value = `${minor < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return { currency_code: currency, value };
}

/** `EUR 19.99` */
export function plainMoney(money: Money): string {
  const { currency_code, value } = moneyText(money);
  return `${currency_code} ${value}`;
}

/**
 * Accepts `.00` for currencies without decimals, and fewer decimals than usual: PayPal's responses may have either.
 * @throws RangeError when the value is not a number, has more decimals than the currency, or exceeds a safe integer.
 */
export function parseMoney({ currency_code, value }: MoneyText): Money {
  const match = /^(-?)(\d*)(?:\.(\d+))?$/.exec(value);
  if (!match || value === '' || value === '-') throw new RangeError(`invalid amount ${value}`);
  const [, sign, whole = '', fraction = ''] = match;
  const decimals = decimalsOf(currency_code);
  if (/[^0]/.test(fraction.slice(decimals)))
    throw new RangeError(`invalid amount ${value}: too many decimals for ${currency_code}`);
  const minor = Number(`${sign}${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new RangeError(`invalid amount ${value}: exceeds a safe integer`);
  return { currency: currency_code, minor: minor === 0 ? 0 : minor };
}

export const sameMoney = (a: Money, b: Money): boolean => a.currency === b.currency && a.minor === b.minor;

export const times = ({ currency, minor }: Money, quantity: number): Money => ({ currency, minor: minor * quantity });

/** @throws RangeError when there are no amounts, or their currencies differ. */
export function sumOf(amounts: readonly Money[]): Money {
  const [first] = amounts;
  if (!first) throw new RangeError('no amounts to add');
  const other = amounts.find(({ currency }) => currency !== first.currency);
  if (other) throw new RangeError(`cannot add ${other.currency} to ${first.currency}`);
  return { currency: first.currency, minor: amounts.reduce((sum, { minor }) => sum + minor, 0) };
}
