import { gzipSync } from 'node:zlib';

/** The most JavaScript that an entry may make a browser load, lazily loaded parts included: bytes after gzip. */
export const SCRIPT_BUDGETS: Readonly<Record<string, number>> = { storefront: 120_000, admin: 300_000 };

/** One JavaScript file of the build, as Vite tells of it. */
export interface Chunk {
  readonly fileName: string;
  readonly name: string;
  readonly isEntry: boolean;
  readonly code: string;

  /** Files that are loaded with it. */
  readonly imports: readonly string[];

  /** Files that may be loaded later. */
  readonly dynamicImports: readonly string[];
}

/** How much JavaScript each entry makes a browser load in all, by the entry's name: bytes after gzip. */
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

/** The entries that are larger than they may be, or that nobody has said a size for, each in words. */
export const overBudget = (sizes: Readonly<Record<string, number>>): string[] =>
  Object.entries(sizes)
    .filter(([entry, size]) => !(size <= (SCRIPT_BUDGETS[entry] ?? 0)))
    .map(
      ([entry, size]) =>
        `${entry} has ${size} bytes of JavaScript after gzip, and may have ${SCRIPT_BUDGETS[entry] ?? 0}`,
    );
