import { gzipSync } from 'node:zlib';

/** The largest total of JavaScript per entry, lazily loaded chunks included: bytes after gzip. */
export const SCRIPT_BUDGETS: Readonly<Record<string, number>> = { storefront: 120_000, admin: 300_000 };

/** The part of Vite's `OutputChunk` that is used here. */
export interface Chunk {
  readonly fileName: string;
  readonly name: string;
  readonly isEntry: boolean;
  readonly code: string;

  /** File names of static imports. */
  readonly imports: readonly string[];

  /** File names of dynamic imports. */
  readonly dynamicImports: readonly string[];
}

/** The total of JavaScript by entry: bytes after gzip. */
export function scriptSizes(chunks: readonly Chunk[]): Record<string, number> {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const reachable = (fileName: string, seen: Set<Chunk>): Set<Chunk> => {
    const chunk = byFile.get(fileName);
    if (!chunk || seen.has(chunk)) return seen;
    seen.add(chunk);
    for (const file of [...chunk.imports, ...chunk.dynamicImports]) reachable(file, seen);
    return seen;
  };
  return Object.fromEntries(
    chunks
      .filter(({ isEntry }) => isEntry)
      .map(({ name, fileName }) => [
        name,
        [...reachable(fileName, new Set())].reduce((sum, { code }) => sum + gzipSync(code).length, 0),
      ]),
  );
}

/** One message for each entry that exceeds its budget, or has none. */
export const overBudget = (sizes: Readonly<Record<string, number>>): string[] =>
  Object.entries(sizes)
    .filter(([entry, size]) => !(size <= (SCRIPT_BUDGETS[entry] ?? 0)))
    .map(
      ([entry, size]) =>
        `${entry} exceeds its script budget: ${size} bytes after gzip, ${SCRIPT_BUDGETS[entry] ?? 0} allowed`,
    );
