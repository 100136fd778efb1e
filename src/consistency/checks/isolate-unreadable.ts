// Not `z.core.$ZodError`: that namespace cannot be tree-shaken, and brings all of zod, its locales included (350 kB).
import { $ZodError } from 'zod/v4/core';

export interface IsolatedRows<Id, Row> {
  readonly rows: readonly Row[];
  /** The invalid field of each row that does not match its schema, by id. */
  readonly unreadable: ReadonlyMap<Id, string>;
}

/** Reads rows by id. Bisects a batch with an invalid row, so that every valid one is read. */
export async function isolateUnreadable<Id, Row>(
  read: (ids: readonly Id[]) => Promise<readonly Row[]>,
  ids: readonly Id[],
): Promise<IsolatedRows<Id, Row>> {
  const [id] = ids;
  if (id === undefined) return { rows: [], unreadable: new Map() };
  try {
    return { rows: await read(ids), unreadable: new Map() };
  } catch (error) {
    if (!(error instanceof $ZodError)) throw error;
    if (ids.length === 1) return { rows: [], unreadable: new Map([[id, error.issues[0]?.path.join('.') ?? '']]) };
    const middle = Math.ceil(ids.length / 2);
    const halves = await Promise.all([
      isolateUnreadable(read, ids.slice(0, middle)),
      isolateUnreadable(read, ids.slice(middle)),
    ]);
    return {
      rows: halves.flatMap(({ rows }) => rows),
      unreadable: new Map(halves.flatMap(({ unreadable }) => [...unreadable])),
    };
  }
}
