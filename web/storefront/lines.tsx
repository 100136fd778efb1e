import type { Line, Money } from '../api/schema.ts';
import { moneyInWords } from '../page/format-money.ts';
import classes from './lines.module.css';
import { timesForShow } from './money.ts';

interface LinesProps {
  readonly caption: string;
  readonly items: readonly Line[];
  readonly amount: Money;
}

/** What is, or was, bought. */
export function Lines({ caption, items, amount }: LinesProps) {
  return (
    <table className={classes.lines}>
      <caption className={classes.caption}>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col">Pieces</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ sku, name, quantity, unit_price }) => (
          <tr key={sku}>
            <td>{name}</td>
            <td>{quantity}</td>
            <td>{moneyInWords(timesForShow(unit_price, quantity))}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            Total
          </th>
          <td>{moneyInWords(amount)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
