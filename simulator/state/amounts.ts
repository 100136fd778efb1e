import { type Money, type MoneyText, moneyText } from '../../src/shared/money.ts';

/** https://developer.paypal.com/api/rest/reference/currency-codes/ */
const CURRENCIES: ReadonlySet<string> = new Set(
  'AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS INR JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(' '),
);

/** PayPal allows 15 digits before the decimal point; 13 stay exact as minor units. */
const MAX_DIGITS = 13;

/** PayPal's issue for a malformed amount; undefined for a valid one. */
export function amountIssue({ currency_code, value }: MoneyText): string | undefined {
  if (!CURRENCIES.has(currency_code)) return 'INVALID_CURRENCY_CODE';
  const [whole = '', fraction = ''] = value.split('.');
  if (whole.length > MAX_DIGITS) return 'MAX_VALUE_EXCEEDED';
  const allowed = moneyText({ currency: currency_code, minor: 0 }).value.split('.')[1]?.length ?? 0;
  if (fraction.length <= allowed) return undefined;
  return allowed === 0 ? 'DECIMALS_NOT_SUPPORTED' : 'DECIMAL_PRECISION';
}

/** PayPal's fee: 2.49 % plus 0.35, at most the whole amount. */
export function feeOf({ currency, minor }: Money): Money {
  return { currency, minor: Math.min(minor, Math.round(minor * 0.0249) + 35) };
}

/** Both amounts must have the same currency. */
export const subtract = (a: Money, b: Money): Money => ({ currency: a.currency, minor: a.minor - b.minor });

/** An amount in the format of PayPal's event summaries: `$ 19.9 USD`. */
export function formatSummaryAmount(money: Money): string {
  const { currency_code, value } = moneyText(money);
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency: currency_code }).formatToParts(0);
  const symbol = parts.find(({ type }) => type === 'currency')?.value;
  return `${symbol} ${value.replace(/(\.\d)0$/, '$1')} ${currency_code}`;
}
