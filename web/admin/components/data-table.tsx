import type { ReactNode } from 'react';
import classes from './data-table.module.css';

interface DataTableProps<Row> {
  /** For screen readers. */
  caption: string;
  columns: readonly (readonly [header: string, cell: (row: Row) => ReactNode])[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Stays a table on a phone: for few, short columns. */
  narrow?: boolean;
}

/** A table; on a phone each row is a card. */
export function DataTable<Row>({ caption, columns, rows, keyOf, narrow = false }: DataTableProps<Row>) {
  return (
    <table className={classes.table} data-narrow={narrow || undefined}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(([header]) => (
            <th key={header} scope="col">
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(([header, cell]) => (
              <td key={header} data-label={header}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
