import { type Money, type MoneyText, moneyText, parseMoney, sumOf, times } from '../../src/shared/money.ts';
import { amountIssue } from '../state/amounts.ts';
import type { ErrorDetail } from '../state/errors.ts';
import type { PurchaseUnit } from '../state/order-schema.ts';

/** The issues that PayPal reports for the reference ids and amounts of an order. */
export function amountIssues(units: readonly PurchaseUnit[]): ErrorDetail[] {
  const found = [...referenceIssues(units), ...currencyIssues(units)];
  return found.length > 0 ? found : units.flatMap(unitIssues);
}

function referenceIssues(units: readonly PurchaseUnit[]): ErrorDetail[] {
  if (units.length === 1) return [];
  const seen = new Set<string>();
  return units.flatMap(({ reference_id: id }, index): ErrorDetail[] => {
    const field = `/purchase_units/${index}/reference_id`;
    if (id === undefined) return [{ issue: 'REFERENCE_ID_REQUIRED', field }];
    if (seen.has(id)) return [{ issue: 'DUPLICATE_REFERENCE_ID', field, value: id }];
    seen.add(id);
    return [];
  });
}

function currencyIssues(units: readonly PurchaseUnit[]): ErrorDetail[] {
  const amounts = units.flatMap(amountsOf);
  const malformed = amounts.flatMap(({ field, amount }): ErrorDetail[] => {
    const issue = amountIssue(amount);
    return issue ? [{ issue, field, value: amount.value }] : [];
  });
  const currencies = new Set(amounts.map(({ amount }) => amount.currency_code));
  return currencies.size > 1 ? [...malformed, { issue: 'MULTI_CURRENCY_ORDER', field: '/purchase_units' }] : malformed;
}

/** Every amount of a purchase unit, with its pointer in PayPal's error details. */
function amountsOf(unit: PurchaseUnit): { field: string; amount: MoneyText }[] {
  const path = pathOf(unit);
  const breakdown = Object.entries(unit.amount.breakdown ?? {});
  return [
    { field: `${path}/amount/value`, amount: unit.amount },
    ...breakdown.flatMap(([name, amount]) =>
      amount ? [{ field: `${path}/amount/breakdown/${name}/value`, amount }] : [],
    ),
    ...(unit.items ?? []).flatMap(({ unit_amount, tax }, index) => [
      { field: `${path}/items/${index}/unit_amount/value`, amount: unit_amount },
      ...(tax ? [{ field: `${path}/items/${index}/tax/value`, amount: tax }] : []),
    ]),
  ];
}

function unitIssues(unit: PurchaseUnit): ErrorDetail[] {
  const [total, ...parts] = amountsOf(unit).map(({ field, amount }) => ({
    field,
    value: amount.value,
    minor: parseMoney(amount).minor,
  }));
  const signs: ErrorDetail[] = parts
    .filter(({ minor }) => minor < 0)
    .map(({ field, value }) => ({ issue: 'CANNOT_BE_NEGATIVE', field, value }));
  if (total && total.minor <= 0) {
    signs.unshift({ issue: 'CANNOT_BE_ZERO_OR_NEGATIVE', field: total.field, value: total.value });
  }
  return [...signs, ...itemIssues(unit), ...breakdownIssues(unit)];
}

/** item_total = Σ unit_amount × quantity, tax_total = Σ tax × quantity; each is required when the items have it. */
function itemIssues({ items = [], ...unit }: PurchaseUnit): ErrorDetail[] {
  const path = `${pathOf(unit)}/amount/breakdown`;
  const prices = items.map(({ unit_amount, quantity }) => times(parseMoney(unit_amount), Number(quantity)));
  const taxes = items.flatMap(({ tax, quantity }) => (tax ? [times(parseMoney(tax), Number(quantity))] : []));
  return [
    ...totalIssues(prices, unit.amount.breakdown?.item_total, 'ITEM_TOTAL', `${path}/item_total/value`),
    ...totalIssues(taxes, unit.amount.breakdown?.tax_total, 'TAX_TOTAL', `${path}/tax_total/value`),
  ];
}

function totalIssues(
  parts: readonly Money[],
  total: MoneyText | undefined,
  name: string,
  field: string,
): ErrorDetail[] {
  if (parts.length === 0) return [];
  if (!total) return [{ issue: `${name}_REQUIRED`, field }];
  return sumOf(parts).minor === parseMoney(total).minor
    ? []
    : [{ issue: `${name}_MISMATCH`, field, value: total.value }];
}

/** The parts of a breakdown that are subtracted. */
const DISCOUNTS: ReadonlySet<string> = new Set(['shipping_discount', 'discount']);

function breakdownIssues(unit: PurchaseUnit): ErrorDetail[] {
  const { breakdown, ...amount } = unit.amount;
  if (!breakdown) return [];
  const total = parseMoney(amount);
  const sum = Object.entries(breakdown).reduce(
    (minor, [name, part]) => minor + (part ? parseMoney(part).minor : 0) * (DISCOUNTS.has(name) ? -1 : 1),
    0,
  );
  if (sum === total.minor) return [];
  return [{ issue: 'AMOUNT_MISMATCH', field: `${pathOf(unit)}/amount/value`, value: moneyText(total).value }];
}

/** PayPal's error details address a purchase unit by its reference id. */
const pathOf = ({ reference_id = 'default' }: Pick<PurchaseUnit, 'reference_id'>): string =>
  `/purchase_units/@reference_id=='${reference_id}'`;
