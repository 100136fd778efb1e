import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SIMULATOR = new URL('../../../simulator/', import.meta.url);

/** The folders that each folder of simulator/ may import from. */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  pages: ['delivery', 'state'],
  'control-api': ['delivery', 'state'],
  api: ['delivery', 'state'],
  delivery: ['state'],
  state: [],
};

/** The other folders of simulator/ that the files of a folder import from. */
function importedFolders(folder: string): string[] {
  const sources = globSync(`${folder}/*.ts`, { cwd: SIMULATOR }).map((file) =>
    readFileSync(new URL(file, SIMULATOR), 'utf8'),
  );
  const folders = sources.flatMap((source) =>
    Array.from(source.matchAll(/from '\.\.\/([\w-]+)\//g), ([, imported = '']) => imported),
  );
  return [...new Set(folders)].filter((imported) => imported in ALLOWED_IMPORTS).sort();
}

describe('simulator folders', () => {
  it('are all covered by the import rules', () => {
    const folders = globSync('*/', { cwd: SIMULATOR }).map((path) => path.replace(/\/$/, ''));

    expect(folders.sort()).toEqual(Object.keys(ALLOWED_IMPORTS).sort());
  });

  it.each(Object.entries(ALLOWED_IMPORTS))('%s imports from %j only', (folder, allowed) => {
    expect(allowed).toEqual(expect.arrayContaining(importedFolders(folder)));
  });

  it('import nothing from server.ts', () => {
    const imports = globSync('*/*.ts', { cwd: SIMULATOR }).filter((file) =>
      readFileSync(new URL(file, SIMULATOR), 'utf8').includes('/server.ts'),
    );

    expect(imports).toEqual([]);
  });
});
