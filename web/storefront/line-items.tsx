import type { Line, Money } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import classes from './line-items.module.css';
import { multiplyForDisplay } from './money.ts';

interface LineItemsProps {
  readonly caption: string;
  readonly items: readonly Line[];
  readonly amount: Money;
}

/** The items of a checkout session or order, with their total. */
export function LineItems({ caption, items, amount }: LineItemsProps) {
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col">Quantity</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ sku, name, quantity, unit_price }) => (
          <tr key={sku}>
            <td>{name}</td>
            <td>{quantity}</td>
            <td>{formatMoney(multiplyForDisplay(unit_price, quantity))}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            Total
          </th>
          <td>{formatMoney(amount)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
