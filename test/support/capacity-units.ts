import { isDeepStrictEqual } from 'node:util';

/*
 * The capacity units that DynamoDB would charge: emulators do not measure items.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */

export type Item = Readonly<Record<string, unknown>>;

/** The key attributes of a table and of its indexes, which project keys only. */
export interface TableKeys {
  readonly table: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}

/** Of one write. A condition that fails costs as much. */
export const writeUnits = ({ indexes }: TableKeys, before: Item | undefined, after: Item | undefined): number =>
  Math.max(1, Math.ceil(Math.max(sizeOf(before ?? {}), sizeOf(after ?? {})) / 1024)) +
  indexes.reduce((sum, index) => sum + indexWrites(index, before, after), 0);

/** Of one read: an item that may not exist, or all items of a query. */
export const readUnits = (items: readonly Item[], isConsistent = false): number =>
  Math.max(1, Math.ceil(items.reduce((sum, item) => sum + sizeOf(item), 0) / 4096)) * (isConsistent ? 1 : 0.5);

/** An entry of an index that is written, deleted, or moved by both. */
function indexWrites(index: readonly string[], before: Item | undefined, after: Item | undefined): number {
  const entry = (item: Item | undefined) =>
    item && index.every((name) => item[name] !== undefined) ? index.map((name) => item[name]) : undefined;
  const [old, now] = [entry(before), entry(after)];
  return isDeepStrictEqual(old, now) ? 0 : Number(old !== undefined) + Number(now !== undefined);
}

/** Bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/^-?0*\.?|\./g, '').length / 2) + 1;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Set) return [...value].reduce((sum, one) => sum + valueSize(one), 0);
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + 1 + valueSize(one), 3);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + valueSize(one), 3);
  return 1;
}
