import type { ReactNode } from 'react';

interface DataTableProps<Row> {
  /** What the table holds, for who cannot see it. */
  caption: string;
  /** Each column's head, and what a row has under it. */
  columns: readonly (readonly [head: string, cell: (row: Row) => ReactNode])[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Whether it has so few and short columns that it needs no cards on a phone. */
  narrow?: boolean;
}

/** A table; on a phone each row is a card. */
export function DataTable<Row>({ caption, columns, rows, keyOf, narrow = false }: DataTableProps<Row>) {
  return (
    <table className="rows" data-narrow={narrow || undefined}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(([head]) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(([head, cell]) => (
              <td key={head} data-head={head}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
